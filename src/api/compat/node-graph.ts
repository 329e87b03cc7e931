import type { DependencyRow } from '../../graph/queries.ts';
import type { ServiceRow } from '../../graph/resolve-service.ts';
import { labelsOf } from './labels.ts';

/** A node as Grafana's Node Graph panel takes it; the arcs of a node add up to 1. */
export interface NodeGraphNode {
  readonly id: string;
  readonly title: string;
  readonly subTitle: string;
  readonly mainStat: string;
  readonly secondaryStat: string;
  readonly arc__success: number;
  readonly arc__errors: number;
  readonly arc__unknown: number;
  readonly detail__id: string;
  readonly detail__kind: string;
}

export interface NodeGraphEdge {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly mainStat: string;
  readonly secondaryStat: string;
  /** Dashes where the dependency is not seen now. */
  readonly strokeDasharray: string;
  readonly detail__state: string;
  readonly detail__modes: string;
}

/** What one field of a node or an edge is. */
interface Field {
  readonly field_name: string;
  readonly type: 'string' | 'number';
  readonly color?: string;
  readonly displayName?: string;
}

const text = (name: string, displayName?: string): Field => ({
  field_name: name,
  type: 'string',
  ...(displayName === undefined ? {} : { displayName }),
});
const arc = (name: string, color: string, displayName: string): Field => ({
  field_name: `arc__${name}`,
  type: 'number',
  color,
  displayName,
});

/** What the fields of nodes and edges are, as the panel asks for it first. */
export const nodeGraphFields = {
  nodes_fields: [
    text('id'),
    text('title'),
    text('subTitle'),
    text('mainStat', 'Requests'),
    text('secondaryStat', 'Errors'),
    arc('success', 'green', 'Success'),
    arc('errors', 'red', 'Errors'),
    arc('unknown', 'gray', 'Not known'),
    text('detail__id', 'Id'),
    text('detail__kind', 'Kind'),
  ],
  edges_fields: [
    text('id'),
    text('source'),
    text('target'),
    text('mainStat', 'Requests'),
    text('secondaryStat', 'Errors'),
    text('strokeDasharray'),
    text('detail__state', 'State'),
    text('detail__modes', 'Modes'),
  ],
};

interface Graph {
  readonly services: readonly ServiceRow[];
  readonly dependencies: readonly (DependencyRow & { readonly distance?: number })[];
  /** The service that is shown whatever is cut. */
  readonly focus?: string;
}

/** A graph for the panel; of one with too many services what is nearest, and has most traffic. */
export function nodeGraphOf(graph: Graph, maxNodes: number) {
  const { services, dependencies, truncated } = nearestAndBusiest(graph, maxNodes);
  const labels = labelsOf(services);
  const incoming = new Map<string, Incoming>();
  // What a service is asked for does not depend on what of it is shown.
  for (const { server, requestsPerSecond, errorRatio } of graph.dependencies) {
    const sum = incoming.get(server) ?? none;
    const rate = requestsPerSecond ?? 0;
    incoming.set(server, {
      rate: sum.rate + rate,
      judged: sum.judged + (errorRatio === null ? 0 : rate),
      failing: sum.failing + rate * (errorRatio ?? 0),
    });
  }
  return {
    nodes: services.map((service) => nodeOf(service, labels, incoming.get(service.id) ?? none)),
    edges: dependencies.map(edgeOf),
    truncated,
  };
}

/** Requests per second to a service: all, those of which it is known whether they failed, and those that did. */
interface Incoming {
  readonly rate: number;
  readonly judged: number;
  readonly failing: number;
}
const none: Incoming = { rate: 0, judged: 0, failing: 0 };

function nearestAndBusiest({ services, dependencies, focus }: Graph, maxNodes: number) {
  const order = dependencies.toSorted(
    (a, b) =>
      (a.distance ?? 0) - (b.distance ?? 0) ||
      (b.requestsPerSecond ?? -1) - (a.requestsPerSecond ?? -1),
  );
  const kept = new Set(focus === undefined ? [] : [focus]);
  const shown = order.filter(({ client, server }) => {
    const more = new Set([client, server].filter((id) => !kept.has(id)));
    if (kept.size + more.size > maxNodes) return false;
    for (const id of more) kept.add(id);
    return true;
  });
  return {
    services: services.filter(({ id }) => kept.has(id)),
    dependencies: shown.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    truncated: shown.length < dependencies.length,
  };
}

function nodeOf(
  { id, namespace, kind }: ServiceRow,
  labels: ReadonlyMap<string, string>,
  { rate, judged, failing }: Incoming,
): NodeGraphNode {
  const share = judged > 0 ? Math.min(1, failing / judged) : null;
  const known = rate > 0 ? judged / rate : 0;
  const errors = (share ?? 0) * known;
  return {
    id,
    title: labels.get(id) ?? id,
    subTitle: namespace === '' ? kind : namespace,
    mainStat: rateText(rate > 0 ? rate : null),
    secondaryStat: shareText(share),
    arc__success: known - errors,
    arc__errors: errors,
    arc__unknown: 1 - known,
    detail__id: id,
    detail__kind: kind,
  };
}

function edgeOf(dependency: DependencyRow): NodeGraphEdge {
  const { id, client, server, state, modes, requestsPerSecond, errorRatio } = dependency;
  return {
    id,
    source: client,
    target: server,
    mainStat: rateText(requestsPerSecond),
    secondaryStat: shareText(errorRatio),
    strokeDasharray: state === 'active' ? '' : '4 4',
    detail__state: state,
    detail__modes: modes.join(', '),
  };
}

function rateText(requestsPerSecond: number | null): string {
  return requestsPerSecond === null ? '' : `${requestsPerSecond.toFixed(2)} req/s`;
}

function shareText(ratio: number | null): string {
  return ratio === null ? '' : `${(ratio * 100).toFixed(1)} %`;
}
