import { latencyNames } from '../../domain/latency.ts';
import type { ServiceRow } from '../../graph/resolve-service.ts';
import { toIso, toIsoOrNull } from '../schemas/time.ts';
import type { ExportedDependency } from './format.ts';

type Value = string | number | boolean;
export type Attributes = Readonly<Record<string, Value>>;

/** What kind of value an attribute has, in GraphML's words. */
export type AttributeType = 'string' | 'double' | 'int' | 'boolean';

/** All that is said of a service besides its id. */
export const serviceAttributes: Readonly<Record<string, AttributeType>> = {
  environment: 'string',
  cluster: 'string',
  namespace: 'string',
  name: 'string',
  kind: 'string',
  virtual: 'boolean',
  firstSeenAt: 'string',
};

/** All that is said of a dependency besides its id and ends; most are absent where not known. */
export const dependencyAttributes: Readonly<Record<string, AttributeType>> = {
  state: 'string',
  modes: 'string',
  criticality: 'string',
  confidence: 'string',
  conflicts: 'string',
  from: 'string',
  distance: 'int',
  requestsPerSecond: 'double',
  errorRatio: 'double',
  ...Object.fromEntries(latencyNames.map((name) => [name, 'double' as const])),
  firstSeenAt: 'string',
  lastSeenAt: 'string',
};

/** A service for formats that know no structure. */
export function attributesOfService(service: ServiceRow, topologyOnly: boolean): Attributes {
  const { environment, cluster, namespace, name, kind, virtual } = service;
  const identity = { environment, cluster, namespace, name, kind, virtual };
  return topologyOnly ? identity : { ...identity, firstSeenAt: toIso(service.firstSeenAtMillis) };
}

/** A dependency for formats that know no structure: lists joined by commas, nothing for what is not known. */
export function attributesOfDependency(row: ExportedDependency, topologyOnly: boolean): Attributes {
  const { state, criticality, confidence } = row;
  const belief = {
    state,
    modes: row.modes.join(),
    criticality,
    confidence,
    conflicts: row.conflicts.join(),
    from: toIso(row.fromMillis),
    ...(row.distance === undefined ? {} : { distance: row.distance }),
  };
  if (topologyOnly) return belief;
  return {
    ...belief,
    ...known({
      requestsPerSecond: row.requestsPerSecond,
      errorRatio: row.errorRatio,
      ...row.latency,
      firstSeenAt: toIsoOrNull(row.firstSeenAtMillis),
      lastSeenAt: toIsoOrNull(row.lastSeenAtMillis),
    }),
  };
}

function known(values: Readonly<Record<string, Value | null>>): Attributes {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  );
}

/** What a service is called in a picture: the parts of its identity that there are. */
export function labelOf({ environment, cluster, namespace, name }: ServiceRow): string {
  return [environment, cluster, namespace, name].filter((part) => part !== '').join('/');
}
