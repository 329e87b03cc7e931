import { describe, expect, it } from 'vitest';
import { istio } from '../../../src/sources/dialects/istio.ts';
import { linkerd } from '../../../src/sources/dialects/linkerd.ts';
import { otelCollector } from '../../../src/sources/dialects/otel-collector.ts';
import { aSource } from '../doubles.ts';
import { questionsOf } from '../every-question.ts';

const source = aSource({ fixed: { environment: 'prod', cluster: 'home' } });
type Labels = Record<string, string>;

describe('what Istio says of a pair', () => {
  const read = (labels: Labels) => istio('source').read(source, 'requests', { labels, value: 1 });
  const web = { source_canonical_service: 'web', source_workload_namespace: 'shop' };

  it('names the workload where there is no canonical service', () => {
    expect(read({ ...web, destination_workload: 'api-v1' }).server.name).toBe('api-v1');
    const unknown = { destination_canonical_service: 'unknown', destination_workload: 'api-v1' };
    expect(read({ ...web, ...unknown }).server.name).toBe('api-v1');
  });

  it('has the cluster of the source where Istio does not know it', () => {
    const { client, server } = read({
      ...web,
      source_cluster: 'unknown',
      destination_canonical_service: 'api',
      destination_cluster: 'us',
    });
    expect([client.cluster, server.cluster]).toEqual(['home', 'us']);
    expect(client.environment).toBe('prod');
  });

  it('does not take a host for a service of the mesh because its name begins alike', () => {
    const entry = { destination_service_name: 'pay', destination_service_namespace: 'shop' };
    const kindOf = (host: string) => read({ ...web, ...entry, destination_service: host });
    expect(kindOf('pay.shop.svc.cluster.local').virtualSide).toBeNull();
    expect(kindOf('pay.shop.example').virtualSide).toBe('server');
  });

  const reached = (given: Labels) => {
    const { server, virtualSide, connectionType } = read({ ...web, ...given });
    return { name: server.name, virtualSide, connectionType };
  };
  const words = [
    'PassthroughCluster',
    'BlackHoleCluster',
    'InboundPassthroughCluster',
    'InboundPassthroughClusterIpv4',
    'InboundPassthroughClusterIpv6',
    'unknown',
    '-',
  ];

  it.each(words)('never takes a word for not known as a name: %s', (word) => {
    const outside = { connectionType: 'virtual_node', virtualSide: 'server' };
    const nowhere = { destination_service_name: word, destination_canonical_service: word };
    const host = (one: string) => reached({ ...nowhere, destination_service: one });
    expect(host('www.partner.example')).toEqual({ name: 'www.partner.example', ...outside });
    expect(host('10.4.1.7:8080')).toEqual({ name: '10.4.1.7:8080', ...outside });
    expect(host(word)).toEqual({ name: 'unknown', ...outside });
    expect(reached(nowhere)).toEqual({ name: 'unknown', ...outside });
    expect(reached({ ...nowhere, destination_workload: 'api-v1' })).toEqual({
      name: 'api-v1',
      connectionType: '',
      virtualSide: null,
    });
    expect(read({ source_workload: word, destination_workload: 'api-v1' })).toMatchObject({
      client: { name: 'unknown' },
      virtualSide: 'client',
    });
  });

  it('names a workload that was reached by its address, not the address', () => {
    expect(
      reached({
        destination_canonical_service: 'orders',
        destination_service: '10.4.1.7:8080',
        destination_service_name: 'PassthroughCluster',
      }),
    ).toEqual({ name: 'orders', virtualSide: null, connectionType: '' });
  });

  it('counts a failed request once, by the code of HTTP or by that of gRPC', () => {
    const failed = istio('source').counters.filter(({ kind }) => kind === 'failedRequests');
    expect(failed.map(({ series }) => series.matchers.slice(1))).toEqual([
      ['response_code=~"0|5.."'],
      ['response_code!~"0|5.."', 'grpc_response_status=~"2|4|12|13|14|15"'],
    ]);
  });

  it('may leave out every label: then nothing is named', () => {
    expect(read({})).toMatchObject({ client: { name: '' }, overflow: false });
  });
});

describe('what Linkerd says of a pair', () => {
  const read = (labels: Labels) => linkerd.read(source, 'requests', { labels, value: 1 });

  it.each(['deployment', 'statefulset', 'daemonset', 'k8s_job', 'replicaset'])(
    'names both sides by their %s',
    (workload) => {
      const { client, server } = read({ [workload]: 'a', [`dst_${workload}`]: 'b' });
      expect([client.name, server.name]).toEqual(['a', 'b']);
    },
  );

  it('names a callee without workload by its service, and outside the cluster by its authority', () => {
    const authority = 'b.shop.svc:80';
    expect(read({ deployment: 'a', dst_service: 'b', authority })).toMatchObject({
      server: { name: 'b' },
      virtualSide: null,
    });
    expect(read({ deployment: 'a', authority })).toMatchObject({
      server: { name: authority },
      virtualSide: 'server',
      connectionType: 'virtual_node',
    });
  });
});

describe('what a collector says of a pair', () => {
  const read = (labels: Labels) =>
    otelCollector('').read(source, 'requests', { labels, value: 1 }).virtualSide;
  const virtual = { connection_type: 'virtual_node' };

  it.each([
    [{}, null],
    [{ client_service_namespace: 'a' }, 'server'],
    [{ server_service_namespace: 'b' }, 'client'],
    [{ client_service_namespace: '', server_service_namespace: 'b' }, 'client'],
    [{ client_service_namespace: 'a', server_service_namespace: 'b' }, null],
    [{ client_service_namespace: 'a', virtual_node: 'client' }, 'client'],
  ] as [Labels, string | null][])(
    'takes the side without resource for the virtual one: %j',
    (labels, side) => {
      expect(read({ ...virtual, ...labels })).toBe(side);
      expect(read(labels)).toBe(labels.virtual_node ?? null);
    },
  );

  it('asks for names with the prefix only', async () => {
    for (const metrics of [null, ['team_traces_service_graph_request_client']]) {
      const questions = await questionsOf(otelCollector('team_'), { traits: { metrics } });
      expect(questions.join()).toContain('team_traces_service_graph_request_client');
      for (const question of questions) {
        expect(question).not.toMatch(/(?<!team_)traces_service_graph/);
      }
    }
  });
});
