import { dependencyId, type Mode } from './dependency.ts';
import {
  addLatencyFact,
  type LatencyFactKind,
  type LatencyFacts,
  latencyOf,
  sideOfLatencyFact,
} from './latency.ts';
import type { Endpoint, Observation, PairFact, PairFactKind } from './observation.ts';
import { kindStrength, type ObservedService, type ServiceKind, serviceId } from './service.ts';

/** Why a value was left out; each is counted. */
export const dropReasons = [
  'missingClient',
  'missingServer',
  'overflow',
  'invalidValue',
  'invalidName',
  'nameTooLong',
  'failuresOnly',
] as const;
export type DropReason = (typeof dropReasons)[number];

export type Dropped = Readonly<Record<DropReason, number>>;

/** The observations of one window, and what was left out of them. */
export interface Normalized {
  readonly observations: readonly Observation[];
  /** The services of the observations, each once, by id. */
  readonly services: readonly ObservedService[];
  /** Values by the reason they were dropped for. */
  readonly dropped: Dropped;
  /** Observations of a service calling itself; they are kept, and left out of traversals. */
  readonly selfCalls: number;
}

/** Longest accepted name, namespace, cluster, environment or connection type, in UTF-16 code units. */
export const maxNameLength = 512;

/** Longest accepted id of a service; an id of evidence holds two, and an index at most 8 kB. */
const maxIdLength = 2048;

const overflowName = '__cardinality_overflow__';

interface Building {
  dependencyId: string;
  client: ObservedService;
  server: ObservedService;
  mode: Mode;
  connectionTypes: Set<string>;
  requests: number | null;
  failedRequests: number;
  listed: boolean;
  used: boolean;
  latencyFacts: LatencyFacts;
}

/** Takes a window's values one after the other, so that they need not be held all at once. */
export interface Normalizer {
  add(fact: PairFact): void;
  /** @param failures `unknown` where the source did not say which requests failed */
  finish(failures?: 'known' | 'unknown'): Normalized;
}

/**
 * Turns a window's values into observations: one per pair and mode.
 *
 * Values of the same pair and mode are added, whatever their connection types; the order of the
 * values does not matter. A pair that only failed requests or only overflow speak of is no
 * observation.
 */
export function normalize(facts: Iterable<PairFact>): Normalized {
  const normalizer = createNormalizer();
  for (const fact of facts) normalizer.add(fact);
  return normalizer.finish();
}

/** Like `normalize`, for values that come bit by bit. */
export function createNormalizer(): Normalizer {
  const pairs = new Map<string, Building>();
  const kinds = new Map<string, ObservedService>();
  const dropped = Object.fromEntries(dropReasons.map((reason) => [reason, 0])) as Record<
    DropReason,
    number
  >;

  function add(fact: PairFact): void {
    if (isLatency(fact.kind) && !(fact.value >= 0 && Number.isFinite(fact.value))) {
      // The latency of no requests is NaN: it is not known, and nothing is lost.
      return;
    }
    const reason = reasonToDrop(fact);
    if (reason !== null) {
      dropped[reason] += 1;
      return;
    }
    const [clientKind, serverKind] = kindsOf(fact);
    const clientId = serviceId(fact.client, clientKind);
    const serverId = serviceId(fact.server, serverKind);
    if (clientId.length > maxIdLength || serverId.length > maxIdLength) {
      dropped.nameTooLong += 1;
      return;
    }
    const client = remember(kinds, clientId, fact.client, clientKind);
    const server = remember(kinds, serverId, fact.server, serverKind);
    const mode: Mode = fact.connectionType === 'messaging_system' ? 'async' : 'sync';
    const dependency = dependencyId(client.id, server.id);
    const key = `${mode}|${dependency}`;
    let pair = pairs.get(key);
    if (pair === undefined) {
      pair = {
        dependencyId: dependency,
        client,
        server,
        mode,
        connectionTypes: new Set(),
        requests: null,
        failedRequests: 0,
        listed: false,
        used: false,
        latencyFacts: {},
      };
      pairs.set(key, pair);
    }
    pair.connectionTypes.add(fact.connectionType === '' ? 'direct' : fact.connectionType);
    if (fact.kind === 'requests') pair.requests = (pair.requests ?? 0) + fact.value;
    else if (fact.kind === 'failedRequests') pair.failedRequests += fact.value;
    else if (fact.kind === 'listed') pair.listed ||= fact.value > 0;
    else if (fact.kind === 'used') pair.used ||= fact.value > 0;
    else if (isMeasured(fact.kind, clientKind, serverKind)) {
      addLatencyFact(pair.latencyFacts, fact.kind, fact.value);
    }
  }

  function finish(failures: 'known' | 'unknown' = 'known'): Normalized {
    const all = [...pairs.values()];
    const usable = all.filter((pair) => pair.requests !== null || pair.listed || pair.used);
    dropped.failuresOnly = all.filter(isFailuresOnly).length;
    const observations = usable
      .map((pair) => toObservation(pair, kinds, failures === 'known'))
      .sort((a, b) => compare(a.dependencyId, b.dependencyId) || compare(a.mode, b.mode));
    return {
      observations,
      services: servicesOf(observations),
      dropped,
      selfCalls: observations.filter(({ client, server }) => client.id === server.id).length,
    };
  }

  return { add, finish };
}

function toObservation(
  { latencyFacts, used, ...pair }: Building,
  kinds: ReadonlyMap<string, ObservedService>,
  failuresKnown: boolean,
): Observation {
  const latency = latencyOf(latencyFacts);
  return {
    ...pair,
    client: kinds.get(pair.client.id) ?? pair.client,
    server: kinds.get(pair.server.id) ?? pair.server,
    connectionTypes: [...pair.connectionTypes].sort(),
    failedRequests: failuresKnown ? pair.failedRequests : null,
    ...(used ? { used } : {}),
    ...(latency ? { latency } : {}),
  };
}

function isLatency(kind: PairFactKind): kind is LatencyFactKind {
  return sideOfLatencyFact.has(kind);
}

/**
 * Whether somebody measured: a side without spans of its own did not.
 *
 * Producers write 0 for the side of a virtual node, and the client's time for a database.
 */
function isMeasured(kind: LatencyFactKind, client: ServiceKind, server: ServiceKind): boolean {
  const side = sideOfLatencyFact.get(kind);
  if (side === 'client') return client === 'service';
  if (side === 'server') return server === 'service';
  return client === 'service' && server === 'service';
}

function reasonToDrop(fact: PairFact): DropReason | null {
  if (fact.overflow || isOverflow(fact.client) || isOverflow(fact.server)) return 'overflow';
  if (fact.client.name === '') return 'missingClient';
  if (fact.server.name === '') return 'missingServer';
  // No counter counts more than that in a window, and so sums stay finite.
  if (!(fact.value >= 0 && fact.value <= Number.MAX_SAFE_INTEGER)) return 'invalidValue';
  const { client, server, connectionType } = fact;
  for (const part of [...Object.values(client), ...Object.values(server), connectionType]) {
    if (part.length > maxNameLength) return 'nameTooLong';
    // A lone surrogate has no UTF-8 form, so two such names would share one id.
    if (!part.isWellFormed()) return 'invalidName';
  }
  return null;
}

/** Whether a producer that ran out of room put its word for it in the place of a label's value. */
function isOverflow({ environment, cluster, namespace, name }: Endpoint): boolean {
  return (
    name === overflowName ||
    namespace === overflowName ||
    cluster === overflowName ||
    environment === overflowName
  );
}

/**
 * The kinds of both sides of a pair, from its labels.
 *
 * Where a virtual node's side is not said, the client is it when it is called `user`, the name the
 * producers give to a caller they did not see; otherwise the server is.
 */
function kindsOf(fact: PairFact): [client: ServiceKind, server: ServiceKind] {
  if (fact.connectionType === 'database') return ['service', 'database'];
  if (fact.connectionType !== 'virtual_node') return ['service', 'service'];
  const side = fact.virtualSide ?? (fact.client.name === 'user' ? 'client' : 'server');
  return side === 'client'
    ? [virtualKind(fact.client.name), 'service']
    : ['service', virtualKind(fact.server.name)];
}

function virtualKind(name: string): ServiceKind {
  return name === 'user' || name === 'unknown' ? name : 'external';
}

function remember(
  known: Map<string, ObservedService>,
  id: string,
  endpoint: Endpoint,
  kind: ServiceKind,
): ObservedService {
  const before = known.get(id);
  if (before !== undefined && kindStrength[before.kind] >= kindStrength[kind]) return before;
  const service: ObservedService = {
    id,
    kind,
    environment: endpoint.environment,
    cluster: endpoint.cluster,
    namespace: endpoint.namespace,
    name: endpoint.name,
  };
  known.set(id, service);
  return service;
}

function servicesOf(observations: readonly Observation[]): ObservedService[] {
  const services = new Map<string, ObservedService>();
  for (const { client, server } of observations) {
    services.set(client.id, client);
    services.set(server.id, server);
  }
  return [...services.values()].sort((a, b) => compare(a.id, b.id));
}

/** Whether a pair failed requests that nobody counted: a source's own contradiction. */
function isFailuresOnly({ requests, failedRequests }: Building): boolean {
  return requests === null && failedRequests > 0;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
