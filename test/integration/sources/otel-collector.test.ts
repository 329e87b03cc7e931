import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WindowReading } from '../../support/read-window.ts';
import {
  growing,
  histogram,
  observationsOf,
  type RecordedSource,
  recordedSource,
} from '../../support/recorded-source.ts';
import { counting, failures, requests, series } from '../../support/recording.ts';

type Labels = Record<string, string>;

/** The labels of a pair as a collector writes them: `failed` is on everything. */
const edge = (client: string, server: string, more: Labels = {}): Labels => ({
  client,
  server,
  failed: 'false',
  job: 'otel-collector',
  instance: 'collector-1:8889',
  ...more,
});
const failed = (labels: Labels): Labels => ({ ...labels, failed: 'true' });
const bounds = ['0.1', '0.2'] as const;

const plain = edge('web', 'api', {
  client_service_namespace: 'shop',
  server_service_namespace: 'core',
});
const late = edge('web', 'late', { instance: 'collector-2:8889' });
const virtual = { connection_type: 'virtual_node' };

const recorded = [
  ...growing(requests, plain, 20),
  ...growing(requests, failed(plain), 5),
  ...growing(failures, failed(plain), 5),
  ...histogram('traces_service_graph_request_server_seconds', plain, bounds),
  ...histogram('traces_service_graph_request_server_seconds', failed(plain), bounds),
  // Before a collector's first failure it has no series of failures; then it has the whole value.
  ...growing(requests, late, 10),
  ...series(requests, failed(late), 24, counting(2, 0, 37)),
  ...series(failures, failed(late), 24, counting(2, 0, 37)),
  // No zero is written first: a pair called once is a series that is 1 from the start.
  ...series(requests, edge('web', 'once'), 20, counting(1, 0, 41)),
  ...series(requests, edge('web', 'idle'), 0, counting(70, 0, 61)),
  ...growing(requests, edge('user', 'web', { ...virtual, server_service_namespace: 'shop' }), 4),
  ...growing(requests, edge('web', 'unknown', { ...virtual, client_service_namespace: 'shop' }), 3),
  ...growing(requests, edge('web', 'pay.example:443', { ...virtual }), 3),
  // A service that is really called `user`, seen with its namespace, calling something unseen.
  ...growing(
    requests,
    edge('user', 'unknown', { ...virtual, client_service_namespace: 'accounts' }),
    2,
  ),
  ...growing(requests, edge('unknown', 'api', { server_service_namespace: 'core' }), 2),
  ...growing(
    requests,
    edge('api', 'orders', { connection_type: 'database', client_service_namespace: 'core' }),
    6,
  ),
];

describe('a Prometheus with the metrics of an OpenTelemetry Collector', () => {
  let source: RecordedSource;
  let reading: WindowReading;

  beforeAll(async () => {
    source = await recordedSource(recorded, { dialect: 'otel-collector' });
    reading = await source.read(30);
  });

  afterAll(() => source.stop());

  const find = (id: string) => observationsOf(reading, id)[0];

  it('failed label: is added up, and failures are the series with true', () => {
    expect(find('shop:web~~core:api')).toMatchObject({ requests: 375, failedRequests: 75 });
  });

  it('failed label: the first failure counts, though nothing was there before', () => {
    expect(find('web~~late')).toMatchObject({ requests: 152, failedRequests: 2 });
  });

  it('failed label: where no series of failures exists there were none', () => {
    expect(find('web~~once')?.failedRequests).toBe(0);
  });

  it('first increment: a pair that was called once is seen, an idle one is not', () => {
    expect(find('web~~once')?.requests).toBe(1);
    expect(find('web~~idle')?.requests).toBe(0);
  });

  it('virtual nodes: user and unknown stand for what was not seen', () => {
    expect(find('~user~~shop:web')).toMatchObject({ client: { kind: 'user' } });
    expect(find('shop:web~~~unknown')).toMatchObject({ server: { kind: 'unknown' } });
    expect(find('web~~pay.example~3A443')).toMatchObject({ server: { kind: 'external' } });
  });

  it('virtual nodes: real services of those names are apart from them', () => {
    expect(find('accounts:user~~~unknown')).toMatchObject({
      client: { kind: 'service', name: 'user' },
      server: { kind: 'unknown' },
    });
    expect(find('unknown~~core:api')).toMatchObject({ client: { kind: 'service' } });
  });

  it('identity: a database has no namespace, its client keeps its own', () => {
    expect(find('core:api~~orders')).toMatchObject({ server: { kind: 'database' } });
  });

  it('latency: one histogram of both values of failed', () => {
    expect(find('shop:web~~core:api')?.latency).toMatchObject({
      serverLatencyP50Seconds: expect.closeTo(0.1),
      serverLatencyMeanSeconds: 0.15,
    });
    expect(reading).toMatchObject({ outcome: 'complete', unanswered: 0 });
  });
});

describe('a Prometheus with differently exported metrics of a collector', () => {
  const prefix = 'servicegraph_';
  const name = `${prefix}traces_service_graph_request`;
  const prefixedRecording = [
    ...growing(`${name}_total`, plain, 20),
    ...histogram(`${name}_server`, plain, bounds),
    ...histogram(`${name}_client_seconds`, plain, bounds),
    // In the second window both spellings of one histogram are there.
    ...growing(`${name}_total`, plain, 20, 120),
    ...histogram(`${name}_server`, plain, bounds, 120),
    ...histogram(`${name}_server_seconds`, plain, bounds, 120),
    ...histogram(`${name}_client_seconds`, plain, bounds, 120),
  ];
  let source: RecordedSource;

  beforeAll(async () => {
    source = await recordedSource(prefixedRecording, {
      dialect: 'otel-collector',
      metricPrefix: prefix,
    });
  });

  afterAll(() => source.stop());

  it('names: a prefix is configured, and the unit may be in the name or not', async () => {
    const reading = await source.read(30);
    expect(reading.dialect).toEqual({ name: 'otel-collector', variant: prefix });
    expect(reading.observations).toMatchObject([
      {
        requests: 300,
        latency: { serverLatencyMeanSeconds: 0.15, clientLatencyMeanSeconds: 0.15 },
      },
    ]);
  });

  it('names: both spellings of one histogram are each asked, and say one latency', async () => {
    const reading = await source.read(150);
    expect(reading).toMatchObject({ outcome: 'complete', unanswered: 0, warnings: [] });
    const { latency } = reading.observations[0] ?? {};
    expect(Object.keys(latency ?? {})).toHaveLength(8);
    for (const side of ['server', 'client']) {
      expect(latency).toMatchObject({
        [`${side}LatencyP50Seconds`]: expect.closeTo(0.1),
        [`${side}LatencyMeanSeconds`]: 0.15,
      });
    }
  });
});
