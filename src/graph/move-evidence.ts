import { z } from 'zod';
import { dependencyId, evidenceId, modes } from '../domain/dependency.ts';
import { joinEvidence, type StoredEvidence } from '../domain/evidence.ts';
import type { DependencyChanged } from './append-changes.ts';
import type { Transaction } from './database.ts';
import { foldPairs } from './write-beliefs.ts';
import { observedRow, readEvidence, setEvidence } from './write-evidence.ts';

const movingRow = observedRow.extend({
  source: z.string(),
  /** Absent where it was written before readings were told apart, and is not migrated. */
  dialect: z
    .string()
    .nullable()
    .transform((dialect) => dialect ?? 'tempo'),
  variant: z.string().nullable(),
  mode: z.enum(modes),
  clientId: z.string(),
  serverId: z.string(),
});
type MovingRow = z.output<typeof movingRow>;

export interface Move {
  readonly from: string;
  readonly to: string;
  /** From when belief in what moved holds, in epoch milliseconds. */
  readonly at: number;
  readonly limit: number;
}

/** How much evidence was moved, and what that changed. */
export interface Moved {
  readonly evidence: number;
  readonly changes: readonly DependencyChanged[];
}

/**
 * Gives some evidence of a service to another, and folds what that changes.
 *
 * Where the other has evidence of the same source, reading, mode and pair both become one. What was believed
 * of the old pairs stays in their past.
 */
export async function moveEvidence(transaction: Transaction, move: Move): Promise<Moved> {
  const { from, to, at, limit } = move;
  const rows = await transaction.rows(
    'maintenance/read-evidence-of',
    { id: from, limit },
    movingRow,
  );
  if (rows.length === 0) return { evidence: 0, changes: [] };
  const moving = rows.map((row) => movedTo(row, from, to));
  const known = await readEvidence(transaction, [...new Set(moving.map(({ newId }) => newId))]);
  const joined = joinedById(moving, known);

  for (const source of new Set(rows.map((row) => row.source))) {
    const created = [...joined.values()].filter(
      ({ row, newId }) => row.source === source && !known.has(newId),
    );
    if (created.length === 0) continue;
    await transaction.run('ingest/create-observed', {
      source,
      windowEnd: at,
      rows: created.map(({ newId, row, evidence }) => ({
        id: newId,
        digest: null,
        dialect: row.dialect,
        variant: row.variant,
        clientId: row.clientId,
        serverId: row.serverId,
        mode: row.mode,
        connectionTypes: evidence.connectionTypes,
        lastTrafficAt: evidence.lastTrafficAt,
        staleAt: evidence.staleAt,
        removedAt: evidence.removedAt,
        requestsPerSecond: evidence.requestsPerSecond,
        errorRatio: evidence.errorRatio,
        latency: evidence.latency,
      })),
    });
  }
  // Created evidence takes its times from a window, and these have a past.
  await setEvidence(
    transaction,
    [...joined].map(([id, { evidence }]) => ({ id, digest: '', ...evidence })),
  );
  await transaction.run('maintenance/delete-evidence', { ids: rows.map(({ id }) => id) });

  const pairs = [...rows, ...[...joined.values()].map(({ row }) => row)];
  return { evidence: rows.length, changes: await foldPairs(transaction, pairs, at) };
}

interface Moving {
  readonly newId: string;
  /** The row with its new ends. */
  readonly row: MovingRow;
  readonly evidence: StoredEvidence;
}

function movedTo(row: MovingRow, from: string, to: string): Moving {
  const clientId = row.clientId === from ? to : row.clientId;
  const serverId = row.serverId === from ? to : row.serverId;
  const newId = evidenceId(row.source, row, row.mode, dependencyId(clientId, serverId));
  return { newId, row: { ...row, clientId, serverId }, evidence: evidenceOf(row) };
}

function evidenceOf({
  id,
  source,
  dialect,
  variant,
  mode,
  clientId,
  serverId,
  ...evidence
}: MovingRow) {
  return evidence;
}

/** One row for each new id: several old ones may come to the same, as may what was there. */
function joinedById(
  moving: readonly Moving[],
  known: ReadonlyMap<string, StoredEvidence>,
): Map<string, Moving> {
  const joined = new Map<string, Moving>();
  for (const one of moving) {
    const before = joined.get(one.newId)?.evidence ?? known.get(one.newId);
    const evidence = before === undefined ? one.evidence : joinEvidence(before, one.evidence);
    joined.set(one.newId, { ...one, evidence });
  }
  return joined;
}
