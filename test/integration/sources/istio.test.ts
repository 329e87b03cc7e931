import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WindowReading } from '../../support/read-window.ts';
import {
  growing,
  histogram,
  observationsOf,
  type RecordedSource,
  recordedSource,
} from '../../support/recorded-source.ts';
import { counting, series } from '../../support/recording.ts';

type Labels = Record<string, string>;

const metric = 'istio_requests_total';
const opened = 'istio_tcp_connections_opened_total';
const sent = 'istio_tcp_sent_bytes_total';
const duration = 'istio_request_duration_milliseconds';

const from = (name: string, namespace = 'shop'): Labels => ({
  source_canonical_service: name,
  source_workload: name === 'unknown' ? 'unknown' : `${name}-v1`,
  source_workload_namespace: name === 'unknown' ? 'unknown' : namespace,
  source_cluster: name === 'unknown' ? 'unknown' : 'eu',
});

const to = (name: string, namespace = 'core'): Labels => ({
  destination_canonical_service: name,
  destination_workload: `${name}-v2`,
  destination_workload_namespace: namespace,
  destination_cluster: 'us',
  destination_service: `${name}.${namespace}.svc.cluster.local`,
  destination_service_name: name,
  destination_service_namespace: namespace,
});

const notReached = (host: string, name: string, namespace = 'unknown'): Labels => ({
  destination_canonical_service: 'unknown',
  destination_workload: 'unknown',
  destination_workload_namespace: 'unknown',
  destination_cluster: 'unknown',
  destination_service: host,
  destination_service_name: name,
  destination_service_namespace: namespace,
});

const by = (reporter: string, pod = 'pod-1'): Labels => ({
  reporter,
  pod,
  job: 'kubernetes-pods',
  instance: `${pod}:15020`,
});

const ok: Labels = { response_code: '200', request_protocol: 'http' };
const web = { ...from('web'), ...by('source') };
const second = { ...from('web'), ...by('source', 'pod-2') };

const recorded = [
  // Both proxies count the same requests.
  ...growing(metric, { ...web, ...to('api'), ...ok }, 10),
  ...growing(metric, { ...from('web'), ...to('api'), ...by('destination', 'pod-9'), ...ok }, 10),
  // The first failure of a pod begins with its whole value.
  ...series(metric, { ...second, ...to('api'), ...ok }, 0, counting(8, 0, 61)),
  ...series(
    metric,
    { ...second, ...to('api'), ...ok, response_code: '503' },
    24,
    counting(4, 0, 37),
  ),
  ...growing(metric, { ...web, ...to('api'), ...ok, response_code: '404' }, 1),
  ...histogram(duration, { ...web, ...to('api'), ...ok }, ['100', '200']),
  // gRPC: the code of HTTP is 200 whatever happens.
  ...growing(
    metric,
    { ...web, ...to('grpc'), ...ok, request_protocol: 'grpc', grpc_response_status: '0' },
    5,
  ),
  ...growing(
    metric,
    { ...web, ...to('grpc'), ...ok, request_protocol: 'grpc', grpc_response_status: '14' },
    2,
  ),
  ...growing(
    metric,
    { ...web, ...to('grpc'), ...ok, request_protocol: 'grpc', grpc_response_status: '5' },
    1,
  ),
  // No response at all: over HTTP, and over gRPC with a code of its own, which counts once.
  ...growing(metric, { ...web, ...to('gone'), ...ok, response_code: '0', response_flags: 'UC' }, 2),
  ...growing(
    metric,
    { ...web, ...to('gone'), ...ok, response_code: '0', grpc_response_status: '14' },
    3,
  ),
  ...growing(metric, { ...web, ...to('gone'), ...ok }, 1),
  ...growing(metric, { ...web, ...notReached('1.2.3.4', 'PassthroughCluster'), ...ok }, 1),
  ...growing(
    metric,
    { ...web, ...notReached('PassthroughCluster', 'PassthroughCluster'), ...ok },
    1,
  ),
  ...growing(metric, { ...web, ...notReached('x.example', 'BlackHoleCluster'), ...ok }, 1),
  ...growing(metric, { ...web, ...notReached('pay.example', 'pay.example', 'shop'), ...ok }, 1),
  ...growing(metric, { ...web, ...notReached('unknown', 'unknown'), ...ok }, 1),
  ...growing(
    metric,
    {
      ...web,
      ...notReached('down.core.svc.cluster.local', 'down', 'core'),
      ...ok,
      response_code: '503',
    },
    1,
  ),
  ...growing(metric, { ...from('unknown'), ...by('source'), ...to('api'), ...ok }, 1),
  ...growing(
    metric,
    { ...from('unknown'), ...by('source'), ...notReached('unknown', 'unknown'), ...ok },
    1,
  ),
  // TCP: new connections, one that was opened long ago and still carries bytes, and an idle one.
  ...growing(opened, { ...web, ...to('postgres') }, 1),
  ...series(opened, { ...web, ...to('redis') }, 0, counting(1, 0, 61)),
  ...growing(sent, { ...web, ...to('redis') }, 900),
  ...series(opened, { ...web, ...to('idle') }, 0, counting(1, 0, 61)),
  ...series(sent, { ...web, ...to('idle') }, 0, counting(77, 0, 61)),
  // Two hours later only the destinations report.
  ...growing(metric, { ...from('web'), ...to('api'), ...by('destination'), ...ok }, 7, 120),
  ...histogram(
    duration,
    { ...from('web'), ...to('api'), ...by('destination'), ...ok },
    ['100', '200'],
    120,
  ),
  ...growing(metric, { ...from('unknown'), ...to('api'), ...by('destination'), ...ok }, 3, 120),
];

describe('a Prometheus with the metrics of Istio', () => {
  let source: RecordedSource;
  let reading: WindowReading;

  beforeAll(async () => {
    source = await recordedSource(recorded, { dialect: 'istio' });
    reading = await source.read(30);
  });

  afterAll(() => source.stop());

  const find = (id: string) => observationsOf(reading, id)[0];
  const client = 'eu:shop:web';

  it('reporter: one is asked, so that a request counts once', () => {
    expect(reading.dialect).toEqual({ name: 'istio', variant: 'source' });
    expect(find(`${client}~~us:core:api`)).toMatchObject({ requests: 169 });
  });

  it('reporter: without the sources the destinations are asked, and never both', async () => {
    const later = await source.read(150);
    expect(later.dialect).toEqual({ name: 'istio', variant: 'destination' });
    expect(observationsOf(later, `${client}~~us:core:api`)).toMatchObject([
      { requests: 105, latency: { serverLatencyMeanSeconds: 0.00015 } },
    ]);
    expect(observationsOf(later, '~unknown~~us:core:api')).toMatchObject([
      { requests: 45, client: { kind: 'unknown' } },
    ]);
  });

  it('reporter: can be configured', async () => {
    const configured = await source.read(30, { istioReporter: 'destination' });
    expect(observationsOf(configured, `${client}~~us:core:api`)).toMatchObject([{ requests: 150 }]);
  });

  it('response codes: 5xx failed, and the failures of a gRPC server; 404 and not found did not', () => {
    expect(find(`${client}~~us:core:api`)).toMatchObject({ failedRequests: 4 });
    expect(find(`${client}~~us:core:grpc`)).toMatchObject({ requests: 120, failedRequests: 30 });
  });

  it('response codes: a request without any response failed, and once', () => {
    expect(find(`${client}~~us:core:gone`)).toMatchObject({ requests: 90, failedRequests: 75 });
  });

  it('identity: canonical service, namespace of the workload and cluster of each side', () => {
    expect(find(`${client}~~us:core:api`)).toMatchObject({
      client: { cluster: 'eu', namespace: 'shop', name: 'web', kind: 'service' },
      server: { cluster: 'us', namespace: 'core', name: 'api', kind: 'service' },
    });
  });

  it('odd nodes: what is outside the mesh is external, by its host and never by the cluster that let it pass', () => {
    for (const name of ['1.2.3.4', 'x.example', 'pay.example']) {
      expect(find(`${client}~~${name}`), name).toMatchObject({ server: { kind: 'external' } });
    }
    for (const word of ['PassthroughCluster', 'BlackHoleCluster']) {
      expect(find(`${client}~~${word}`), word).toBeUndefined();
    }
  });

  it('odd nodes: unknown is no service; two unknown sides say nothing and are counted', () => {
    expect(find(`${client}~~~unknown`)).toMatchObject({
      requests: 30,
      server: { kind: 'unknown' },
    });
    expect(find('~unknown~~us:core:api')).toMatchObject({ client: { kind: 'unknown' } });
    expect(reading.dropped.missingClient).toBeGreaterThan(0);
  });

  it('odd nodes: a service of the mesh that nobody answered for is still that service', () => {
    expect(find(`${client}~~core:down`)).toMatchObject({
      requests: 15,
      failedRequests: 15,
      server: { kind: 'service' },
    });
  });

  it('TCP: connections and bytes are traffic of unknown amount, an idle connection is none', () => {
    for (const name of ['postgres', 'redis']) {
      expect(find(`${client}~~us:core:${name}`), name).toMatchObject({
        requests: null,
        used: true,
      });
    }
    expect(find(`${client}~~us:core:idle`)).toBeUndefined();
  });

  it('latency: milliseconds become seconds, on the side of the reporter', () => {
    expect(find(`${client}~~us:core:api`)?.latency).toEqual({
      clientLatencyP50Seconds: expect.closeTo(0.1),
      clientLatencyP95Seconds: expect.closeTo(0.19),
      clientLatencyP99Seconds: expect.closeTo(0.198),
      clientLatencyMeanSeconds: expect.closeTo(0.00015),
    });
    expect(reading).toMatchObject({ outcome: 'complete', unanswered: 0 });
  });
});
