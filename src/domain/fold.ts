import {
  type Confidence,
  type ConflictSubject,
  type Criticality,
  criticalities,
  type DependencyState,
  type Mode,
  modes,
} from './dependency.ts';

/** The part of one OBSERVED relationship that belief depends on; times in epoch milliseconds. */
export interface ObservedEvidence {
  readonly mode: Mode;
  /** When it was marked stale; `null` while it is fresh. */
  readonly staleAt: number | null;
  /** When it had been stale for so long that it no longer counts; `null` while it does. */
  readonly removedAt: number | null;
}

/** The part of one DECLARED relationship that belief depends on. */
export interface DeclaredEvidence {
  readonly modes: readonly Mode[];
  /** `null` where the origin says nothing of it. */
  readonly criticality: Criticality | null;
}

/** All that is said of one client→server pair. */
export interface Evidence {
  readonly observed: readonly ObservedEvidence[];
  readonly declared: readonly DeclaredEvidence[];
}

/** What is believed of one client→server pair. */
export interface Belief {
  readonly state: DependencyState;
  readonly modes: readonly Mode[];
  readonly criticality: Criticality;
  readonly confidence: Confidence;
  /** What the evidence disagrees about, sorted. */
  readonly conflicts: readonly ConflictSubject[];
}

/**
 * Folds all evidence of one pair into what is believed of it; without evidence there is no belief.
 *
 * The result depends on the set of evidence alone: order, repetition and batching do not matter.
 *
 * - `state`: `active` while any source still sees it; otherwise, where it was ever observed,
 *   `removed` when all of that is gone and nobody declares it, else `stale`; `declared` where it was
 *   never observed.
 * - `modes`: those that are declared, and those that are seen. Of what is no longer seen those that
 *   were seen last: a mode that went stale earlier had left the set already.
 * - `criticality`: the gravest that is declared, `hard` where nobody says.
 * - `confidence`: `high` where it is seen and declared alike, `medium` where it is only seen, `low`
 *   where it is only declared, no longer seen, or contradicted.
 */
export function foldEvidence({ observed, declared }: Evidence): Belief | null {
  if (observed.length === 0 && declared.length === 0) return null;
  const seen = observed.filter(({ staleAt }) => staleAt === null);
  const conflicts = conflictsOf(seen, declared);
  const state = stateOf(observed, declared);
  return {
    state,
    modes: modesOf(seen.length > 0 ? seen : lastSeen(observed), declared),
    criticality: gravestOf(declared) ?? 'hard',
    confidence: confidenceOf(state, declared.length > 0, conflicts.length > 0),
    conflicts,
  };
}

export function sameBelief(left: Belief, right: Belief): boolean {
  return (
    left.state === right.state &&
    left.modes.join() === right.modes.join() &&
    left.criticality === right.criticality &&
    left.confidence === right.confidence &&
    left.conflicts.join() === right.conflicts.join()
  );
}

function stateOf(
  observed: readonly ObservedEvidence[],
  declared: readonly DeclaredEvidence[],
): DependencyState {
  if (observed.length === 0) return 'declared';
  if (observed.some(({ staleAt }) => staleAt === null)) return 'active';
  const gone = declared.length === 0 && observed.every(({ removedAt }) => removedAt !== null);
  return gone ? 'removed' : 'stale';
}

function lastSeen(observed: readonly ObservedEvidence[]): ObservedEvidence[] {
  const latest = Math.max(...observed.map(({ staleAt }) => staleAt ?? 0));
  return observed.filter(({ staleAt }) => (staleAt ?? 0) === latest);
}

function modesOf(
  observed: readonly ObservedEvidence[],
  declared: readonly DeclaredEvidence[],
): Mode[] {
  const named = new Set([
    ...observed.map(({ mode }) => mode),
    ...declared.flatMap((one) => one.modes),
  ]);
  return modes.filter((mode) => named.has(mode));
}

function gravestOf(declared: readonly DeclaredEvidence[]): Criticality | undefined {
  return criticalities.find((one) => declared.some(({ criticality }) => criticality === one));
}

function conflictsOf(
  seen: readonly ObservedEvidence[],
  declared: readonly DeclaredEvidence[],
): ConflictSubject[] {
  const conflicts: ConflictSubject[] = [];
  const said = new Set(declared.flatMap(({ criticality }) => criticality ?? []));
  if (said.size > 1) conflicts.push('criticality');
  const named = new Set(declared.flatMap((one) => one.modes));
  if (named.size > 0 && seen.some(({ mode }) => !named.has(mode))) conflicts.push('modes');
  return conflicts;
}

function confidenceOf(
  state: DependencyState,
  isDeclared: boolean,
  isContradicted: boolean,
): Confidence {
  if (state !== 'active' || isContradicted) return 'low';
  return isDeclared ? 'high' : 'medium';
}
