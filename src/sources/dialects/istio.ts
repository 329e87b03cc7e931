import type { Endpoint } from '../../domain/observation.ts';
import type { Dialect } from '../dialect.ts';
import type { IstioReporter } from '../dialect-names.ts';
import { firstFilled } from '../pair-labels.ts';
import { series } from '../series.ts';
import type { Source } from '../source.ts';
import { dialectOf, type Pair } from '../spelling.ts';

type Labels = Readonly<Record<string, string>>;

const clientLabels = [
  'source_canonical_service',
  'source_workload',
  'source_workload_namespace',
  'source_cluster',
];
const serverLabels = [
  'destination_canonical_service',
  'destination_workload',
  'destination_workload_namespace',
  'destination_cluster',
  'destination_service',
  'destination_service_name',
  'destination_service_namespace',
];

/** HTTP codes of failures; without any response, as where nothing could be connected to, it is 0. */
const httpFailures = '0|5..';

/** gRPC codes that say the server failed, not that the request was wrong. */
const grpcFailures = '2|4|12|13|14|15';

/**
 * How Istio's proxies spell a service graph.
 *
 * Both proxies of a request count it, so one `reporter` is asked and never two. The source's proxy
 * measures the client's time, the others the server's. TCP has no requests: connections that open
 * or carry bytes are traffic of unknown amount.
 */
export function istio(reporter: IstioReporter): Dialect {
  const reported = `reporter="${reporter}"`;
  const requests = series('istio_requests_total', reported);
  return dialectOf({
    requests,
    failureLabel: 'response_code',
    failures: [
      series('istio_requests_total', reported, `response_code=~"${httpFailures}"`),
      series(
        'istio_requests_total',
        reported,
        `response_code!~"${httpFailures}"`,
        `grpc_response_status=~"${grpcFailures}"`,
      ),
    ],
    used: ['istio_tcp_connections_opened_total', 'istio_tcp_sent_bytes_total'].map((counter) =>
      series(counter, reported),
    ),
    histograms: [
      {
        side: reporter === 'source' ? 'client' : 'server',
        matchers: [reported],
        names: [{ metric: 'istio_request_duration_milliseconds', unit: 'milliseconds' }],
      },
    ],
    presence: [requests, series('istio_tcp_connections_opened_total', reported)],
    kindLabels: [
      'reporter',
      'response_code',
      'response_flags',
      'grpc_response_status',
      'request_protocol',
      'connection_security_policy',
    ],
    // Revisions, versions, apps and principals of either side.
    isKindLabel: (name) => name.startsWith('source_') || name.startsWith('destination_'),
    clientLabels,
    serverLabels,
    pairOf,
  });
}

/**
 * What Istio and its proxies write where they know nothing, and the clusters of a proxy that let
 * through or swallow whatever has no other: as a name they would be one service that all call.
 */
const notKnown = new Set([
  'unknown',
  '-',
  'PassthroughCluster',
  'BlackHoleCluster',
  'InboundPassthroughCluster',
  'InboundPassthroughClusterIpv4',
  'InboundPassthroughClusterIpv6',
]);
const known = (value: string) => (notKnown.has(value) ? '' : value);

function pairOf(source: Source, all: Labels): Pair {
  const labels = Object.fromEntries(
    Object.entries(all).map(([name, value]) => [name, known(value)]),
  );
  const client = workload(source, labels, 'source');
  const server = serverOf(source, labels);
  const clientKnown = client.name !== '';
  if (clientKnown && server.real) return pair(client, server.endpoint, null);
  if (clientKnown) return pair(client, server.endpoint, 'server');
  // Whoever called is not part of the mesh; if the callee is not either, nothing is known.
  const unknown = { ...outside(source), name: server.real ? 'unknown' : '' };
  return pair(unknown, server.endpoint, 'client');
}

function pair(client: Endpoint, server: Endpoint, virtualSide: Pair['virtualSide']): Pair {
  const connectionType = virtualSide === null ? '' : 'virtual_node';
  return { client, server, connectionType, virtualSide, overflow: false };
}

function serverOf(source: Source, labels: Labels): { endpoint: Endpoint; real: boolean } {
  const reached = workload(source, labels, 'destination');
  if (reached.name !== '') return { endpoint: reached, real: true };
  const name = labels.destination_service_name ?? '';
  const namespace = labels.destination_service_namespace ?? '';
  const host = labels.destination_service ?? '';
  if (name !== '' && namespace !== '' && host.startsWith(`${name}.${namespace}.svc`)) {
    // A service of the mesh none of whose workloads answered.
    return { endpoint: { ...reached, namespace, name }, real: true };
  }
  // A host outside, if there is a word for it.
  return { endpoint: { ...outside(source), name: name || host || 'unknown' }, real: false };
}

function workload(source: Source, labels: Labels, side: 'source' | 'destination'): Endpoint {
  return {
    environment: source.fixed.environment,
    cluster: labels[`${side}_cluster`] || source.fixed.cluster,
    namespace: labels[`${side}_workload_namespace`] ?? '',
    name: firstFilled(labels, [`${side}_canonical_service`, `${side}_workload`]),
  };
}

function outside({ fixed }: Source): Endpoint {
  return { environment: fixed.environment, cluster: fixed.cluster, namespace: '', name: '' };
}
