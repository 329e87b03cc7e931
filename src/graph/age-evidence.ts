import { aged, watched } from '../domain/evidence.ts';
import type { Cutoffs } from '../domain/staleness.ts';
import type { DependencyChanged } from './append-changes.ts';
import type { Transaction } from './database.ts';
import { foldPairs, type Pair } from './write-beliefs.ts';

/** Evidence that lies before cutoffs, and what decides how it ages; times in epoch milliseconds. */
export interface AgeingEvidence extends Pair {
  readonly id: string;
  readonly lastSeenAt: number;
  readonly staleAt: number | null;
  readonly removedAt: number | null;
  readonly agesFrom: number | null;
}

/**
 * Marks evidence as stale or removed and folds what that changes; all that ages does so here.
 *
 * It holds from the instant of the pass that found the cutoffs, whoever marks it and whenever.
 */
export async function ageEvidence(
  transaction: Transaction,
  evidence: readonly AgeingEvidence[],
  cutoffs: Cutoffs,
): Promise<DependencyChanged[]> {
  if (evidence.length === 0) return [];
  const rows = evidence.map((one) => ({
    id: one.id,
    ...aged({ ...watched, ...one }, one.lastSeenAt, cutoffs),
  }));
  await transaction.run('ingest/mark-aged', { rows });
  return foldPairs(transaction, evidence, cutoffs.passedAt);
}
