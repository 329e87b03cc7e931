import { isAhead } from './window.ts';

/** How far behind one source is, as every answer about the graph says it. */
export interface Freshness {
  readonly source: string;
  /** End of the last complete window, ISO 8601 UTC; `null` before the first one. */
  readonly lastCompleteWindowEnd: string | null;
  /** How far the source has been read, whatever the outcome, ISO 8601 UTC; `null` before the first window. */
  readonly frontier: string | null;
  /** Seconds between now and the last complete window's end; `null` before the first one. */
  readonly lagSeconds: number | null;
  /**
   * Seconds by which the frontier lies in the future: a clock was ahead, and nothing is read until
   * then. Absent, or undefined, where it is not so.
   */
  readonly frontierAheadSeconds?: number | undefined;
}

export interface SourceProgress {
  readonly source: string;
  readonly lastCompleteWindowEndMillis: number | null;
  readonly frontierMillis: number | null;
}

const toIso = (millis: number | null): string | null =>
  millis === null ? null : new Date(millis).toISOString();

export function freshnessOf(progress: SourceProgress, nowMillis: number): Freshness {
  const last = progress.lastCompleteWindowEndMillis;
  return {
    source: progress.source,
    lastCompleteWindowEnd: toIso(last),
    frontier: toIso(progress.frontierMillis),
    lagSeconds: last === null ? null : Math.max(0, Math.round((nowMillis - last) / 1000)),
    ...aheadOf(progress.frontierMillis, nowMillis),
  };
}

function aheadOf(frontierMillis: number | null, nowMillis: number) {
  if (!isAhead(frontierMillis, nowMillis)) return {};
  return { frontierAheadSeconds: Math.round((frontierMillis - nowMillis) / 1000) };
}
