import { z } from 'zod';
import { dependencyStates, type Mode, modes } from '../domain/dependency.ts';
import { foldEvidence, sameBelief } from '../domain/fold.ts';
import type { Transaction } from './database.ts';

/** Evidence of a client→server pair that this transaction wrote, and that may change its belief. */
export interface ChangedPair {
  readonly dependencyId: string;
  readonly clientId: string;
  readonly serverId: string;
  readonly mode: Mode;
  readonly stale: boolean;
}

const beliefRow = z.object({
  dependencyId: z.string(),
  evidence: z.array(z.object({ mode: z.enum(modes), stale: z.boolean() })),
  state: z.enum(dependencyStates),
  modes: z.array(z.enum(modes)),
  from: z.number(),
});

/**
 * Folds all evidence of some pairs and writes the beliefs that differ; says how many are new.
 *
 * Evidence and belief are written in one transaction, so a pair without belief has no evidence but
 * what `pairs` says of it. A belief holds from `at` (epoch milliseconds), but never earlier than the
 * one before it.
 */
export async function writeBeliefs(
  transaction: Transaction,
  pairs: readonly ChangedPair[],
  at: number,
): Promise<number> {
  if (pairs.length === 0) return 0;
  const ids = [...new Set(pairs.map(({ dependencyId }) => dependencyId))];
  const rows = await transaction.rows('ingest/read-beliefs', { ids }, beliefRow);
  const known = new Set(rows.map(({ dependencyId }) => dependencyId));

  const created = newBeliefs(pairs.filter(({ dependencyId }) => !known.has(dependencyId)));
  if (created.length > 0) await transaction.run('ingest/create-beliefs', { at, rows: created });
  await writeChanged(transaction, rows, at);
  return created.length;
}

/**
 * Folds anew the pairs that lost evidence; a belief that nothing speaks for any more is removed.
 *
 * What changes holds from `at` (epoch milliseconds), but never earlier than the belief before it.
 */
export async function refoldBeliefs(
  transaction: Transaction,
  dependencyIds: readonly string[],
  at: number,
): Promise<void> {
  const ids = [...new Set(dependencyIds)];
  const rows = await transaction.rows('ingest/read-beliefs', { ids }, beliefRow);
  const held = new Set(rows.map(({ dependencyId }) => dependencyId));
  const groundless = ids.filter((id) => !held.has(id));
  if (groundless.length > 0) {
    await transaction.run('maintenance/delete-beliefs', { ids: groundless });
  }
  await writeChanged(transaction, rows, at);
}

async function writeChanged(
  transaction: Transaction,
  rows: readonly z.output<typeof beliefRow>[],
  at: number,
): Promise<void> {
  const changed = rows.flatMap(({ dependencyId, evidence, state, modes: before, from }) => {
    const belief = foldEvidence(evidence);
    if (belief === null || sameBelief(belief, { state, modes: before })) return [];
    return [{ dependencyId, ...belief, from: Math.max(from, at) }];
  });
  if (changed.length > 0) await transaction.run('ingest/set-beliefs', { rows: changed });
}

function newBeliefs(pairs: readonly ChangedPair[]) {
  const evidence = new Map<string, ChangedPair[]>();
  for (const pair of pairs) {
    const others = evidence.get(pair.dependencyId);
    if (others === undefined) evidence.set(pair.dependencyId, [pair]);
    else others.push(pair);
  }
  return [...evidence].flatMap(([dependencyId, seen]) => {
    const belief = foldEvidence(seen);
    const [pair] = seen;
    if (belief === null || pair === undefined) return [];
    return [{ dependencyId, clientId: pair.clientId, serverId: pair.serverId, ...belief }];
  });
}
