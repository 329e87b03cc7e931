import type { Endpoint } from '../domain/observation.ts';

/** For each part of a side's identity, the labels that may say it; the first that is filled does. */
export interface SideLabels {
  readonly environment: readonly string[];
  readonly cluster: readonly string[];
  readonly namespace: readonly string[];
  readonly name: readonly string[];
}

export interface PairLabels {
  readonly client: SideLabels;
  readonly server: SideLabels;
}

/** Labels an operator names for parts of an identity, asked before the dialect's own. */
export type LabelMap = { readonly [Side in keyof PairLabels]?: MappedLabels | undefined };

/** For the parts of a side that an operator names labels for, which. */
type MappedLabels = { readonly [Part in keyof SideLabels]?: readonly string[] | undefined };

/** All labels that a map names for a side. */
export function mappedLabelsOf(map: LabelMap | undefined, side: keyof PairLabels): string[] {
  return Object.values(map?.[side] ?? {}).flatMap((names) => names ?? []);
}

/** A side with the parts that the operator's labels say in place of what the dialect made of it. */
export function mappedEndpoint(
  labels: Labels,
  map: MappedLabels | undefined,
  endpoint: Endpoint,
): Endpoint {
  if (map === undefined) return endpoint;
  return {
    environment: firstFilled(labels, map.environment ?? []) || endpoint.environment,
    cluster: firstFilled(labels, map.cluster ?? []) || endpoint.cluster,
    namespace: firstFilled(labels, map.namespace ?? []) || endpoint.namespace,
    name: firstFilled(labels, map.name ?? []) || endpoint.name,
  };
}

/** Those of some labels that a window's series have, in their own order. */
export function labelsPresent(known: readonly string[], present: readonly string[]): string[] {
  const there = new Set(present);
  return known.filter((name) => there.has(name));
}

/** All labels that identify a side, its name first; what is no side's is added up. */
export function identityLabelsOf(side: SideLabels): string[] {
  const { name, namespace, cluster, environment } = side;
  return [...name, ...namespace, ...cluster, ...environment];
}

type Labels = Readonly<Record<string, string>>;

/** One side of a pair; environment and cluster are the source's where no label says them. */
export function endpointOf(
  labels: Labels,
  side: SideLabels,
  fixed: Pick<Endpoint, 'environment' | 'cluster'>,
): Endpoint {
  return {
    environment: firstFilled(labels, side.environment) || fixed.environment,
    cluster: firstFilled(labels, side.cluster) || fixed.cluster,
    namespace: firstFilled(labels, side.namespace),
    name: firstFilled(labels, side.name),
  };
}

/** The first label that says something: a missing label and an empty one are the same. */
export function firstFilled(labels: Labels, names: readonly string[]): string {
  for (const name of names) {
    const value = labels[name];
    if (value) return value;
  }
  return '';
}
