import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WindowReading } from '../../support/read-window.ts';
import {
  growing,
  histogram,
  observationsOf,
  type RecordedSource,
  recordedSource,
} from '../../support/recorded-source.ts';
import { counting, failures, pair, requests, series } from '../../support/recording.ts';

const server = 'traces_service_graph_request_server_seconds';
const client = 'traces_service_graph_request_client_seconds';
const messaging = 'traces_service_graph_request_messaging_system_seconds';

const prefixed = pair('web', 'api', {
  client_namespace: 'shop',
  server_namespace: 'core',
  client_cluster: 'eu',
  server_cluster: 'us',
  client_env: 'prod',
  server_env: 'staging',
});

const queue = pair('checkout', 'billing', { connection_type: 'messaging_system' });
const database = pair('checkout', 'orders', { connection_type: 'database' });
const fromUser = pair('user', 'checkout', {
  connection_type: 'virtual_node',
  virtual_node: 'client',
});
const bounds = ['0.1', '0.2'] as const;

const recorded = [
  ...growing(requests, prefixed, 2),
  // Dimensions without prefix: both sides carry them, and either value may win.
  ...growing(requests, pair('cart', 'stock', { namespace: 'shop', cluster: 'eu' }), 1),
  ...growing(requests, pair('cart', 'stock', { namespace: 'core', cluster: 'eu' }), 1),
  // The same name in two namespaces.
  ...growing(requests, pair('twin', 'stock', { client_k8s_namespace_name: 'a' }), 1),
  ...growing(requests, pair('twin', 'stock', { client_k8s_namespace_name: 'b' }), 1),
  ...growing(requests, pair('a', 'b', { client_namespace: '__cardinality_overflow__' }), 1),
  // An SDK of OpenTelemetry at its limit names no pair.
  ...growing(requests, { otel_metric_overflow: 'true', job: 'tempo', instance: 'sdk:1' }, 300),
  // Latency: on two shards, beside an idle pair and one without histograms.
  ...growing(requests, pair('checkout', 'cart'), 20),
  ...growing(requests, pair('checkout', 'cart', { __metrics_gen_instance: 'b' }), 20),
  ...histogram(server, pair('checkout', 'cart'), bounds),
  ...histogram(server, pair('checkout', 'cart', { __metrics_gen_instance: 'b' }), bounds),
  ...histogram(client, pair('checkout', 'cart'), ['0.2', '0.4']),
  ...series(requests, pair('checkout', 'idle'), 0, counting(9, 0, 61)),
  ...series(`${server}_bucket`, pair('checkout', 'idle', { le: '+Inf' }), 0, counting(9, 0, 61)),
  ...series(`${server}_count`, pair('checkout', 'idle'), 0, counting(9, 0, 61)),
  ...series(`${server}_sum`, pair('checkout', 'idle'), 0, counting(9, 0, 61)),
  ...growing(requests, queue, 20),
  ...histogram(messaging, queue, bounds),
  ...growing(requests, database, 20),
  ...histogram(server, database, bounds),
  ...histogram(client, database, bounds),
  ...growing(requests, fromUser, 20),
  ...growing(failures, fromUser, 5),
  ...histogram(server, fromUser, bounds),
  ...growing(`${client}_bucket`, { ...fromUser, le: '0.1' }, 20),
  ...growing(`${client}_bucket`, { ...fromUser, le: '+Inf' }, 20),
  ...growing(`${client}_sum`, fromUser, 0),
  ...growing(`${client}_count`, fromUser, 20),
];

describe('a Prometheus with the metrics of Tempo', () => {
  let source: RecordedSource;
  let reading: WindowReading;

  beforeAll(async () => {
    source = await recordedSource(recorded, { dialect: 'tempo' });
    reading = await source.read(30);
  });

  afterAll(() => source.stop());

  const find = (id: string) => observationsOf(reading, id)[0];

  it('identity: takes namespace, cluster and environment of each side from its own dimensions', () => {
    expect(find('prod:eu:shop:web~~staging:us:core:api')).toMatchObject({ requests: 30 });
  });

  it('identity: ignores a dimension without prefix, because it may be of either side', () => {
    expect(find('cart~~stock')).toMatchObject({ requests: 30 });
  });

  it('identity: the same name in two namespaces is two services', () => {
    expect(find('a:twin~~stock')?.requests).toBe(15);
    expect(find('b:twin~~stock')?.requests).toBe(15);
  });

  it('odd nodes: rejects overflow in any label of the identity', () => {
    expect(reading.dropped).toMatchObject({ overflow: 2, missingClient: 0 });
    expect(find('a~~b')).toBeUndefined();
  });

  it('latency: quantiles and mean of both sides, over the shards', () => {
    const { latency } = find('checkout~~cart') ?? {};
    expect(latency).toEqual({
      serverLatencyP50Seconds: expect.closeTo(0.1),
      serverLatencyP95Seconds: expect.closeTo(0.19),
      serverLatencyP99Seconds: expect.closeTo(0.198),
      serverLatencyMeanSeconds: 0.15,
      clientLatencyP50Seconds: expect.closeTo(0.2),
      clientLatencyP95Seconds: expect.closeTo(0.38),
      clientLatencyP99Seconds: expect.closeTo(0.396),
      clientLatencyMeanSeconds: 0.15,
    });
  });

  it('latency: of an idle pair, and of one without histograms, is absent and not zero', () => {
    expect(find('checkout~~idle')).toMatchObject({ requests: 0 });
    expect(find('checkout~~idle')).not.toHaveProperty('latency');
    expect(find('cart~~stock')).not.toHaveProperty('latency');
  });

  it('latency: of a message is the time it was under way', () => {
    const latency = find('checkout~~billing')?.latency;
    expect(Object.keys(latency ?? {})).toEqual([
      'messagingLatencyP50Seconds',
      'messagingLatencyP95Seconds',
      'messagingLatencyP99Seconds',
      'messagingLatencyMeanSeconds',
    ]);
  });

  it('latency: a side without spans has none, whatever the producer writes for it', () => {
    const sides = (id: string) =>
      new Set(Object.keys(find(id)?.latency ?? {}).map((name) => name.slice(0, 6)));
    expect(sides('checkout~~orders')).toEqual(new Set(['client']));
    expect(sides('~user~~checkout')).toEqual(new Set(['server']));
    expect(find('~user~~checkout')).toMatchObject({ requests: 300, failedRequests: 75 });
  });

  it('completeness: latency decides nothing, and everything was answered', async () => {
    const rest = await source.read(30, {
      matchers: ['client_namespace!="__cardinality_overflow__"', 'otel_metric_overflow=""'],
    });
    for (const one of [reading, rest]) expect(one).toMatchObject({ unanswered: 0, warnings: [] });
    expect(rest).toMatchObject({ outcome: 'complete', dropped: { overflow: 0 } });
    expect(reading.dialect).toEqual({ name: 'tempo', variant: null });
  });

  it('completeness: who ran out of room may have left out any pair', () => {
    expect(reading).toMatchObject({ outcome: 'partial', reasons: ['overflow'] });
  });
});

describe('a Prometheus with a broken histogram', () => {
  it('completeness: a warning on a question about latency is counted, and its numbers absent', async () => {
    const source = await recordedSource(
      [...growing(requests, queue, 20), ...histogram(messaging, queue, ['0.1', 'no number'])],
      { dialect: 'tempo' },
    );
    try {
      const reading = await source.read(30);
      expect(reading).toMatchObject({ outcome: 'complete', reasons: [], unanswered: 3 });
      expect(reading.warnings.join()).toContain('malformed');
      expect(reading.observations).toMatchObject([
        { requests: 300, latency: { messagingLatencyMeanSeconds: 0.15 } },
      ]);
      expect(Object.keys(reading.observations[0]?.latency ?? {})).toHaveLength(1);
    } finally {
      await source.stop();
    }
  });
});
