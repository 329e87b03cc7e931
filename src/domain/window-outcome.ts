/** How reading a window ended; only a complete one enters `looked`. */
export const windowOutcomes = ['complete', 'partial', 'suspicious', 'failed'] as const;
export type WindowOutcome = (typeof windowOutcomes)[number];

/** How many series a source had in a window, and near both its ends. */
export interface Census {
  /** Series with a sample anywhere in the window. */
  readonly series: number;
  /** Series with a sample within two scrape intervals after the window's start. */
  readonly nearStart: number;
  /** Series with a sample within two scrape intervals before the window's end. */
  readonly nearEnd: number;
  /** New series whose producer had no samples before either, so their traffic is not known. */
  readonly cannotTell: number;
  /** Series whose last value is no count (NaN, infinite, negative); they are left out. */
  readonly broken: number;
}

/**
 * Whether a window that was answered can be relied upon for what it does not show.
 *
 * Prometheus answers 200, empty and without warning inside a gap in its data, so samples near both
 * ends are what tells "nothing happened" from "nobody looked".
 */
export function judgeOutcome(census: Census, warnings: number): WindowOutcome {
  if (warnings > 0) return 'partial';
  if (census.nearStart === 0 || census.nearEnd === 0) return 'suspicious';
  return 'complete';
}
