/** The clock of answers stands still within a minute, so that the same answer can be known again. */
const tickMillis = 60_000;

/** The begin of the minute; what an answer counts back from, in epoch milliseconds. */
export function tickOf(nowMillis: number): number {
  return Math.floor(nowMillis / tickMillis) * tickMillis;
}
