import { z } from 'zod';
import { dependencyStates, modes } from '../domain/dependency.ts';
import { type Belief, foldEvidence, sameBelief } from '../domain/fold.ts';
import type { Transaction } from './database.ts';

/** A client→server pair whose belief may have changed. */
export interface Pair {
  readonly dependencyId: string;
  readonly clientId: string;
  readonly serverId: string;
}

const beliefRow = z.object({
  clientId: z.string(),
  serverId: z.string(),
  dependencyId: z.string(),
  evidence: z.array(z.object({ mode: z.enum(modes), stale: z.boolean() })),
  state: z.enum(dependencyStates).nullable(),
  modes: z.array(z.enum(modes)).nullable(),
  from: z.number().nullable(),
});

/**
 * Folds all evidence of some pairs and writes the beliefs that differ; says how many are new.
 *
 * A belief holds from `at` (epoch milliseconds), but never earlier than the one before it.
 */
export async function writeBeliefs(
  transaction: Transaction,
  pairs: readonly Pair[],
  at: number,
): Promise<number> {
  const unique = [...new Map(pairs.map((pair) => [pair.dependencyId, pair])).values()];
  if (unique.length === 0) return 0;
  const known = await transaction.rows('ingest/read-beliefs', { pairs: unique }, beliefRow);

  const created: (Pair & Belief)[] = [];
  const changed: (Belief & { dependencyId: string; from: number })[] = [];
  for (const { evidence, state, modes: before, from, ...pair } of known) {
    const belief = foldEvidence(evidence);
    if (belief === null) continue;
    if (state === null || before === null) created.push({ ...pair, ...belief });
    else if (!sameBelief(belief, { state, modes: before })) {
      const { dependencyId } = pair;
      changed.push({ dependencyId, ...belief, from: Math.max(from ?? at, at) });
    }
  }
  if (created.length > 0) await transaction.run('ingest/create-beliefs', { at, rows: created });
  if (changed.length > 0) await transaction.run('ingest/set-beliefs', { rows: changed });
  return created.length;
}
