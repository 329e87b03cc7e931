import type { Aliases } from './alias.ts';
import { createConnectionTypes } from './connection-types.ts';
import { dependencyId } from './dependency.ts';
import {
  createKnownServices,
  type EndpointProblem,
  isOverflow,
  type KnownEndpoint,
} from './known-services.ts';
import {
  addLatencyFact,
  type LatencyFactKind,
  type LatencyFacts,
  latencyOf,
  sideOfLatencyFact,
} from './latency.ts';
import { createNotes, type Noted, oddOf } from './notes.ts';
import { isSeen, type Observation, type PairFact, type PairFactKind } from './observation.ts';
import { createOpenSides, type KnownKind } from './open-sides.ts';
import { isMeasured, isSideOpen, kindsOf } from './pair-kinds.ts';
import { calleeOf, modeOf, PairTable, serverOf } from './pair-table.ts';
import { numberOfKind, numberOfStronger, type ObservedService } from './service.ts';
import { createShown } from './shown-services.ts';

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

/** Takes a window's values one after the other, so that they need not be held all at once. */
export interface Normalizer {
  /** `null` stands for a value that a relabelling rule drops; it is counted. */
  add(fact: PairFact | null): void;
  /**
   * The ids of services of which `finish` asks `knownKind`, because the values do not say which side
   * of a pair was inferred. They are few: clients called `user`, and whom they call.
   */
  openQuestions(): readonly string[];
  /**
   * To be called once: what was added is let go of.
   *
   * @param failures `unknown` where the source did not say which requests failed
   */
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

/**
 * Like `normalize`, for values that come bit by bit; what has an alias counts for the other.
 *
 * @param knownKind what the rest of the window, or the graph, knows of a service; asked by `finish`
 */
export function createNormalizer(
  aliases?: Aliases,
  knownKind: KnownKind = () => undefined,
): Normalizer {
  const services = createKnownServices(aliases);
  const connectionTypes = createConnectionTypes();
  const pairs = new PairTable();
  const openSides = createOpenSides(services, pairs, knownKind);
  /** By row; few windows are asked for latency, and few pairs of those have all of it. */
  const latencies = new Map<number, LatencyFacts>();
  const dropped = Object.fromEntries(dropReasons.map((reason) => [reason, 0])) as Record<
    DropReason,
    number
  >;

  /** The row of a value's pair, or why the value is dropped. */
  function rowOf(fact: PairFact): number | DropReason {
    const [clientKind, serverKind] = kindsOf(fact);
    const client = services.of(fact.client, clientKind);
    const server = services.of(fact.server, serverKind);
    const problem = problemOfEnds(fact, client.problem, server.problem);
    if (problem !== null) return problem;
    const type = connectionTypes.of(fact.connectionType);
    if (typeof type === 'string') return type;

    const known = pairs.size;
    const row = pairs.rowOf(client.index, calleeOf(server.index, type.mode));
    const { columns } = pairs;
    const moved = hasMoved(fact);
    if (row === known || (moved && columns.moved[row] === 0)) {
      // What an idle series said before is forgotten: the pair has one that moved.
      if (row !== known) connectionTypes.forgetOthers(row);
      columns.moved[row] = moved ? 1 : 0;
      columns.clientKind[row] = numberOfKind[clientKind];
      columns.serverKind[row] = numberOfKind[serverKind];
      columns.connectionType[row] = type.index;
      return row;
    }
    if (!moved && columns.moved[row] === 1) return row;
    columns.clientKind[row] = numberOfStronger(columns.clientKind[row], numberOfKind[clientKind]);
    columns.serverKind[row] = numberOfStronger(columns.serverKind[row], numberOfKind[serverKind]);
    const firstType = columns.connectionType[row] ?? 0;
    if (firstType !== type.index) connectionTypes.addAnother(row, firstType, type);
    return row;
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
    if (isSideOpen(fact)) openSides.hold(fact);
    else take(fact);
  }

  function take(fact: PairFact): void {
    const { kind, value } = fact;
    const row = rowOf(fact);
    const { columns } = pairs;
    if (typeof row === 'string') dropped[row] += 1;
    else if (kind === 'requests') {
      columns.requests[row] = (columns.requests[row] ?? 0) + value;
      columns.counted[row] = 1;
    } else if (kind === 'failedRequests') {
      columns.failedRequests[row] = (columns.failedRequests[row] ?? 0) + value;
    } else if (kind === 'listed' || kind === 'used' || kind === 'uncounted') {
      if (value > 0) columns[kind][row] = 1;
    } else if (isMeasured(kind, kindsOf(fact))) {
      const facts = latencies.get(row) ?? {};
      latencies.set(row, facts);
      addLatencyFact(facts, kind, value);
    }
  }

  function observationOf(row: number, failuresKnown: boolean): Observation {
    const { columns } = pairs;
    const callee = columns.callee[row] ?? 0;
    const client = services.numbered(columns.client[row] ?? 0);
    const server = services.numbered(serverOf(callee));
    const uncounted = columns.uncounted[row] === 1;
    // What cannot be counted of a pair is missing from what could be.
    const counted = columns.counted[row] === 1 && !uncounted;
    const observation: Observation = {
      dependencyId: dependencyId(client.id, server.id),
      client,
      server,
      mode: modeOf(callee),
      connectionTypes: connectionTypes.ofRow(row, columns.connectionType[row] ?? 0),
      requests: counted ? (columns.requests[row] ?? 0) : null,
      failedRequests: failuresKnown ? (columns.failedRequests[row] ?? 0) : null,
      listed: columns.listed[row] === 1,
    };
    const facts = latencies.get(row);
    const latency = facts && latencyOf(facts);
    const used = columns.used[row] === 1;
    if (!used && !uncounted && latency === undefined) return observation;
    return {
      ...observation,
      ...(used ? { used } : {}),
      ...(uncounted ? { uncounted } : {}),
      ...(latency ? { latency } : {}),
    };
  }

  function finish(failures: 'known' | 'unknown' = 'known'): Normalized {
    openSides.settle(take);
    const observations: Observation[] = [];
    const shown = createShown(services, pairs);
    const notes = createNotes();
    let selfCalls = 0;
    const byId = inOrderOf(services.all, ({ service }) => service.id);
    // Nearly in order already, so that this second sorting costs little.
    const byIdAsClient = inOrderOf(byId, ({ service }) => dependencyId(service.id, ''));
    const { counted, listed, used, uncounted, failedRequests } = pairs.columns;
    for (const row of pairs.inOrder(ranksOf(byIdAsClient), ranksOf(byId))) {
      const isObserved =
        counted[row] === 1 || listed[row] === 1 || used[row] === 1 || uncounted[row] === 1;
      if (isObserved) {
        const observation = observationOf(row, failures === 'known');
        observations.push(observation);
        shown.add(row, isSeen(observation));
        notes.notePair(observation);
        if (observation.client === observation.server) selfCalls += 1;
      } else if ((failedRequests[row] ?? 0) > 0) {
        // Somebody failed requests that nobody counted: a source's own contradiction.
        dropped.failuresOnly += 1;
      }
    }
    shown.settleKinds();
    shown.eachPair(oddOf, notes.noteSides);
    pairs.clear();
    latencies.clear();
    const ofObservations = byId.filter(({ index }) => shown.has(index));
    return {
      observations,
      services: ofObservations.map(({ service }) => service),
      dropped,
      selfCalls,
      noted: notes.noted,
    };
  }

  return { add, openQuestions: openSides.questions, finish };
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
function ranksOf(ordered: readonly KnownEndpoint[]): Uint32Array {
  const ranks = new Uint32Array(ordered.length);
  for (const [rank, { index }] of ordered.entries()) ranks[index] = rank;
  return ranks;
}

/** Whether the series of a value moved, or is listed: an idle one says little of its pair. */
function hasMoved({ kind, value }: PairFact): boolean {
  return value > 0 && !isLatency(kind);
}

function isLatency(kind: PairFactKind): kind is LatencyFactKind {
  return sideOfLatencyFact.has(kind);
}

/** Whether a producer ran out of room, so that the value is of many pairs. */
export function isOverflowFact({ overflow, client, server }: PairFact): boolean {
  return overflow || isOverflow(client) || isOverflow(server);
}
