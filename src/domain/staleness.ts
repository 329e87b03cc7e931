import { type Looked, lookedBetween } from './looked.ts';

/**
 * Before which sightings count no more, as one pass over a source found; epoch milliseconds.
 *
 * A pass marks evidence whose last sighting lies before them, and a later sighting that does not takes
 * the mark back: so it does not matter in which order windows and passes come.
 */
export interface Cutoffs {
  /** `null` while there has not been time enough to miss anything. */
  readonly stale: number | null;
  readonly removed: number | null;
  /** The `now` of that pass, from which what it marks is stale or removed. */
  readonly passedAt: number;
}

/** How long a dependency must be looked for and not seen, in milliseconds of looked time. */
export interface StalenessLimits {
  readonly staleMillis: number;
  /** Beyond `staleMillis`. */
  readonly removeMillis: number;
}

/**
 * The latest instant c with measure(looked ∩ (c, now]) ≥ `atLeastMillis`; `null` where there is none.
 *
 * While nobody looked nothing ages: time between the intervals does not count.
 */
export function cutoffOf(looked: Looked, nowMillis: number, atLeastMillis: number): number | null {
  let missing = atLeastMillis;
  for (let i = looked.length - 2; i >= 0; i -= 2) {
    const start = looked[i] ?? 0;
    const end = Math.min(looked[i + 1] ?? 0, nowMillis);
    if (end <= start) continue;
    if (end - start >= missing) return end - missing;
    missing -= end - start;
  }
  return null;
}

/**
 * From when evidence ages that nobody watched for a while: the instant since which as much was looked
 * at as from its last sighting to when its producer went.
 */
export function agesFromOf(
  looked: Looked,
  {
    countsFrom,
    unwatchedSince,
    watchedAgainAt,
  }: Readonly<Record<'countsFrom' | 'unwatchedSince' | 'watchedAgainAt', number>>,
): number {
  const age = lookedBetween(looked, countsFrom, unwatchedSince);
  if (age === 0) return watchedAgainAt;
  return cutoffOf(looked, watchedAgainAt, age) ?? countsFrom;
}

/** The cutoffs that a pass finds; they never lie after its `now`. */
export function cutoffsAt(
  looked: Looked,
  nowMillis: number,
  { staleMillis, removeMillis }: StalenessLimits,
): Cutoffs {
  return {
    stale: cutoffOf(looked, nowMillis, staleMillis),
    removed: cutoffOf(looked, nowMillis, staleMillis + removeMillis),
    passedAt: nowMillis,
  };
}

/** What stands after a pass: never before an earlier one, so what is marked stays so until it is seen. */
export function laterCutoffs(before: Cutoffs, found: Cutoffs): Cutoffs {
  return {
    stale: later(before.stale, found.stale),
    removed: later(before.removed, found.removed),
    passedAt: Math.max(before.passedAt, found.passedAt),
  };
}

/** When a pass is too large to be believed. */
export interface Breaker {
  /** Share of a source's fresh dependencies that may be marked in one pass. */
  readonly ratio: number;
  /** Fewer than this are always marked. */
  readonly atLeast: number;
}

/** Whether a pass would mark so much of a source that the source is more likely to be at fault. */
export function isTripped(wouldMark: number, fresh: number, breaker: Breaker): boolean {
  return wouldMark >= breaker.atLeast && wouldMark > fresh * breaker.ratio;
}

function later(left: number | null, right: number | null): number | null {
  if (left === null || right === null) return left ?? right;
  return Math.max(left, right);
}
