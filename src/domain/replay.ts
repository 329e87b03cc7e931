import type { ChangeType } from './change.ts';
import type { Belief } from './fold.ts';

/** One change of a dependency, as the changelog has it. */
export interface DependencyEntry extends Belief {
  readonly type: ChangeType;
  readonly sequence: number;
  /** Instant from which it holds, in epoch milliseconds. */
  readonly at: number;
}

/** A belief and how long it held; `to` is `null` of what is believed now. */
export interface BeliefPeriod {
  readonly belief: Belief;
  readonly from: number;
  readonly to: number | null;
}

/**
 * What was believed of one dependency, by its changes in the order of the changelog.
 *
 * A belief that lasted no time was replaced, and is not among them.
 */
export function replayChanges(entries: readonly DependencyEntry[]): BeliefPeriod[] {
  const periods: BeliefPeriod[] = [];
  for (const [index, entry] of entries.entries()) {
    const { state, modes, criticality, confidence, conflicts } = entry;
    const to = entries[index + 1]?.at ?? null;
    if (entry.type === 'dependency.removed' || to === entry.at) continue;
    periods.push({
      belief: { state, modes, criticality, confidence, conflicts },
      from: entry.at,
      to,
    });
  }
  return periods;
}
