import type { CounterSample } from './counter-samples.ts';

/**
 * A first value up to which a counter that comes back as it was may as well have begun anew.
 *
 * A producer that forgets idle counters brings a rare one back at 1, 2 or 3 again and again. A larger
 * bound finds more of these and takes more idle counters for new ones: between 3 and 100 the known
 * histories are told alike, and 0 misses the rare ones.
 */
export const smallCount = 10;

/**
 * How many scrapes the quiet times before the ends of a series may differ by, so that something forgets
 * it by rule.
 *
 * A scrape lies anywhere in its interval, and so does the end; more takes chance for a rule.
 */
export const ruleSlackScrapes = 2;

/** A series of a counter that a window's sums do not settle, or one beside it. */
export interface CounterSeries {
  /** What it counts: series of one family differ in labels only, so one may go on with another's count. */
  readonly family: string;
  /** Who counts: the labels that are neither the pair's nor a kind's. */
  readonly producer: string;
  readonly labels: Readonly<Record<string, string>>;
  /** All counts from one reach before the window to its end, in order of time. */
  readonly samples: readonly CounterSample[];
  /** Set where only the first and the last sample of one unbroken life are known. */
  readonly isOutline?: boolean;
}

/** The last count of a series that had none within the reach of the window. */
export interface PastCount {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What is known of the time before, and of the producers. */
export interface CounterPast {
  /** Whether nobody could tell what a series had counted before the reach of the window. */
  isRefused?(series: CounterSeries): boolean;
  /** The last counts of a family before the reach of the window. */
  countsOf(family: string): readonly PastCount[];
  /** All samples of the hours before of a series; empty where they were not asked for. */
  samplesOf(series: CounterSeries): readonly CounterSample[];
  /** When a producer is known to have been there, from one reach before the window on, in order. */
  presenceOf(producer: string): readonly number[];
  /** Whether a producer was there in the hours before the reach of the window. */
  wasThere(producer: string): boolean;
  /** When the process of a producer started, in epoch milliseconds, where something says so. */
  startOf(producer: string): number | undefined;
}

/** The times by which samples are judged, in milliseconds. */
export interface CounterTimes {
  readonly startMillis: number;
  readonly endMillis: number;
  /** How far before the window a sample is looked for; samples farther apart are of two lives. */
  readonly reachMillis: number;
  /** How often samples are taken, as far as it can be seen. */
  readonly scrapeIntervalMillis: number;
}

/** What one series counted in a window. */
export interface SeriesIncrements {
  readonly index: number;
  /** `null` where it counted and nobody can tell how much. */
  readonly count: number | null;
  /** What it counted in a gap that is longer than the reach: that belongs to no window. */
  readonly unattributed: number;
  /** Whether its first value may be of this window or of any time before. */
  readonly cannotTell: boolean;
  readonly severalWriters: boolean;
}
