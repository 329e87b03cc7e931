import { ApplicationFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { createActivities } from '../../src/activities/create-activities.ts';
import type { AliasTable } from '../../src/domain/alias.ts';
import { normalize } from '../../src/domain/normalize.ts';
import { addShard, noTotals, type ShardAccounting } from '../../src/domain/window-totals.ts';
import type { WindowKey } from '../../src/graph/window-key.ts';
import type { StoredPlan, WindowPlans } from '../../src/graph/window-plans.ts';
import type { WindowAccounting, WindowRecords } from '../../src/graph/windows.ts';
import { AppError } from '../../src/runtime/errors.ts';
import { createIngestMetrics } from '../../src/runtime/ingest-metrics.ts';
import { createRunMetrics } from '../../src/runtime/run-metrics.ts';
import { createStaleMetrics } from '../../src/runtime/stale-metrics.ts';
import type { ShardEvent } from '../../src/sources/read-shard.ts';
import type { EncodedPlan } from '../../src/sources/readers.ts';
import type { IngestShardInput, PlannedWindow, WindowInput } from '../../src/workflows/types.ts';
import { endpoint, fact } from '../domain/arbitraries.ts';
import { testSource } from '../support/source.ts';

const input = {
  source: 'shop',
  run: 'run-1',
  window: { startMillis: 0, endMillis: 900_000 },
  late: false,
};

const planned: EncodedPlan = {
  question: 'requests',
  readings: [{ name: 'tempo', variant: null }],
  notRead: [],
  producers: [],
  sampled: [],
  sumsAsked: null,
  opening: 0,
  closing: 0,
  census: { series: 2, nearStart: 2, nearEnd: 2 },
  shards: ['first', 'second'],
  presenceWarnings: [],
  otherWarnings: ['slow'],
};

const read: ShardEvent = {
  kind: 'read',
  reading: {
    ...normalize([fact(), fact({ client: endpoint('') })]),
    valuesRead: 2,
    cannotTell: 1,
    brokenSeries: 0,
    severalWriters: 0,
    unattributed: 0,
    ...{ overflowRequests: 0 },
    presenceWarnings: [],
    otherWarnings: [],
    unanswered: 0,
  },
};
const lost: ShardEvent = { kind: 'lost', error: new AppError('QueryTooHeavy', 'It is too much.') };

interface Answers {
  plan?: () => Promise<EncodedPlan>;
  shard?: (shard: string, signal: AbortSignal) => AsyncIterable<ShardEvent>;
  usualSeries?: number | null;
  aliases?: AliasTable;
}

async function* events(...all: ShardEvent[]): AsyncGenerator<ShardEvent> {
  yield* all;
}

/** The activities with a source that answers as told, and a record of what was written. */
function harness(answers: Answers, how: { late?: boolean } = {}) {
  const given = { ...input, ...how };
  const keys: WindowKey[] = [];
  const closed: WindowAccounting[] = [];
  const written: number[] = [];
  const notes: unknown[] = [];
  let kept: StoredPlan | null = null;
  const windows: WindowRecords = {
    write: async (key, observations, onBatch) => {
      keys.push(key);
      written.push(observations.length);
      onBatch(observations.length);
    },
    close: async (_, accounting) => {
      closed.push(accounting);
      const created = { services: 2, dependencies: 1 };
      const nothing = { error: null, warnings: [], outdatedWindows: 0, wasLate: false };
      return { created, settleLearnt: null, ...nothing };
    },
    usualSeries: async () => answers.usualSeries ?? null,
    frontier: async () => null,
    begin: async () => {},
    progress: async () => ({
      frontierMillis: null,
      backfillUntilMillis: null,
      learntSettleMillis: null,
    }),
    register: async () => {},
    ...{ kindsOf: async () => new Map() },
  };
  const plans: WindowPlans = {
    keep: async (_, plan) => {
      kept ??= plan;
      return kept;
    },
    find: async () => kept,
    note: async (_, error, warnings) => void notes.push([error, warnings]),
  };
  const registry = new Registry();
  const activities = createActivities({
    sourceOf: (id) => {
      if (id !== 'shop') throw new AppError('UnknownSource', `no source ${id}`);
      return testSource({ id, url: 'http://127.0.0.1:1' });
    },
    planWindow: answers.plan ?? (async () => planned),
    readShard: (_source, _window, shard, _aliases, signal) => ({
      reading: { name: 'tempo', variant: null },
      events: (answers.shard ?? (() => events(read)))(shard, signal),
    }),
    producers: { known: async () => [] },
    missingProducerMillis: 86_400_000,
    unwatchedPairs: async () => ({ pairs: [], unknown: [] }),
    aliases: { read: async () => answers.aliases ?? { version: 0, aliases: new Map() } },
    windows,
    plans,
    runs: {
      open: async () => {},
      close: async () => {},
      failing: async () => {},
      recovered: async () => {},
      find: async () => null,
      page: async () => ({ runs: [], hasMore: false }),
    },
    ranged: () => {
      throw new Error('not asked for');
    },
    backfillMillis: 0,
    stalePasses: {
      sources: async () => [],
      pass: async () => ({ fresh: 0, unseen: 0, tripped: false, stale: 0, removed: 0 }),
    },
    stalenessLimits: { staleMillis: 1, removeMillis: 1 },
    staleBreaker: { ratio: 1, atLeast: 1 },
    staleMetrics: createStaleMetrics(registry),
    runMetrics: createRunMetrics(registry),
    history: {
      prune: async () => ({ beliefs: 0, changes: 0, evidence: 0, windows: 0, services: 0 }),
    },
    retentionMillis: 1,
    rereads: { next: async () => null },
    rereadWithinMillis: 0,
    maxCatchupMillis: 0,
    shardConcurrency: 4,
    suspiciousSeriesRatio: 0.5,
    metrics: createIngestMetrics(registry),
    logger: pino({ level: 'silent' }),
  });
  const environment = new MockActivityEnvironment();
  const plan = () =>
    environment.run<[WindowInput], PlannedWindow, typeof activities.planWindow>(
      activities.planWindow,
      given,
    );
  const shard = (index: number) =>
    environment.run<[IngestShardInput], ShardAccounting, typeof activities.ingestShard>(
      activities.ingestShard,
      { ...given, shard: index },
    );
  /** All three steps, as the workflow takes them. */
  async function readAll() {
    const window = await plan();
    let totals = noTotals;
    for (let index = 0; index < window.shards; index += 1) {
      totals = addShard(totals, await shard(index));
    }
    return environment.run(activities.closeWindow, { ...given, planned: window, totals });
  }
  return { environment, activities, plan, shard, readAll, closed, written, keys, notes, registry };
}

const failureOf = (promise: Promise<unknown>) => promise.catch((error: unknown) => error);
const rejecting = async () => {
  throw new AppError('InvalidMetrics', 'the query is rejected');
};
const away = async () => {
  throw new AppError('PrometheusUnavailable', 'it is away');
};

describe('the activities that read a window', () => {
  it('write what its shards show and account for what was left out', async () => {
    const { environment, readAll, closed, written, registry } = harness({});
    const heartbeats: unknown[] = [];
    environment.on('heartbeat', (details) => heartbeats.push(details));

    expect(await readAll()).toEqual({ outcome: 'complete' });
    expect(written).toEqual([1, 1]);
    expect(closed).toMatchObject([
      {
        outcome: 'complete',
        reasons: [],
        shards: 2,
        observations: 2,
        valuesRead: 4,
        valuesDropped: 2,
        droppedReasons: ['missingClient'],
        droppedCounts: [2],
        cannotTell: 2,
        otherWarnings: 1,
      },
    ]);
    expect(heartbeats).toContain('1 observations written');
    expect(await registry.metrics()).toContain(
      'topolog_ingest_values_dropped_total{source="shop",reason="missingClient"} 2',
    );
  });

  it.each([true, false])('write under the key of their window, read again: %s', async (late) => {
    const { readAll, keys } = harness({ aliases: { version: 7, aliases: new Map() } }, { late });
    await readAll();
    const { source, run, window } = input;
    const reading = { dialect: 'tempo', variant: null };
    const key = { source, run, window, late, aliasVersion: 7, reading };
    expect(keys).toEqual([key, key]);
  });

  it('write nothing and may be repeated when the source is not available', async () => {
    const { plan, closed, written } = harness({ plan: away });
    const failure = await failureOf(plan());
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({ type: 'PrometheusUnavailable', nonRetryable: false });
    expect({ closed, written }).toEqual({ closed: [], written: [] });
  });

  it('may be repeated when the source takes too long to say what there is', async () => {
    const { plan } = harness({
      plan: async () => {
        throw new AppError('QueryTooHeavy', 'slow', { details: { reason: 'timeout' } });
      },
    });
    expect(await failureOf(plan())).toMatchObject({ nonRetryable: false });
  });

  it('record a failed window, and go on, when the source rejects the questions', async () => {
    const { readAll, closed, notes } = harness({ plan: rejecting });
    expect(await readAll()).toEqual({ outcome: 'failed' });
    expect(closed).toMatchObject([{ outcome: 'failed', reasons: ['planRejected'], shards: 0 }]);
    expect(notes).toEqual([['the query is rejected', []]]);
  });

  it('keep the plan that an earlier attempt wrote, because its shards may be under way', async () => {
    let attempts = 0;
    const { plan, shard, written } = harness({
      plan: async () => {
        attempts += 1;
        return attempts === 1 ? planned : { ...planned, shards: ['only'] };
      },
    });
    expect(await plan()).toMatchObject({ shards: 2 });
    expect(await plan()).toMatchObject({ shards: 2 });
    await shard(1);
    expect(written).toEqual([1]);
  });

  it('keep with it what it was made from: a later attempt does not make a window look read', async () => {
    let attempts = 0;
    const { plan } = harness({
      plan: async () => {
        attempts += 1;
        if (attempts === 1) throw new AppError('InvalidMetrics', 'No.');
        return planned;
      },
    });
    const first = await plan();
    expect(first).toMatchObject({ rejected: true, shards: 0, series: 0 });
    expect(await plan()).toMatchObject({ rejected: true, shards: 0, series: 0 });
  });

  it('make the window partial when part of a shard is lost, failed when all of them are', async () => {
    const some = harness({
      shard: (shard) => (shard === 'first' ? events(lost) : events(read, lost)),
    });
    expect(await some.readAll()).toEqual({ outcome: 'partial' });
    expect(some.closed).toMatchObject([{ reasons: ['shardLost'], shardsLost: 2, observations: 1 }]);
    expect(some.notes).toContainEqual(['It is too much.', []]);
    const all = harness({ shard: () => events(lost) });
    expect(await all.readAll()).toEqual({ outcome: 'failed' });
  });

  it('make the window suspicious that has far fewer series than is usual', async () => {
    const series = { series: 49, nearStart: 49, nearEnd: 49 };
    const { readAll, closed } = harness({
      plan: async () => ({ ...planned, census: series }),
      usualSeries: 100,
    });
    expect(await readAll()).toEqual({ outcome: 'suspicious' });
    expect(closed).toMatchObject([{ reasons: ['fewSeries'] }]);
  });

  it('count a part that was cut, and what was said of its pieces', async () => {
    const { plan, shard } = harness({
      shard: () => events({ kind: 'split', warnings: ['one store is away'] }, read, read),
    });
    await plan();
    expect(await shard(0)).toMatchObject({ splits: 1, partsRead: 2, presenceWarnings: 1 });
  });

  it('repeat a shard whose plan cannot be seen', async () => {
    const { shard } = harness({});
    expect(await failureOf(shard(0))).toMatchObject({ type: 'Internal', nonRetryable: false });
  });

  it('are not repeated for a source that is not configured', async () => {
    const { environment, activities } = harness({});
    const unknown = { ...input, source: 'gone' };
    const failure = await failureOf(environment.run(activities.planWindow, unknown));
    expect(failure).toMatchObject({ type: 'UnknownSource', nonRetryable: true });
  });

  it('stop waiting for the source when they are cancelled', async () => {
    const { environment, plan, shard, written } = harness({
      shard: async function* (_, signal) {
        environment.cancel('CANCELLED');
        await new Promise((_, reject) => {
          if (signal.aborted) reject(signal.reason);
          signal.addEventListener('abort', () => reject(signal.reason));
        });
        yield read;
      },
    });
    await plan();
    await expect(shard(0)).rejects.toMatchObject({ name: 'CancelledFailure' });
    expect(written).toEqual([]);
  });
});
