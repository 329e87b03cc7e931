import { floorToGrid } from './window.ts';

/** What a source's windows have taught of how late its samples come. */
export interface LearntSettle {
  /** `null` where it is as configured. */
  readonly settleMillis: number | null;
  /** When it last grew or shrank, in epoch milliseconds; `null` for never. */
  readonly changedAtMillis: number | null;
}

export interface SettleBounds {
  /** What the operator configured; never less is waited. */
  readonly configuredMillis: number;
  readonly intervalMillis: number;
}

const mostGrowthMillis = 10 * 60_000;
const leastGrownMillis = 30_000;
/** After so many windows without late samples half of it is tried. */
const quietWindows = 96;

/**
 * How much longer than configured is waited at most: half a window, so that a window that waits is
 * read before the next one is due, and ten minutes.
 */
function mostMillis({ configuredMillis, intervalMillis }: SettleBounds): number {
  return configuredMillis + Math.min(floorToGrid(intervalMillis / 2, 1000), mostGrowthMillis);
}

/** How long after its end a window of a source is read: as configured, or as long as was learnt. */
export function settleOf(learntMillis: number | null, bounds: SettleBounds): number {
  return Math.min(Math.max(bounds.configuredMillis, learntMillis ?? 0), mostMillis(bounds));
}

/**
 * What is learnt from a window whose end came late: twice the wait.
 *
 * One fault delays many windows, and what was read before the last change tells nothing of the present
 * wait, so of each fault one window counts.
 */
export function afterLateWindow(
  learnt: LearntSettle,
  bounds: SettleBounds,
  windowEndMillis: number,
  nowMillis: number,
): LearntSettle {
  const { changedAtMillis } = learnt;
  if (changedAtMillis !== null && windowEndMillis <= changedAtMillis) return learnt;
  const grown = Math.max(2 * settleOf(learnt.settleMillis, bounds), leastGrownMillis);
  return { settleMillis: Math.min(grown, mostMillis(bounds)), changedAtMillis: nowMillis };
}

/** What is learnt from a complete window that was read in time: after many of them, half the wait. */
export function afterTimelyWindow(
  learnt: LearntSettle,
  bounds: SettleBounds,
  windowEndMillis: number,
): LearntSettle {
  const { settleMillis, changedAtMillis } = learnt;
  if (settleMillis === null || changedAtMillis === null) return learnt;
  if (windowEndMillis - changedAtMillis < quietWindows * bounds.intervalMillis) return learnt;
  const half = Math.round(settleMillis / 2);
  return {
    settleMillis: half > bounds.configuredMillis ? half : null,
    changedAtMillis: windowEndMillis,
  };
}
