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

/** The frontier of a source that was never read: one interval before what may be read now. */
export function initialFrontier(nowMillis: number, grid: Grid): number {
  return latestSettledEnd(nowMillis, grid) - grid.intervalMillis;
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
