/** Seconds since an instant of `performance.now()`, to the millisecond. */
export function secondsSince(since: number): number {
  return Math.round(performance.now() - since) / 1000;
}
