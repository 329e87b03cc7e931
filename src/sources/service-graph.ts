import { endpointOf, identityLabelsOf, type PairLabels, type SideLabels } from './pair-labels.ts';
import type { Source } from './source.ts';
import type { Pair } from './spelling.ts';

/**
 * The labels of a side: its name, and dimensions with the side as prefix.
 *
 * A dimension without prefix says nothing, because either side may have set it.
 */
function sideLabels(side: 'client' | 'server'): SideLabels {
  const prefixed = (names: readonly string[]) => names.map((name) => `${side}_${name}`);
  return {
    name: [side],
    namespace: prefixed(['service_namespace', 'k8s_namespace_name', 'namespace']),
    cluster: prefixed(['k8s_cluster_name', 'cluster']),
    environment: prefixed([
      'deployment_environment_name',
      'deployment_environment',
      'environment',
      'env',
    ]),
  };
}

const pairLabels: PairLabels = { client: sideLabels('client'), server: sideLabels('server') };

/** The labels that identify a pair in `traces_service_graph_*`. */
export const serviceGraphLabels = {
  clientLabels: identityLabelsOf(pairLabels.client),
  serverLabels: identityLabelsOf(pairLabels.server),
  pairLabels: ['connection_type', 'virtual_node', 'metric_overflow'],
} as const;

/** What the labels of `traces_service_graph_*` say of a pair. */
export function serviceGraphPair(source: Source, labels: Readonly<Record<string, string>>): Pair {
  const side = labels.virtual_node;
  return {
    client: endpointOf(labels, pairLabels.client, source.fixed),
    server: endpointOf(labels, pairLabels.server, source.fixed),
    connectionType: labels.connection_type ?? '',
    virtualSide: side === 'client' || side === 'server' ? side : null,
    overflow: labels.metric_overflow === 'true',
  };
}
