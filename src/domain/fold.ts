import type { DependencyState, Mode } from './dependency.ts';

/** The part of one OBSERVED relationship that belief depends on. */
export interface Evidence {
  readonly mode: Mode;
  readonly stale: boolean;
}

/** What is believed of one client→server pair. */
export interface Belief {
  readonly state: DependencyState;
  readonly modes: readonly Mode[];
}

/**
 * Folds all evidence of one pair into what is believed of it.
 *
 * A mode is believed while any of its evidence is fresh; when all evidence is stale the dependency
 * is stale and keeps the modes it had. The result depends on the set of evidence alone: its order,
 * repetition and batching do not matter. Without evidence there is nothing to believe: `null`.
 */
export function foldEvidence(evidence: readonly Evidence[]): Belief | null {
  if (evidence.length === 0) return null;
  const fresh = evidence.filter((one) => !one.stale);
  const deciding = fresh.length > 0 ? fresh : evidence;
  return {
    state: fresh.length > 0 ? 'active' : 'stale',
    modes: [...new Set(deciding.map((one) => one.mode))].sort().reverse(),
  };
}

export function sameBelief(left: Belief, right: Belief): boolean {
  return left.state === right.state && left.modes.join() === right.modes.join();
}
