import { z } from 'zod';
import { evidenceId } from '../domain/dependency.ts';
import { mergeEvidence, type StoredEvidence } from '../domain/evidence.ts';
import { type Latency, latencyNames } from '../domain/latency.ts';
import type { Observation } from '../domain/observation.ts';
import type { Cutoffs } from '../domain/staleness.ts';
import type { Transaction } from './database.ts';
import type { WindowKey } from './window-key.ts';

export const observedRow = z.object({
  id: z.string(),
  firstSeenAt: z.number(),
  lastSeenAt: z.number(),
  lastTrafficAt: z.number().nullable(),
  staleAt: z.number().nullable(),
  removedAt: z.number().nullable(),
  windowEnd: z.number(),
  connectionTypes: z.array(z.string()),
  requestsPerSecond: z.number().nullable(),
  errorRatio: z.number().nullable(),
  latency: z.record(z.enum(latencyNames), z.number().nullable()).transform(known),
});

/** Without what is absent, which the graph gives as `null`. */
function known(latency: Readonly<Record<string, number | null>>): Latency {
  return Object.fromEntries(Object.entries(latency).filter(([, seconds]) => seconds !== null));
}

/** What an observation changes: the evidence before (`null`: none) and after it. */
export interface EvidenceChange {
  readonly id: string;
  readonly observation: Observation;
  readonly before: StoredEvidence | null;
  readonly after: StoredEvidence;
}

/** Compares observations with the evidence there is; what changes nothing is left out. */
export async function readEvidenceChanges(
  transaction: Transaction,
  { source, window }: WindowKey,
  observations: readonly Observation[],
  cutoffs: Cutoffs,
): Promise<EvidenceChange[]> {
  const byId = new Map(
    observations.map((one) => [evidenceId(source, one.mode, one.dependencyId), one]),
  );
  const ids = [...byId.keys()];
  const known = await readEvidence(transaction, ids);
  return [...byId].flatMap(([id, observation]) => {
    const before = known.get(id) ?? null;
    const after = mergeEvidence(before, observation, window, cutoffs);
    return after === null ? [] : [{ id, observation, before, after }];
  });
}

/** The evidence of some ids that there is. */
export async function readEvidence(
  transaction: Transaction,
  ids: readonly string[],
): Promise<Map<string, StoredEvidence>> {
  const rows = await transaction.rows('ingest/read-observed', { ids }, observedRow);
  return new Map(rows.map(({ id, ...evidence }) => [id, evidence]));
}

/** Writes all of some evidence that is there. */
export function setEvidence(
  transaction: Transaction,
  rows: readonly ({ readonly id: string } & StoredEvidence)[],
): Promise<void> {
  return transaction.run('ingest/set-observed', { rows });
}

/** Writes changed evidence; both services of new evidence must be there. */
export async function writeEvidence(
  transaction: Transaction,
  { source, window }: WindowKey,
  changes: readonly EvidenceChange[],
): Promise<void> {
  const windowEnd = window.endMillis;
  const created = changes.filter(({ before }) => before === null);
  const ordinary = changes.filter((change) => isOrdinary(change, windowEnd));
  const others = changes.filter(
    (change) => change.before !== null && !isOrdinary(change, windowEnd),
  );
  if (created.length > 0) {
    const rows = created.map(({ id, observation: { client, server, mode }, after }) => {
      const { firstSeenAt: _, lastSeenAt: __, windowEnd: ___, ...rest } = after;
      return { id, clientId: client.id, serverId: server.id, mode, ...rest };
    });
    await transaction.run('ingest/create-observed', { source, windowEnd, rows });
  }
  if (ordinary.length > 0) {
    const rows = ordinary.map(({ id, after: { requestsPerSecond, errorRatio, latency } }) => ({
      id,
      requestsPerSecond,
      errorRatio,
      latency,
    }));
    await transaction.run('ingest/set-traffic', { windowEnd, rows });
  }
  if (others.length > 0) {
    await setEvidence(
      transaction,
      others.map(({ id, after }) => ({ id, ...after })),
    );
  }
}

/** Whether only the numbers and the latest times changed; five times of a row are dear to send. */
function isOrdinary({ before, after }: EvidenceChange, windowEnd: number): boolean {
  return (
    before !== null &&
    after.windowEnd === windowEnd &&
    after.lastSeenAt === windowEnd &&
    after.lastTrafficAt === windowEnd &&
    after.firstSeenAt === before.firstSeenAt &&
    after.staleAt === before.staleAt &&
    after.removedAt === before.removedAt &&
    after.connectionTypes.join('\n') === before.connectionTypes.join('\n')
  );
}
