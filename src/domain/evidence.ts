import { type Latency, latencyNames } from './latency.ts';
import { hasMoreFailedThanRequests, hasTraffic, isSeen, type Observation } from './observation.ts';
import type { Cutoffs } from './staleness.ts';
import type { Window } from './window.ts';

/** What one reading of a source has seen of one pair in one mode; times in epoch milliseconds. */
export interface StoredEvidence {
  /** Ends of the first and the last window that showed it. */
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  /** End of the last window with traffic; `null` where it was only ever listed. */
  readonly lastTrafficAt: number | null;
  /** When it was marked stale; `null` while it is not. */
  readonly staleAt: number | null;
  /** When it had been stale for so long that it no longer counts; `null` while it does. */
  readonly removedAt: number | null;
  /** End of the last window in which a producer that showed it was there; `null` while one is. */
  readonly unwatchedSince: number | null;
  /** Which producer went; `null` while none is missing. */
  readonly unwatchedBy: string | null;
  /** From when its age counts where that is later than its last sighting, because nobody watched it. */
  readonly agesFrom: number | null;
  /** End of the window that the numbers below are of. */
  readonly windowEnd: number;
  /** All that any window showed, sorted: a type that comes and goes does not flap. */
  readonly connectionTypes: readonly string[];
  /** `null` where the window gave no count. */
  readonly requestsPerSecond: number | null;
  /** 0 to 1; `null` where it is not known how many failed. */
  readonly errorRatio: number | null;
  readonly latency: Latency;
}

/**
 * What a window makes of the evidence there was (`null`: none); `null` where it changes nothing.
 *
 * The same window twice changes nothing. An older window widens the time in which the dependency was
 * seen, adds its connection types and overwrites no number. A window whose series were there and did
 * not move sets the numbers to no traffic, and is no sighting. A sighting takes marks back that it lies
 * behind, and never makes one: only a pass ages, at its own instant.
 */
export function mergeEvidence(
  before: StoredEvidence | null,
  observation: Observation,
  window: Window,
  cutoffs: Cutoffs = noCutoffs,
): StoredEvidence | null {
  const at = window.endMillis;
  const seen = isSeen(observation);
  if (before === null) return seen ? firstEvidence(observation, window) : null;

  const newest = at >= before.windowEnd;
  const traffic = hasTraffic(observation);
  const lastSeenAt = seen ? Math.max(before.lastSeenAt, at) : before.lastSeenAt;
  const after: StoredEvidence = {
    firstSeenAt: seen ? Math.min(before.firstSeenAt, at) : before.firstSeenAt,
    lastSeenAt,
    lastTrafficAt: traffic ? Math.max(before.lastTrafficAt ?? at, at) : before.lastTrafficAt,
    ...(seen ? ageAfter(before, lastSeenAt, at, cutoffs) : pickAge(before)),
    windowEnd: Math.max(before.windowEnd, at),
    connectionTypes: seen ? united(before, observation) : before.connectionTypes,
    ...(newest ? numbersOf(observation, window) : pickNumbers(before)),
  };
  return same(before, after) ? null : after;
}

function firstEvidence(observation: Observation, window: Window): StoredEvidence {
  const at = window.endMillis;
  return {
    firstSeenAt: at,
    lastSeenAt: at,
    lastTrafficAt: hasTraffic(observation) ? at : null,
    ...unmarked,
    ...watched,
    windowEnd: at,
    connectionTypes: observation.connectionTypes,
    ...numbersOf(observation, window),
  };
}

/** Of a source over which no pass went yet. */
const noCutoffs: Cutoffs = { stale: null, removed: null, passedAt: 0 };

type Marks = Pick<StoredEvidence, 'staleAt' | 'removedAt'>;
type Watch = Pick<StoredEvidence, 'unwatchedSince' | 'unwatchedBy' | 'agesFrom'>;
type Age = Marks & Watch;

/** Of evidence that no pass has marked. */
export const unmarked: Marks = { staleAt: null, removedAt: null };

/** Of evidence whose producers are there. */
export const watched: Watch = { unwatchedSince: null, unwatchedBy: null, agesFrom: null };

/**
 * Whether evidence is stale or removed after a pass, given when it was last seen; since when stands
 * once marked.
 *
 * While nobody watches it nothing is marked, and the time in which nobody did is not counted.
 */
export function aged(before: Age, lastSeenAt: number, cutoffs: Cutoffs): Marks {
  const isWatched = before.unwatchedSince === null;
  const from = Math.max(lastSeenAt, before.agesFrom ?? lastSeenAt);
  const mark = (marked: number | null, cutoff: number | null) => {
    if (cutoff === null || lastSeenAt >= cutoff) return null;
    return marked ?? (isWatched && from < cutoff ? cutoffs.passedAt : null);
  };
  return {
    staleAt: mark(before.staleAt, cutoffs.stale),
    removedAt: mark(before.removedAt, cutoffs.removed),
  };
}

/** What was seen after its producer went is watched by another; what was seen anew ages from then. */
function ageAfter(before: Age, lastSeenAt: number, at: number, cutoffs: Cutoffs): Age {
  const isWatched = before.unwatchedSince === null || at > before.unwatchedSince;
  const watch = isWatched ? { unwatchedSince: null, unwatchedBy: null } : pickWatch(before);
  const { agesFrom } = before;
  return {
    ...marksAfter(before, lastSeenAt, cutoffs),
    ...watch,
    agesFrom: agesFrom !== null && agesFrom > lastSeenAt ? agesFrom : null,
  };
}

/** What is left of marks after a sighting. */
function marksAfter({ staleAt, removedAt }: Marks, lastSeenAt: number, cutoffs: Cutoffs): Marks {
  const left = (marked: number | null, cutoff: number | null) =>
    cutoff === null || lastSeenAt >= cutoff ? null : marked;
  return { staleAt: left(staleAt, cutoffs.stale), removedAt: left(removedAt, cutoffs.removed) };
}

function pickWatch({ unwatchedSince, unwatchedBy }: Watch) {
  return { unwatchedSince, unwatchedBy };
}

function pickAge({ staleAt, removedAt, unwatchedSince, unwatchedBy, agesFrom }: Age): Age {
  return { staleAt, removedAt, unwatchedSince, unwatchedBy, agesFrom };
}

/**
 * The evidence of two pairs that turn out to be one; in whatever order they are joined.
 *
 * The numbers are those of the newer window. Of the same window rates are added; latencies of
 * several pairs cannot be, so they are not known, and neither is how many failed of both where that
 * is not known of one.
 */
export function joinEvidence(left: StoredEvidence, right: StoredEvidence): StoredEvidence {
  const newer = left.windowEnd >= right.windowEnd ? left : right;
  const same = left.windowEnd === right.windowEnd;
  return {
    firstSeenAt: Math.min(left.firstSeenAt, right.firstSeenAt),
    lastSeenAt: Math.max(left.lastSeenAt, right.lastSeenAt),
    lastTrafficAt: latest(left.lastTrafficAt, right.lastTrafficAt),
    // What one of them still shows is not stale.
    staleAt: ofBoth(left.staleAt, right.staleAt),
    removedAt: ofBoth(left.removedAt, right.removedAt),
    // What one of them is still watched for is watched.
    unwatchedSince: ofBoth(left.unwatchedSince, right.unwatchedSince),
    unwatchedBy: laterAway(left, right),
    agesFrom: latest(left.agesFrom, right.agesFrom),
    windowEnd: newer.windowEnd,
    connectionTypes: united(left, right),
    ...(same ? sumOf(left, right) : pickNumbers(newer)),
  };
}

/** The producer that both wait for: of two the one that went later. */
function laterAway(left: Watch, right: Watch): string | null {
  if (left.unwatchedBy === null || right.unwatchedBy === null) return null;
  const byTime = (left.unwatchedSince ?? 0) - (right.unwatchedSince ?? 0);
  const isLeft = byTime > 0 || (byTime === 0 && left.unwatchedBy > right.unwatchedBy);
  return isLeft ? left.unwatchedBy : right.unwatchedBy;
}

function ofBoth(left: number | null, right: number | null): number | null {
  return left === null || right === null ? null : Math.max(left, right);
}

function latest(left: number | null, right: number | null): number | null {
  if (left === null || right === null) return left ?? right;
  return Math.max(left, right);
}

function sumOf(left: Numbers, right: Numbers): Numbers {
  const counted = [left, right].flatMap(({ requestsPerSecond: rate, errorRatio }) =>
    rate === null ? [] : [{ rate, failing: errorRatio === null ? null : rate * errorRatio }],
  );
  if (counted.length === 0) return { requestsPerSecond: null, errorRatio: null, latency: {} };
  const requestsPerSecond = counted.reduce((sum, { rate }) => sum + rate, 0);
  const busy = counted.filter(({ rate }) => rate > 0);
  const isRatioKnown = busy.length > 0 && busy.every(({ failing }) => failing !== null);
  const failing = busy.reduce((sum, one) => sum + (one.failing ?? 0), 0);
  return {
    requestsPerSecond,
    errorRatio: isRatioKnown ? Math.min(1, failing / requestsPerSecond) : null,
    latency: {},
  };
}

type Types = Pick<StoredEvidence, 'connectionTypes'>;

function united({ connectionTypes: before }: Types, { connectionTypes: more }: Types) {
  if (more.every((type) => before.includes(type))) return before;
  return [...new Set([...before, ...more])].sort();
}

type Numbers = Pick<StoredEvidence, 'requestsPerSecond' | 'errorRatio' | 'latency'>;

function numbersOf(observation: Observation, window: Window): Numbers {
  const { requests, failedRequests, latency = {} } = observation;
  if (requests === null) return { requestsPerSecond: null, errorRatio: null, latency };
  const windowSeconds = (window.endMillis - window.startMillis) / 1000;
  const isRatioKnown =
    requests > 0 && failedRequests !== null && !hasMoreFailedThanRequests(observation);
  return {
    requestsPerSecond: requests / windowSeconds,
    errorRatio: isRatioKnown ? Math.min(1, failedRequests / requests) : null,
    // A histogram that stood still says nothing of this window.
    latency: requests === 0 ? {} : latency,
  };
}

function pickNumbers({ requestsPerSecond, errorRatio, latency }: Numbers): Numbers {
  return { requestsPerSecond, errorRatio, latency };
}

function same(before: StoredEvidence, after: StoredEvidence): boolean {
  const { connectionTypes, latency, ...plain } = after;
  return (
    (Object.keys(plain) as (keyof typeof plain)[]).every((key) => before[key] === plain[key]) &&
    before.connectionTypes.join('\n') === connectionTypes.join('\n') &&
    latencyNames.every((name) => before.latency[name] === latency[name])
  );
}
