import type { Dialect } from '../dialect.ts';
import { firstFilled } from '../pair-labels.ts';
import { series } from '../series.ts';
import type { Source } from '../source.ts';
import { dialectOf, type Pair } from '../spelling.ts';

const workloads = ['deployment', 'statefulset', 'daemonset', 'k8s_job', 'replicaset'];
const clientLabels = workloads;
const serverLabels = [...workloads, 'service'].map((workload) => `dst_${workload}`);

/** The callee's proxy counts a request as well (`inbound`), so only the caller's is asked. */
const outbound = 'direction="outbound"';
const requests = series('response_total', outbound);

/**
 * How Linkerd's proxies spell a service graph, from the side of the caller.
 *
 * A callee without labels of a workload is outside the mesh and known by its authority only.
 */
export const linkerd: Dialect = dialectOf({
  requests,
  failureLabel: 'classification',
  failures: [series('response_total', outbound, 'classification="failure"')],
  histograms: [
    {
      side: 'client',
      matchers: [outbound],
      names: [{ metric: 'response_latency_ms', unit: 'milliseconds' }],
    },
  ],
  kindLabels: ['classification', 'status_code', 'grpc_status', 'error', 'tls', 'direction'],
  clientLabels: [...clientLabels, 'namespace'],
  serverLabels: [...serverLabels, 'dst_namespace', 'authority'],
  pairOf,
});

function pairOf({ fixed }: Source, labels: Readonly<Record<string, string>>): Pair {
  const { environment, cluster } = fixed;
  const name = firstFilled(labels, serverLabels);
  const outside = name === '';
  return {
    client: {
      environment,
      cluster,
      namespace: labels.namespace ?? '',
      name: firstFilled(labels, clientLabels),
    },
    server: {
      environment,
      cluster,
      namespace: outside ? '' : (labels.dst_namespace ?? ''),
      name: name || (labels.authority ?? ''),
    },
    connectionType: outside ? 'virtual_node' : '',
    virtualSide: outside ? 'server' : null,
    overflow: false,
  };
}
