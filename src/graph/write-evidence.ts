import { createHash } from 'node:crypto';
import { z } from 'zod';
import { evidenceId } from '../domain/dependency.ts';
import { mergeEvidence, type StoredEvidence } from '../domain/evidence.ts';
import { knownLatency, latencyNames } from '../domain/latency.ts';
import type { Observation } from '../domain/observation.ts';
import type { Cutoffs } from '../domain/staleness.ts';
import type { Window } from '../domain/window.ts';
import type { Transaction } from './database.ts';
import type { ReadingKey } from './window-key.ts';

export const observedRow = z.object({
  id: z.string(),
  firstSeenAt: z.number(),
  lastSeenAt: z.number(),
  lastTrafficAt: z.number().nullable(),
  staleAt: z.number().nullable(),
  removedAt: z.number().nullable(),
  unwatchedSince: z.number().nullable(),
  unwatchedBy: z.string().nullable(),
  agesFrom: z.number().nullable(),
  windowEnd: z.number(),
  connectionTypes: z.array(z.string()),
  requestsPerSecond: z.number().nullable(),
  errorRatio: z.number().nullable(),
  latency: z.record(z.enum(latencyNames), z.number().nullable()).transform(knownLatency),
});

/** What an observation changes: the evidence before (`null`: none) and after it. */
export interface EvidenceChange {
  readonly id: string;
  readonly digest: string;
  readonly observation: Observation;
  readonly before: StoredEvidence | null;
  readonly after: StoredEvidence;
}

/**
 * Compares observations with the evidence there is; what changes nothing is left out.
 *
 * Of a window that is read again most changes nothing. Its digests say so, without the evidence
 * being read.
 */
export async function readEvidenceChanges(
  transaction: Transaction,
  { source, reading, window, late = false }: ReadingKey,
  observations: readonly Observation[],
  cutoffs: Cutoffs,
): Promise<EvidenceChange[]> {
  const all = observations.map((observation) => ({
    id: evidenceId(source, reading, observation.mode, observation.dependencyId),
    digest: digestOf(observation, window, cutoffs),
    observation,
  }));
  const unchanged = late ? await readUnchanged(transaction, all) : new Set<string>();
  const open = all.filter(({ id }) => !unchanged.has(id));
  if (open.length === 0) return [];
  const known = await readEvidence(
    transaction,
    open.map(({ id }) => id),
  );
  return open.flatMap(({ id, digest, observation }) => {
    const before = known.get(id) ?? null;
    const after = mergeEvidence(before, observation, window, cutoffs);
    return after === null ? [] : [{ id, digest, observation, before, after }];
  });
}

/**
 * All that `mergeEvidence` looks at besides the evidence, in few characters: evidence that was last
 * written from this is what writing it again would make of it.
 */
function digestOf(observation: Observation, window: Window, cutoffs: Cutoffs): string {
  const { requests, failedRequests, listed, used, uncounted, latency, connectionTypes } =
    observation;
  const seen = [requests, failedRequests, listed, used, latency, connectionTypes];
  // What is rare is added, so that all other digests stay what they were.
  if (uncounted) seen.push(uncounted);
  const judged = [window.startMillis, window.endMillis, cutoffs.stale, cutoffs.removed];
  return createHash('sha256')
    .update(JSON.stringify([seen, judged]))
    .digest('base64url')
    .slice(0, 16);
}

async function readUnchanged(
  transaction: Transaction,
  all: readonly { readonly id: string; readonly digest: string }[],
): Promise<ReadonlySet<string>> {
  const rows = all.map(({ id, digest }) => ({ id, digest }));
  const found = await transaction.rows('ingest/read-unchanged', { rows }, unchangedRow);
  return new Set(found.map(({ id }) => id));
}

const unchangedRow = z.object({ id: z.string() });

/** The evidence of some ids that there is. */
export async function readEvidence(
  transaction: Transaction,
  ids: readonly string[],
): Promise<Map<string, StoredEvidence>> {
  const rows = await transaction.rows('ingest/read-observed', { ids }, observedRow);
  return new Map(rows.map(({ id, ...evidence }) => [id, evidence]));
}

/**
 * Writes all of some evidence that is there.
 *
 * `digest` is of the observation that its numbers are of; `null` where they are as they were before,
 * and an empty text where they are of none.
 */
export function setEvidence(
  transaction: Transaction,
  rows: readonly ({ readonly id: string; readonly digest: string | null } & StoredEvidence)[],
): Promise<void> {
  return transaction.run('ingest/set-observed', { rows });
}

/** Writes changed evidence; both services of new evidence must be there. */
export async function writeEvidence(
  transaction: Transaction,
  { source, reading, window }: ReadingKey,
  changes: readonly EvidenceChange[],
): Promise<void> {
  const windowEnd = window.endMillis;
  const created = changes.filter(({ before }) => before === null);
  const ordinary = changes.filter((change) => isOrdinary(change, windowEnd));
  const others = changes.filter(
    (change) => change.before !== null && !isOrdinary(change, windowEnd),
  );
  if (created.length > 0) {
    const rows = created.map(({ id, digest, observation: { client, server, mode }, after }) => {
      const { connectionTypes, lastTrafficAt, staleAt, removedAt } = after;
      const { requestsPerSecond, errorRatio, latency } = after;
      const ends = { clientId: client.id, serverId: server.id, mode };
      const times = { lastTrafficAt, staleAt, removedAt };
      const numbers = { requestsPerSecond, errorRatio, latency };
      return { id, digest, ...reading, ...ends, connectionTypes, ...times, ...numbers };
    });
    await transaction.run('ingest/create-observed', { source, windowEnd, rows });
  }
  if (ordinary.length > 0) {
    const rows = ordinary.map(({ id, digest, after }) => ({
      id,
      digest,
      requestsPerSecond: after.requestsPerSecond,
      errorRatio: after.errorRatio,
      latency: after.latency,
    }));
    await transaction.run('ingest/set-traffic', { windowEnd, rows });
  }
  if (others.length > 0) {
    await setEvidence(
      transaction,
      others.map(({ id, digest, after }) => ({
        id,
        digest: after.windowEnd === windowEnd ? digest : null,
        ...after,
      })),
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
    after.unwatchedSince === before.unwatchedSince &&
    after.agesFrom === before.agesFrom &&
    after.connectionTypes.join('\n') === before.connectionTypes.join('\n')
  );
}
