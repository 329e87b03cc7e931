// Imported by workflows: arithmetic only, no zod, no clock.

/** The interval `(start, end]` that one question to a source is about, in epoch milliseconds. */
export interface Window {
  readonly startMillis: number;
  readonly endMillis: number;
}

/** The grid of a source: windows end at multiples of `intervalMillis` since the epoch. */
export interface Grid {
  readonly intervalMillis: number;
  readonly settleMillis: number;
}

export function floorToGrid(timeMillis: number, intervalMillis: number): number {
  return Math.floor(timeMillis / intervalMillis) * intervalMillis;
}

/** The latest window end that may be read at `nowMillis`: `settle` in the past, on the grid. */
export function latestSettledEnd(nowMillis: number, grid: Grid): number {
  return floorToGrid(nowMillis - grid.settleMillis, grid.intervalMillis);
}

/** Clocks that differ by no more do no harm: the time is soon over. */
const clocksDifferMillis = 300_000;

/**
 * Whether a source was read up to an instant that has not come yet.
 *
 * Windows end `settle` before the present, so a clock was ahead; nothing is read until that instant.
 */
export function isAhead(
  frontierMillis: number | null,
  nowMillis: number,
): frontierMillis is number {
  return frontierMillis !== null && frontierMillis > nowMillis + clocksDifferMillis;
}

/**
 * The window after `frontierMillis`.
 *
 * Usually one interval; where the frontier lies off the grid (the interval was changed) it runs to
 * the next grid point, so no instant is read twice and none is left out.
 */
export function nextWindow(frontierMillis: number, intervalMillis: number): Window {
  const endMillis = floorToGrid(frontierMillis, intervalMillis) + intervalMillis;
  return { startMillis: frontierMillis, endMillis };
}

/**
 * The frontier of a source that was never read: one interval before what may be read now, or as far
 * back as its past is wanted.
 */
export function initialFrontier(nowMillis: number, grid: Grid, backfillMillis = 0): number {
  const latest = latestSettledEnd(nowMillis, grid);
  const past = floorToGrid(latest - backfillMillis, grid.intervalMillis);
  return Math.min(latest - grid.intervalMillis, past);
}

/** Where a walk begins after an outage longer than `maxCatchupMillis`: the rest is a known hole. */
export function boundedFrontier(
  frontierMillis: number,
  nowMillis: number,
  grid: Grid,
  maxCatchupMillis: number,
): number {
  const oldest = floorToGrid(
    latestSettledEnd(nowMillis, grid) - maxCatchupMillis,
    grid.intervalMillis,
  );
  return Math.max(frontierMillis, oldest);
}

const dayMillis = 86_400_000;
/** When, after midnight UTC, a stale pass goes over a past that is read afterwards. */
const passOffsetMillis = 2 * 3_600_000;

/** The first 02:00 UTC at or after an instant. */
export function nextPassSlot(timeMillis: number): number {
  return Math.ceil((timeMillis - passOffsetMillis) / dayMillis) * dayMillis + passOffsetMillis;
}

/**
 * The windows of the past that are read together: from the frontier up to the end of the past, the
 * next stale pass, or so many, whichever comes first; `null` where fewer than two are left.
 */
export function pastChunk(
  frontierMillis: number,
  untilMillis: number,
  intervalMillis: number,
  maxWindows: number,
): Window | null {
  // Windows off the grid have another length, so the first one on it comes alone.
  if (frontierMillis % intervalMillis !== 0) return null;
  const slot = nextPassSlot(frontierMillis + 1);
  const end = Math.min(
    floorToGrid(untilMillis, intervalMillis),
    floorToGrid(slot, intervalMillis),
    frontierMillis + maxWindows * intervalMillis,
  );
  return end - frontierMillis < 2 * intervalMillis
    ? null
    : { startMillis: frontierMillis, endMillis: end };
}
