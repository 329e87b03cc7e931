import { z } from 'zod';
import { dependencyChange } from '../domain/change.ts';
import { criticalities, dependencyId, modes } from '../domain/dependency.ts';
import { type Belief, foldEvidence, sameBelief } from '../domain/fold.ts';
import type { DependencyChanged } from './append-changes.ts';
import type { Transaction } from './database.ts';
import { beliefRow, endsRow, impactRows, writeImpacts } from './write-impacts.ts';

/** A client→server pair whose services are there. */
export interface Pair {
  readonly clientId: string;
  readonly serverId: string;
}

const pairRow = endsRow.extend({
  clientEnvironment: z.string(),
  serverEnvironment: z.string(),
  observed: z.array(
    z.object({
      mode: z.enum(modes),
      staleAt: z.number().nullable(),
      removedAt: z.number().nullable(),
    }),
  ),
  declared: z.array(
    z.object({ modes: z.array(z.enum(modes)), criticality: z.enum(criticalities).nullable() }),
  ),
  beliefs: z.array(beliefRow.extend({ from: z.number() })),
  pastUntil: z.number().nullable(),
});
export type PairRow = z.output<typeof pairRow>;

/** A pair whose belief changes: what it was (`null`: none), what it is, and since when. */
interface Step {
  readonly row: PairRow;
  readonly id: string;
  readonly before: (Belief & { readonly from: number }) | null;
  /** `null` where it leaves the present. */
  readonly after: Belief | null;
  readonly from: number;
  readonly change: DependencyChanged;
}

/**
 * Folds all evidence of some pairs anew and writes what differs: belief, past belief and impacts.
 *
 * What changes holds from `at` (epoch milliseconds), but never earlier than the belief before it, nor
 * than the mark that made it stale or removed; a belief that lasted no time is replaced, not kept. Says
 * what happened, for the changelog. What would hold from `onlyBefore` or later is left as it is.
 */
export async function foldPairs(
  transaction: Transaction,
  pairs: readonly Pair[],
  at: number,
  { onlyBefore = Number.POSITIVE_INFINITY }: { readonly onlyBefore?: number } = {},
): Promise<DependencyChanged[]> {
  const rows = await readPairs(transaction, pairs);
  const steps = rows
    .flatMap((row) => stepOf(row, at) ?? [])
    .filter(({ from }) => from < onlyBefore);
  if (steps.length > 0) await writeSteps(transaction, steps);
  return steps.map(({ change }) => change);
}

/** All that is said and believed of some pairs. */
export async function readPairs(
  transaction: Transaction,
  pairs: readonly Pair[],
): Promise<PairRow[]> {
  if (pairs.length === 0) return [];
  const unique = new Map(
    pairs.map(({ clientId, serverId }) => [
      dependencyId(clientId, serverId),
      { clientId, serverId },
    ]),
  );
  return transaction.rows('ingest/read-pairs', { rows: [...unique.values()] }, pairRow);
}

function stepOf(row: PairRow, at: number): Step | null {
  const folded = foldEvidence(row);
  const before = row.beliefs[0] ?? null;
  if (before !== null && folded !== null && sameBelief(before, folded)) return null;
  const type = dependencyChange(before, folded, row.pastUntil !== null);
  if (type === null) return null;
  const from = Math.max(before?.from ?? row.pastUntil ?? at, at, agedAt(row, folded));
  const id = dependencyId(row.clientId, row.serverId);
  const { clientId: client, serverId: server, clientEnvironment, serverEnvironment } = row;
  const isRemoved = type === 'dependency.removed';
  const { state, ...last } = (isRemoved ? before : folded) ?? noBelief;
  const change: DependencyChanged = {
    type,
    subject: id,
    at: from,
    client,
    server,
    clientEnvironment,
    serverEnvironment,
    modes: last.modes,
    criticality: last.criticality,
    confidence: last.confidence,
    conflicts: last.conflicts,
    state: isRemoved ? 'removed' : state,
  };
  return { row, id, before, after: isRemoved ? null : folded, from, change };
}

/** When the last of all evidence was marked that made a belief stale or removed; else 0. */
function agedAt({ observed }: PairRow, folded: Belief | null): number {
  if (folded?.state === 'stale') return Math.max(...observed.map(({ staleAt }) => staleAt ?? 0));
  if (folded?.state !== 'removed') return 0;
  return Math.max(...observed.map(({ removedAt }) => removedAt ?? 0));
}

/** Never written: a change has a belief before or after it. */
const noBelief: Belief = {
  state: 'removed',
  modes: [],
  criticality: 'hard',
  confidence: 'low',
  conflicts: [],
};

async function writeSteps(transaction: Transaction, steps: readonly Step[]): Promise<void> {
  const closed = steps.flatMap(({ id, before, from }) =>
    before === null || before.from >= from
      ? []
      : [{ dependencyId: id, pastId: pastBeliefId(id, before.from), to: from }],
  );
  const created = steps.flatMap(({ row, id, before, after, from }) => {
    if (before !== null || after === null) return [];
    const { clientId, serverId } = row;
    const impacts = impactRows(row, after);
    const onClient = impacts.filter(({ toId }) => toId === clientId);
    const onServer = impacts.filter(({ toId }) => toId === serverId);
    return [{ dependencyId: id, clientId, serverId, ...after, from, onClient, onServer }];
  });
  const known = steps.filter(({ before }) => before !== null);
  const changed = known.flatMap(({ id, after, from }) =>
    after === null ? [] : [{ dependencyId: id, ...after, from }],
  );
  const gone = known.filter(({ after }) => after === null).map(({ id }) => id);

  if (closed.length > 0) await transaction.run('ingest/close-beliefs', { rows: closed });
  if (created.length > 0) await transaction.run('ingest/create-beliefs', { rows: created });
  if (changed.length > 0) await transaction.run('ingest/set-beliefs', { rows: changed });
  if (gone.length > 0) await transaction.run('ingest/delete-beliefs', { ids: gone });
  await writeImpacts(
    transaction,
    known.flatMap(({ row, before }) => impactRows(row, before)),
    known.flatMap(({ row, after }) => impactRows(row, after)),
  );
}

/** The id of a past belief: its dependency, and since when it held. */
export function pastBeliefId(dependency: string, fromMillis: number): string {
  return `${dependency}@${new Date(fromMillis).toISOString()}`;
}
