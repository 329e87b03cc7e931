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

const edge = (client: string, server: string, more: Labels = {}): Labels => ({
  client,
  server,
  source: 'beyla',
  job: 'beyla',
  instance: 'node-1:9090',
  ...more,
});

const inCluster = edge('web', 'api', {
  client_service_namespace: 'shop',
  server_service_namespace: '',
  client_k8s_namespace_name: 'shop-prod',
  server_k8s_namespace_name: 'core',
  client_k8s_cluster_name: 'eu-1',
  server_k8s_cluster_name: 'eu-2',
});

const recorded = [
  ...growing(requests, inCluster, 20),
  ...histogram('traces_service_graph_request_client_seconds', inCluster, ['0.1', '0.2']),
  // The same calls seen from another node: another producer, another shard.
  ...growing(requests, { ...inCluster, instance: 'node-2:9090' }, 10),
  // The same calls counted by a Tempo beside it.
  ...growing(requests, { ...inCluster, source: 'tempo', job: 'tempo' }, 20),
  ...series(failures, inCluster, 24, counting(3, 0, 37)),
  ...growing(requests, edge('web', 'redis', { connection_type: 'database' }), 2),
  ...growing(requests, edge('web', 'pay.example', { connection_type: 'virtual_node' }), 2),
  ...growing(requests, edge('old', 'api', { source: 'obi' }), 1),
];

describe('a Prometheus with the metrics of Beyla', () => {
  let source: RecordedSource;
  let reading: WindowReading;

  beforeAll(async () => {
    source = await recordedSource(recorded, {
      dialect: 'beyla',
      fixed: { environment: '', cluster: 'home' },
    });
    reading = await source.read(30);
  });

  afterAll(() => source.stop());

  const find = (id: string) => observationsOf(reading, id)[0];
  const pairId = 'eu-1:shop:web~~eu-2:core:api';

  it('identity: service namespace, or else that of Kubernetes, and the cluster of each side', () => {
    expect(find(pairId)?.client.namespace).toBe('shop');
    expect(find(pairId)?.server.namespace).toBe('core');
  });

  it('duplicates: adds its own producers, and does not count what another one counted', () => {
    expect(find(pairId)).toMatchObject({ requests: 450, failedRequests: 3 });
  });

  it('empty label: a call without connection type is direct', () => {
    expect(find(pairId)).toMatchObject({ connectionTypes: ['direct'], mode: 'sync' });
  });

  it('odd nodes: kinds come from the connection type; the cluster is the source’s where none is said', () => {
    expect(find('home::web~~home::redis')).toMatchObject({ server: { kind: 'database' } });
    expect(find('home::web~~home::pay.example')).toMatchObject({ server: { kind: 'external' } });
    expect(find('home::old~~home::api')).toMatchObject({ requests: 15 });
  });

  it('latency: of the side that measured', () => {
    expect(find(pairId)?.latency).toMatchObject({ clientLatencyMeanSeconds: 0.15 });
    expect(find(pairId)?.latency).not.toHaveProperty('serverLatencyMeanSeconds');
    expect(reading).toMatchObject({ outcome: 'complete', unanswered: 0 });
  });
});
