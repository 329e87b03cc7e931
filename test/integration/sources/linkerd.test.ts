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

const metric = 'response_total';

const outbound: Labels = {
  direction: 'outbound',
  namespace: 'shop',
  deployment: 'web',
  classification: 'success',
  job: 'linkerd-proxy',
  instance: '10.0.0.1:4191',
  pod: 'web-1',
};

const to = (name: string, kind = 'deployment', namespace = 'core'): Labels => ({
  [`dst_${kind}`]: name,
  dst_namespace: namespace,
  dst_service: name,
  authority: `${name}.${namespace}.svc.cluster.local:8080`,
});

const recorded = [
  ...growing(metric, { ...outbound, ...to('api') }, 10),
  ...growing(metric, { ...outbound, ...to('api'), pod: 'web-2', instance: '10.0.0.2:4191' }, 5),
  // The proxy of the callee counts the same requests.
  ...growing(
    metric,
    { ...outbound, direction: 'inbound', deployment: 'api', namespace: 'core', pod: 'api-1' },
    15,
  ),
  // The first failure begins with its whole value.
  ...series(
    metric,
    { ...outbound, ...to('api'), classification: 'failure', status_code: '200', grpc_status: '14' },
    24,
    counting(6, 0, 37),
  ),
  ...histogram('response_latency_ms', { ...outbound, ...to('api') }, ['100', '200']),
  ...growing(metric, { ...outbound, ...to('postgres', 'statefulset') }, 2),
  ...growing(metric, { ...outbound, authority: 'pay.example:443' }, 1),
];

describe('a Prometheus with the metrics of Linkerd', () => {
  let source: RecordedSource;
  let reading: WindowReading;

  beforeAll(async () => {
    source = await recordedSource(recorded, {
      dialect: 'linkerd',
      fixed: { environment: 'prod', cluster: '' },
    });
    reading = await source.read(30);
  });

  afterAll(() => source.stop());

  const find = (id: string) => observationsOf(reading, id)[0];
  const api = 'prod::shop:web~~prod::core:api';

  it('direction: a request is counted by its caller only, over all its pods', () => {
    expect(find(api)?.requests).toBe(231);
    expect(reading.dropped.missingServer).toBe(0);
  });

  it('classification: says what failed, whatever the status code, from the first failure on', () => {
    expect(find(api)?.failedRequests).toBe(6);
  });

  it('identity: workload and namespace of each side, whatever the kind of workload', () => {
    expect(find('prod::shop:web~~prod::core:postgres')).toMatchObject({
      requests: 30,
      server: { kind: 'service' },
    });
  });

  it('odd nodes: a callee outside the mesh is external, by its authority', () => {
    expect(find('prod::shop:web~~prod:::pay.example~3A443')).toMatchObject({
      server: { kind: 'external', namespace: '' },
    });
  });

  it('latency: milliseconds become seconds, as the client measured', () => {
    expect(find(api)?.latency).toMatchObject({
      clientLatencyP50Seconds: expect.closeTo(0.1),
      clientLatencyMeanSeconds: expect.closeTo(0.00015),
    });
    expect(reading).toMatchObject({ outcome: 'complete', unanswered: 0 });
  });
});
