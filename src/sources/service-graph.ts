import type { LatencySide } from '../domain/latency.ts';
import type { HistogramSpelling } from './latency-questions.ts';
import { endpointOf, identityLabelsOf, type PairLabels, type SideLabels } from './pair-labels.ts';
import type { Source } from './source.ts';
import type { Pair } from './spelling.ts';

type Side = 'client' | 'server';

/**
 * The labels of a side: its name, and dimensions with the side as prefix.
 *
 * A dimension without prefix says nothing, because either side may have set it. Where a server keeps
 * the names of OpenTelemetry, the dots in a dimension's name stay, as in `client_service.namespace`.
 */
function sideLabels(side: Side): SideLabels {
  const prefixed = (names: readonly string[]) => names.map((name) => `${side}_${name}`);
  return {
    name: [side],
    namespace: prefixed([
      'service_namespace',
      'service.namespace',
      'k8s_namespace_name',
      'k8s.namespace.name',
      'namespace',
    ]),
    cluster: prefixed(['k8s_cluster_name', 'k8s.cluster.name', 'cluster']),
    environment: prefixed([
      'deployment_environment_name',
      'deployment.environment.name',
      'deployment_environment',
      'deployment.environment',
      'environment',
      'env',
    ]),
  };
}

const pairLabels: PairLabels = { client: sideLabels('client'), server: sideLabels('server') };

/** What is left to ask where a series has none of the dimensions, as most have not. */
const namesOnly: PairLabels = { client: nameOf('client'), server: nameOf('server') };

function nameOf(side: Side): SideLabels {
  return { name: [side], namespace: [], cluster: [], environment: [] };
}

const isDotted = (name: string) => name.includes('.');
const plainOf = (side: Side) => identityLabelsOf(pairLabels[side]).filter((one) => !isDotted(one));
const dottedOf = (side: Side) => identityLabelsOf(pairLabels[side]).filter(isDotted);

/**
 * The labels that identify a pair in `traces_service_graph_*`.
 *
 * The dotted ones are apart: a question that names them is refused by servers that know no such
 * names, so they are for windows whose series have them.
 */
export const serviceGraphLabels = {
  kindLabels: ['failed'],
  // Dimensions of either side's spans that say nothing of its identity.
  isKindLabel: (name: string) => name.startsWith('client_') || name.startsWith('server_'),
  clientLabels: plainOf('client'),
  serverLabels: plainOf('server'),
  dotted: { client: dottedOf('client'), server: dottedOf('server') },
  pairLabels: ['connection_type', 'virtual_node', 'metric_overflow', 'otel_metric_overflow'],
} as const;

const plainLabels = new Set<string>(['client', 'server', ...serviceGraphLabels.pairLabels]);

/** Looks at the few labels that are there, which costs less than asking for all that might be. */
function isPlain(labels: Readonly<Record<string, string>>): boolean {
  for (const name in labels) if (!plainLabels.has(name)) return false;
  return true;
}

/** What the labels of `traces_service_graph_*` say of a pair. */
export function serviceGraphPair(source: Source, labels: Readonly<Record<string, string>>): Pair {
  const asked = isPlain(labels) ? namesOnly : pairLabels;
  const side = labels.virtual_node;
  return {
    client: endpointOf(labels, asked.client, source.fixed),
    server: endpointOf(labels, asked.server, source.fixed),
    connectionType: labels.connection_type ?? '',
    virtualSide: side === 'client' || side === 'server' ? side : null,
    // A producer that ran out of room says so, or the SDK of OpenTelemetry within it does.
    overflow: labels.metric_overflow === 'true' || labels.otel_metric_overflow === 'true',
  };
}

const histogramNames = {
  server: 'server',
  client: 'client',
  messaging: 'messaging_system',
} as const;

/** The histogram of one side; its unit is in its name, or it is seconds where none is. */
export function serviceGraphHistogram(
  prefix: string,
  side: LatencySide,
  matchers: readonly string[],
): HistogramSpelling {
  const metric = `${prefix}traces_service_graph_request_${histogramNames[side]}`;
  return {
    side,
    matchers,
    names: [
      { metric: `${metric}_seconds`, unit: 'seconds' },
      { metric, unit: 'seconds' },
      { metric: `${metric}_milliseconds`, unit: 'milliseconds' },
    ],
  };
}
