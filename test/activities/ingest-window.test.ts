import { ApplicationFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { createActivities } from '../../src/activities/create-activities.ts';
import { normalize } from '../../src/domain/normalize.ts';
import type { WindowAccounting, WindowRecords } from '../../src/graph/windows.ts';
import { AppError } from '../../src/runtime/errors.ts';
import { createIngestMetrics } from '../../src/runtime/ingest-metrics.ts';
import type { WindowReading } from '../../src/sources/read-window.ts';
import { testSource } from '../support/source.ts';

const input = {
  source: 'shop',
  run: 'run-1',
  window: { startMillis: 0, endMillis: 900_000 },
  late: false,
};

const endpoint = (name: string) => ({ environment: '', cluster: '', namespace: '', name });

const answered: WindowReading = {
  ...normalize([
    {
      kind: 'requests',
      client: endpoint('web'),
      server: endpoint('api'),
      connectionType: '',
      virtualSide: null,
      overflow: false,
      value: 9,
    },
    {
      kind: 'requests',
      client: endpoint(''),
      server: endpoint('api'),
      connectionType: '',
      virtualSide: null,
      overflow: false,
      value: 9,
    },
  ]),
  outcome: 'complete',
  census: { series: 2, nearStart: 2, nearEnd: 2, cannotTell: 0, broken: 0 },
  valuesRead: 2,
  warnings: [],
  dialect: { name: 'tempo', variant: null },
  unanswered: 0,
};

/** The activity with a source that answers as told, and a record of what was written. */
function harness(readWindow: (signal: AbortSignal) => Promise<WindowReading>) {
  const closed: WindowAccounting[] = [];
  const written: number[] = [];
  const windows: WindowRecords = {
    write: async (_, observations, onBatch) => {
      written.push(observations.length);
      onBatch(observations.length);
    },
    close: async (_, accounting) => {
      closed.push(accounting);
      return { services: 2, dependencies: 1 };
    },
    frontier: async () => null,
    begin: async () => {},
    register: async () => {},
  };
  const registry = new Registry();
  const { ingestWindow } = createActivities({
    sourceOf: (id) => {
      if (id !== 'shop') throw new AppError('UnknownSource', `no source ${id}`);
      return testSource({ id, url: 'http://127.0.0.1:1' });
    },
    readWindow: (_source, _window, signal) => readWindow(signal),
    windows,
    runs: {
      open: async () => {},
      close: async () => {},
      find: async () => null,
      latest: async () => [],
    },
    maxCatchupMillis: 0,
    metrics: createIngestMetrics(registry),
    logger: pino({ level: 'silent' }),
  });
  const environment = new MockActivityEnvironment();
  return { environment, ingestWindow, closed, written, registry };
}

describe('the activity that reads a window', () => {
  it('writes what the window shows and accounts for what it left out', async () => {
    const { environment, ingestWindow, closed, written, registry } = harness(async () => answered);
    const heartbeats: unknown[] = [];
    environment.on('heartbeat', (details) => heartbeats.push(details));

    expect(await environment.run(ingestWindow, input)).toEqual({ outcome: 'complete' });
    expect(written).toEqual([1]);
    expect(closed).toMatchObject([
      { outcome: 'complete', observations: 1, valuesRead: 2, valuesDropped: 1, error: null },
    ]);
    expect(heartbeats).toContain('1 of 1 observations written');
    expect(await registry.metrics()).toContain(
      'topolog_ingest_values_dropped_total{source="shop",reason="missingClient"} 1',
    );
  });

  it('writes nothing and may be repeated when the source is not available', async () => {
    const { environment, ingestWindow, closed, written } = harness(async () => {
      throw new AppError('PrometheusUnavailable', 'it is away');
    });
    const failure = await environment.run(ingestWindow, input).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({ type: 'PrometheusUnavailable', nonRetryable: false });
    expect({ closed, written }).toEqual({ closed: [], written: [] });
  });

  it('records a failed window, and goes on, when the source rejects the question', async () => {
    const { environment, ingestWindow, closed } = harness(async () => {
      throw new AppError('InvalidMetrics', 'the query is rejected');
    });
    expect(await environment.run(ingestWindow, input)).toEqual({ outcome: 'failed' });
    expect(closed).toMatchObject([{ outcome: 'failed', error: 'the query is rejected' }]);
  });

  it('is not repeated for a source that is not configured', async () => {
    const { environment, ingestWindow } = harness(async () => answered);
    const failure = await environment
      .run(ingestWindow, { ...input, source: 'gone' })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ type: 'UnknownSource', nonRetryable: true });
  });

  it('stops waiting for the source when it is cancelled', async () => {
    const { environment, ingestWindow, written } = harness(
      (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
          environment.cancel('CANCELLED');
        }),
    );
    await expect(environment.run(ingestWindow, input)).rejects.toMatchObject({
      name: 'CancelledFailure',
    });
    expect(written).toEqual([]);
  });
});
