import type { Aliases } from './alias.ts';
import { dependencyId, type Mode } from './dependency.ts';
import {
  createKnownServices,
  type EndpointProblem,
  isOverflow,
  type KnownEndpoint,
  type KnownService,
  problemOfText,
  strengthen,
} from './known-services.ts';
import {
  addLatencyFact,
  type LatencyFactKind,
  type LatencyFacts,
  latencyOf,
  sideOfLatencyFact,
} from './latency.ts';
import { type Noted, noteAll } from './notes.ts';
import { isSeen, type Observation, type PairFact, type PairFactKind } from './observation.ts';
import { type ObservedService, type ServiceKind, stronger } from './service.ts';

/** Why a value was left out; each is counted. */
export const dropReasons = [
  'missingClient',
  'missingServer',
  'overflow',
  'invalidValue',
  'invalidName',
  'nameTooLong',
  'failuresOnly',
  'relabelled',
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
  /** Observations by what is odd about them. */
  readonly noted: Noted;
}

interface Building {
  readonly client: KnownService;
  readonly server: KnownService;
  readonly serverIndex: number;
  readonly mode: Mode;
  /** What the pair's own values say of both sides. */
  clientKind: ServiceKind;
  serverKind: ServiceKind;
  /** Sorted. */
  connectionTypes: readonly string[];
  requests: number | null;
  failedRequests: number;
  listed: boolean;
  used: boolean;
  latencyFacts: LatencyFacts | undefined;
}

/** Takes a window's values one after the other, so that they need not be held all at once. */
export interface Normalizer {
  /** `null` stands for a value that a relabelling rule drops; it is counted. */
  add(fact: PairFact | null): void;
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

/** Like `normalize`, for values that come bit by bit; what has an alias counts for the other. */
export function createNormalizer(aliases?: Aliases): Normalizer {
  const services = createKnownServices(aliases);
  const connectionTypes = createConnectionTypes();
  /** By the numbers of client and server: numbers are found faster than texts or objects. */
  const pairs: Record<Mode, (Map<number, Building> | undefined)[]> = { sync: [], async: [] };
  const dropped = Object.fromEntries(dropReasons.map((reason) => [reason, 0])) as Record<
    DropReason,
    number
  >;

  /** The pair of a value, or why the value is dropped. */
  function pairOf(fact: PairFact): Building | DropReason {
    const [clientKind, serverKind] = kindsOf(fact);
    const client = services.of(fact.client, clientKind);
    const server = services.of(fact.server, serverKind);
    const problem = problemOfEnds(fact, client.problem, server.problem);
    if (problem !== null) return problem;
    const types = connectionTypes.of(fact.connectionType);
    if (typeof types === 'string') return types;

    const mode: Mode = fact.connectionType === 'messaging_system' ? 'async' : 'sync';
    let servers = pairs[mode][client.index];
    if (servers === undefined) {
      servers = new Map();
      pairs[mode][client.index] = servers;
    }
    let pair = servers.get(server.index);
    if (pair === undefined) {
      pair = {
        client: client.service,
        server: server.service,
        serverIndex: server.index,
        mode,
        clientKind,
        serverKind,
        connectionTypes: types,
        requests: null,
        failedRequests: 0,
        listed: false,
        used: false,
        latencyFacts: undefined,
      };
      servers.set(server.index, pair);
    } else if (pair.connectionTypes !== types) {
      pair.connectionTypes = [...new Set([...pair.connectionTypes, ...types])].sort();
    }
    pair.clientKind = stronger(pair.clientKind, clientKind);
    pair.serverKind = stronger(pair.serverKind, serverKind);
    return pair;
  }

  function add(fact: PairFact | null): void {
    if (fact === null) {
      dropped.relabelled += 1;
      return;
    }
    const { kind, value } = fact;
    if (isLatency(kind) && !(value >= 0 && Number.isFinite(value))) {
      // The latency of no requests is NaN: it is not known, and nothing is lost.
      return;
    }
    const pair = pairOf(fact);
    if (typeof pair === 'string') dropped[pair] += 1;
    else if (kind === 'requests') pair.requests = (pair.requests ?? 0) + value;
    else if (kind === 'failedRequests') pair.failedRequests += value;
    else if (kind === 'listed') pair.listed ||= value > 0;
    else if (kind === 'used') pair.used ||= value > 0;
    else if (isMeasured(kind, ...kindsOf(fact))) {
      pair.latencyFacts ??= {};
      addLatencyFact(pair.latencyFacts, kind, value);
    }
  }

  function finish(failures: 'known' | 'unknown' = 'known'): Normalized {
    const observations: Observation[] = [];
    const shown = createShown(services.all.length);
    let selfCalls = 0;
    const byId = inOrderOf(services.all, ({ service }) => service.id);
    // Ranks, because comparing the long ids of dependencies costs more than everything else.
    const serverRank = ranksOf(byId);
    for (const { index } of inOrderOf(services.all, ({ service }) =>
      dependencyId(service.id, ''),
    )) {
      const ofClient = [
        ...(pairs.async[index]?.values() ?? []),
        ...(pairs.sync[index]?.values() ?? []),
      ].sort((a, b) => (serverRank[a.serverIndex] ?? 0) - (serverRank[b.serverIndex] ?? 0));
      for (const pair of ofClient) {
        if (pair.requests !== null || pair.listed || pair.used) {
          const observation = toObservation(pair, failures === 'known');
          observations.push(observation);
          shown.add(index, pair, isSeen(observation));
          if (pair.client === pair.server) selfCalls += 1;
        } else if (pair.failedRequests > 0) {
          // Somebody failed requests that nobody counted: a source's own contradiction.
          dropped.failuresOnly += 1;
        }
      }
    }
    shown.takeKindsOfIdle();
    const ofObservations = byId.filter(({ index }) => shown.has(index));
    return {
      observations,
      services: ofObservations.map(({ service }) => service),
      dropped,
      selfCalls,
      noted: noteAll(observations),
    };
  }

  return { add, finish };
}

/**
 * Which services are in observations, and the strongest kind that was said of each.
 *
 * A pair that was not seen is no evidence. It says what its own services are only where nothing else
 * does; otherwise a service's kind would depend on what else the same window, or shard, happens to hold.
 */
function createShown(services: number) {
  const [inNone, inIdle, inSeen] = [0, 1, 2];
  /** By the numbers of services. */
  const marks = new Uint8Array(services);
  const idle: { readonly clientIndex: number; readonly pair: Building }[] = [];
  const mark = (index: number, as: number) => {
    marks[index] = Math.max(marks[index] ?? 0, as);
  };
  return {
    has: (index: number) => marks[index] !== inNone,
    add(clientIndex: number, pair: Building, isPairSeen: boolean): void {
      mark(clientIndex, isPairSeen ? inSeen : inIdle);
      mark(pair.serverIndex, isPairSeen ? inSeen : inIdle);
      if (!isPairSeen) {
        idle.push({ clientIndex, pair });
        return;
      }
      strengthen(pair.client, pair.clientKind);
      strengthen(pair.server, pair.serverKind);
    },
    takeKindsOfIdle(): void {
      for (const { clientIndex, pair } of idle) {
        if (marks[clientIndex] !== inSeen) strengthen(pair.client, pair.clientKind);
        if (marks[pair.serverIndex] !== inSeen) strengthen(pair.server, pair.serverKind);
      }
    },
  };
}

/** Why a value's ends, or the value itself, cannot be used. */
function problemOfEnds(
  { overflow, value }: PairFact,
  client: EndpointProblem | null,
  server: EndpointProblem | null,
): DropReason | null {
  if (overflow || client === 'overflow' || server === 'overflow') return 'overflow';
  if (client === 'missingName') return 'missingClient';
  if (server === 'missingName') return 'missingServer';
  // No counter counts more than that in a window, and so sums stay finite.
  if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER)) return 'invalidValue';
  return client ?? server;
}

function inOrderOf<T>(items: readonly T[], key: (item: T) => string): T[] {
  return items
    .map((item) => ({ item, key: key(item) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ item }) => item);
}

/** The place of each item in an order, by its number. */
function ranksOf(ordered: readonly KnownEndpoint[]): number[] {
  const ranks: number[] = new Array(ordered.length).fill(0);
  for (const [rank, { index }] of ordered.entries()) ranks[index] = rank;
  return ranks;
}

function toObservation(pair: Building, failuresKnown: boolean): Observation {
  const { client, server, mode, connectionTypes, requests, failedRequests, listed } = pair;
  const observation: Observation = {
    dependencyId: dependencyId(client.id, server.id),
    client,
    server,
    mode,
    connectionTypes,
    requests,
    failedRequests: failuresKnown ? failedRequests : null,
    listed,
  };
  const latency = pair.latencyFacts && latencyOf(pair.latencyFacts);
  if (!pair.used && latency === undefined) return observation;
  return { ...observation, ...(pair.used ? { used: true } : {}), ...(latency ? { latency } : {}) };
}

/** A pair's connection types as a set of one; the same object for the same type. */
function createConnectionTypes() {
  const known = new Map<string, readonly [string] | 'nameTooLong' | 'invalidName'>();
  return {
    of(label: string) {
      let types = known.get(label);
      if (types === undefined) {
        types = problemOfText(label) ?? [label === '' ? 'direct' : label];
        known.set(label, types);
      }
      return types;
    },
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

/** Whether a producer ran out of room, so that the value is of many pairs. */
export function isOverflowFact({ overflow, client, server }: PairFact): boolean {
  return overflow || isOverflow(client) || isOverflow(server);
}

type Kinds = readonly [client: ServiceKind, server: ServiceKind];
const ofCall: Kinds = ['service', 'service'];
const ofDatabase: Kinds = ['service', 'database'];

/**
 * The side of a pair that is a virtual node; `null` where none is.
 *
 * Where it is not said, the client is it when it is called `user`, the name the producers give to a
 * caller they did not see; otherwise the server is.
 */
export function virtualSideOf(fact: PairFact): 'client' | 'server' | null {
  if (fact.connectionType !== 'virtual_node') return null;
  return fact.virtualSide ?? (fact.client.name === 'user' ? 'client' : 'server');
}

/** The kinds of both sides of a pair, from its labels. */
function kindsOf(fact: PairFact): Kinds {
  if (fact.connectionType === 'database') return ofDatabase;
  const side = virtualSideOf(fact);
  if (side === null) return ofCall;
  return side === 'client'
    ? [virtualKind(fact.client.name), 'service']
    : ['service', virtualKind(fact.server.name)];
}

function virtualKind(name: string): ServiceKind {
  return name === 'user' || name === 'unknown' ? name : 'external';
}
