import { z } from 'zod';
import { dependencyId, evidenceId, modes } from '../domain/dependency.ts';
import { joinEvidence, type StoredEvidence } from '../domain/evidence.ts';
import type { Transaction } from './database.ts';
import { refoldBeliefs, writeBeliefs } from './write-beliefs.ts';
import { observedRow, readEvidence, setEvidence } from './write-evidence.ts';

const movingRow = observedRow.extend({
  source: z.string(),
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

/**
 * Gives some evidence of a service to another, and folds what that changes; says how much it was.
 *
 * Where the other has evidence of the same source, mode and pair both become one.
 */
export async function moveEvidence(transaction: Transaction, move: Move): Promise<number> {
  const { from, to, at, limit } = move;
  const rows = await transaction.rows(
    'maintenance/read-evidence-of',
    { id: from, limit },
    movingRow,
  );
  if (rows.length === 0) return 0;
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
        clientId: row.clientId,
        serverId: row.serverId,
        mode: row.mode,
        connectionTypes: evidence.connectionTypes,
        lastTrafficAt: evidence.lastTrafficAt,
        requestsPerSecond: evidence.requestsPerSecond,
        errorRatio: evidence.errorRatio,
        latency: evidence.latency,
      })),
    });
  }
  // Created evidence takes its times from a window, and these have a past.
  await setEvidence(
    transaction,
    [...joined].map(([id, { evidence }]) => ({ id, ...evidence })),
  );
  await transaction.run('maintenance/delete-evidence', { ids: rows.map(({ id }) => id) });

  const pairs = [...joined.values()].map(({ row, evidence }) => ({
    dependencyId: dependencyId(row.clientId, row.serverId),
    clientId: row.clientId,
    serverId: row.serverId,
    mode: row.mode,
    stale: evidence.staleAt !== null,
  }));
  await writeBeliefs(transaction, pairs, at);
  const left = rows.map(({ clientId, serverId }) => dependencyId(clientId, serverId));
  await refoldBeliefs(transaction, left, at);
  return rows.length;
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
  const newId = evidenceId(row.source, row.mode, dependencyId(clientId, serverId));
  return { newId, row: { ...row, clientId, serverId }, evidence: evidenceOf(row) };
}

function evidenceOf({ id, source, mode, clientId, serverId, ...evidence }: MovingRow) {
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
