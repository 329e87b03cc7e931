import { type Looked, lastLookedAt, wasLookedAt } from './looked.ts';
import { floorToGrid } from './window.ts';

/** Whether an answer as of an instant rests on having looked: at nothing, at a part, or at all. */
export const coverages = ['none', 'partial', 'complete'] as const;
export type Coverage = (typeof coverages)[number];

/** What is known of how one source was read around an instant; all in epoch milliseconds. */
export interface SourceReading {
  readonly looked: Looked;
  /** How far it was read; `null` where it was never begun. */
  readonly frontierMillis: number | null;
  /** Length of its windows; `null` where it was never said. */
  readonly intervalMillis: number | null;
  /** End of the last window, not after the instant, of which anything was read; `null` for none of late. */
  readonly lastReadEndMillis: number | null;
}

const defaultIntervalMillis = 15 * 60_000;
/** What is read so long ago still tells of the instant: so many windows, */
const recentWindows = 2;
/**
 * and the time a window waits for late samples and to be read. Where that grows with what is seen, it is by
 * less than a window, which the two allow for.
 */
const recentWaitMillis = 5 * 60_000;

/**
 * What one source says about the graph as it was at an instant.
 *
 * A window is known from its end on, so what counts is the last one that ended by then.
 *
 * | the instant lies | coverage |
 * | --- | --- |
 * | in time that was looked at, of which a window had ended | complete |
 * | after the frontier, which was looked at, by no more than is usual (two windows, five minutes) | complete |
 * | where windows were read in part, or are suspicious | partial |
 * | where nothing was read, up to two windows and five minutes after something was | partial |
 * | further inside an outage, among failed windows, in a hole that nobody filled | none |
 * | in the first window after such a hole, before it ended | none |
 * | before the source began, or in its first window | none |
 * | where a walk over the past has not come yet | none |
 * | where a range was read again, before the begin or in a hole | as if read in time |
 * | anywhere, of a source that was never read | none |
 *
 * A source that is retired is not there any more, not for the past either. One that is only no
 * longer read stays, and has none from then on.
 */
export function coverageOfSource(source: SourceReading, instantMillis: number): Coverage {
  const { looked, frontierMillis, lastReadEndMillis } = source;
  const intervalMillis = source.intervalMillis ?? defaultIntervalMillis;
  const recentMillis = recentWindows * intervalMillis + recentWaitMillis;
  const gridMillis = floorToGrid(instantMillis, intervalMillis);
  if (wasLookedAt(looked, gridMillis, instantMillis)) return 'complete';
  const isRecent = (millis: number | null): boolean =>
    millis !== null && millis <= instantMillis && instantMillis - millis <= recentMillis;
  if (
    frontierMillis !== null &&
    isRecent(frontierMillis) &&
    wasLookedAt(looked, frontierMillis, frontierMillis)
  ) {
    return 'complete';
  }
  const readMillis = [lastReadEndMillis, lastLookedAt(looked, gridMillis)];
  return readMillis.some(isRecent) ? 'partial' : 'none';
}

/** What all sources together say: complete or none where all are so; none where there is no source. */
export function coverageOf(sources: readonly SourceReading[], instantMillis: number): Coverage {
  const all = new Set(sources.map((source) => coverageOfSource(source, instantMillis)));
  const [only = 'none'] = all;
  return all.size > 1 ? 'partial' : only;
}
