/** How far behind one source is, as every answer about the graph says it. */
export interface Freshness {
  readonly source: string;
  /** End of the last complete window, ISO 8601 UTC; `null` before the first one. */
  readonly lastCompleteWindowEnd: string | null;
  /** How far the source has been read, whatever the outcome, ISO 8601 UTC; `null` before the first window. */
  readonly frontier: string | null;
  /** Seconds between now and the last complete window's end; `null` before the first one. */
  readonly lagSeconds: number | null;
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
  };
}
