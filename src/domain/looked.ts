/**
 * The time a source was looked at: disjoint intervals in ascending order, flat, as
 * `[start, end, start, end, …]` in epoch milliseconds (the form Neo4j can store).
 */
export type Looked = readonly number[];

/** Adds `(startMillis, endMillis]`; overlapping and touching intervals become one. */
export function addToLooked(looked: Looked, startMillis: number, endMillis: number): Looked {
  const result: number[] = [];
  let start = startMillis;
  let end = endMillis;
  let placed = false;
  for (let i = 0; i + 1 < looked.length; i += 2) {
    const otherStart = looked[i] ?? 0;
    const otherEnd = looked[i + 1] ?? 0;
    if (otherEnd < start) {
      result.push(otherStart, otherEnd);
    } else if (otherStart > end) {
      if (!placed) result.push(start, end);
      placed = true;
      result.push(otherStart, otherEnd);
    } else {
      start = Math.min(start, otherStart);
      end = Math.max(end, otherEnd);
    }
  }
  if (!placed) result.push(start, end);
  return result;
}

/**
 * The last instant, not after `untilMillis`, that was looked at; `null` when there is none.
 *
 * Windows after the frontier may have been read on demand; the hole before them must not look fresh.
 */
export function lastLookedAt(looked: Looked, untilMillis: number): number | null {
  for (let i = looked.length - 2; i >= 0; i -= 2) {
    const start = looked[i] ?? 0;
    const end = looked[i + 1] ?? 0;
    if (start < untilMillis) return Math.min(end, untilMillis);
  }
  return null;
}

/** What of it lies not after an instant. */
export function lookedUntil(looked: Looked, untilMillis: number): Looked {
  const result: number[] = [];
  for (let i = 0; i + 1 < looked.length; i += 2) {
    const start = looked[i] ?? 0;
    if (start < untilMillis) result.push(start, Math.min(looked[i + 1] ?? 0, untilMillis));
  }
  return result;
}

/** Whether all from one instant to another was looked at without a hole; an interval begins after its start. */
export function wasLookedAt(looked: Looked, fromMillis: number, toMillis: number): boolean {
  for (let i = 0; i + 1 < looked.length; i += 2) {
    const start = looked[i] ?? 0;
    const end = looked[i + 1] ?? 0;
    if (start < fromMillis && toMillis <= end) return true;
  }
  return false;
}

/** How much of the time from one instant to another was looked at, in milliseconds. */
export function lookedBetween(looked: Looked, fromMillis: number, toMillis: number): number {
  let sum = 0;
  for (let i = 0; i + 1 < looked.length; i += 2) {
    const start = Math.max(looked[i] ?? 0, fromMillis);
    const end = Math.min(looked[i + 1] ?? 0, toMillis);
    sum += Math.max(0, end - start);
  }
  return sum;
}
