import { createHash } from 'node:crypto';
import { z } from 'zod';
import { addToLooked, type Looked } from '../domain/looked.ts';
import type { Producer } from '../domain/producer.ts';
import { type KnownProducer, mostProducers } from '../domain/producers.ts';
import { agesFromOf } from '../domain/staleness.ts';
import type { Window } from '../domain/window.ts';
import { inBatches } from './batches.ts';
import type { Database, Transaction } from './database.ts';
import type { WindowKey } from './window-key.ts';

/**
 * What a window changes of its source's producers, by their keys; times in epoch milliseconds.
 *
 * It waits as a text with the window's plan, and is done when the window closes.
 */
export const producerChanges = z.object({
  appeared: z.array(
    z.object({
      key: z.string(),
      reading: z.string(),
      /** Its labels as a text. */
      labels: z.string(),
      isSuccessor: z.boolean(),
      isJob: z.boolean(),
    }),
  ),
  /** Known ones that stand for others that went. */
  successors: z.array(z.string()),
  /** Those that went missing, and those of which something else is known now. */
  missing: z.array(z.object({ key: z.string(), since: z.number(), isMarked: z.boolean() })),
  returned: z.array(z.string()),
  /** Those that are expected no more. */
  gone: z.array(z.string()),
  /** Ids of evidence that nobody watches since a producer went. */
  unwatched: z.array(
    z.object({ key: z.string(), since: z.number(), evidence: z.array(z.string()) }),
  ),
});
export type ProducerChanges = z.output<typeof producerChanges>;

/** Whether a window changes nothing of its source's producers, as most do. */
export function isUnchanged(changes: ProducerChanges): boolean {
  return Object.values(changes).every((list) => list.length === 0);
}

/** What a producer is called in evidence and ids: labels may be longer than an index takes. */
export function producerKey({ reading, id }: Pick<Producer, 'reading' | 'id'>): string {
  return `${reading}|${createHash('sha256').update(id).digest('base64url').slice(0, 22)}`;
}

/** The producers of sources, as their windows had them. */
export interface ProducerRecords {
  known(source: string): Promise<KnownProducer[]>;
}

const producerRow = z.object({
  reading: z.string(),
  labels: z.string(),
  knownSince: z.number(),
  missingSince: z.number().nullable(),
  isMarked: z.boolean(),
  isSuccessor: z.boolean(),
  isJob: z.boolean(),
});
const labelsText = z.array(z.tuple([z.string(), z.string()])).transform(Object.fromEntries);
const labelsOf = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(labelsText)
  .pipe(z.record(z.string(), z.string()));

export function createProducerRecords(database: Database): ProducerRecords {
  return {
    known: (source) =>
      database.read(async (transaction) => {
        const params = { prefix: `${source}|`, limit: 2 * mostProducers };
        const rows = await transaction.rows('ingest/read-producers', params, producerRow);
        return rows.map(({ labels, ...row }) => ({
          ...row,
          id: labels,
          labels: labelsOf.parse(labels),
        }));
      }),
  };
}

const plannedRow = z.object({ producerChanges: z.string().nullable() });

/**
 * What a window that is about to close changes of producers; `null` where that is nothing, or it is
 * closed already.
 */
export async function readPlannedChanges(
  transaction: Transaction,
  run: string,
  windowId: string,
): Promise<ProducerChanges | null> {
  const params = { run, windowId };
  const [row] = await transaction.rows('ingest/read-planned-producers', params, plannedRow);
  const text = row?.producerChanges ?? null;
  return text === null ? null : producerChanges.parse(JSON.parse(text));
}

/** Writes what became of evidence, in batches; safe to repeat. `isLookedAt` is of the window. */
export async function writeWatch(
  database: Database,
  batchRows: number,
  { source, window }: Pick<WindowKey, 'source' | 'window'>,
  { unwatched, returned, gone }: ProducerChanges,
  isLookedAt: boolean,
): Promise<void> {
  for (const { key: producer, since, evidence } of unwatched) {
    await inBatches(evidence, batchRows, (ids) =>
      database.write((transaction) =>
        transaction.run('ingest/mark-unwatched', { producer, since, ids }),
      ),
    );
  }
  const producers = [...returned, ...gone];
  if (producers.length === 0) return;
  for (let done = batchRows; done === batchRows; ) {
    done = await database.write((transaction) =>
      watchAgain(transaction, source, window, producers, isLookedAt, batchRows),
    );
  }
}

const unwatchedRow = z.object({
  id: z.string(),
  lastSeenAt: z.number(),
  unwatchedSince: z.number(),
  agesFrom: z.number().nullable(),
});
const lookedRow = z.object({ looked: z.array(z.number()).nullable() });

async function watchAgain(
  transaction: Transaction,
  source: string,
  { startMillis, endMillis }: Window,
  producers: readonly string[],
  isLookedAt: boolean,
  limit: number,
): Promise<number> {
  const range = { after: `${source}|`, before: `${source}}` };
  const found = await transaction.rows(
    'ingest/read-unwatched',
    { producers, ...range, limit },
    unwatchedRow,
  );
  if (found.length === 0) return 0;
  const sources = await transaction.rows('ingest/read-source', { source }, lookedRow);
  const before: Looked = sources[0]?.looked ?? [];
  const looked = isLookedAt ? addToLooked(before, startMillis, endMillis) : before;
  const rows = found.map(({ id, lastSeenAt, unwatchedSince, agesFrom }) => {
    const countsFrom = Math.max(lastSeenAt, agesFrom ?? lastSeenAt);
    const times = { countsFrom, unwatchedSince, watchedAgainAt: endMillis };
    return { id, agesFrom: agesFromOf(looked, times) };
  });
  await transaction.run('ingest/set-watched', { rows });
  return found.length;
}

/** Writes what became of the producers themselves, in the transaction that closes the window. */
export async function writeProducers(
  transaction: Transaction,
  { source, window }: Pick<WindowKey, 'source' | 'window'>,
  changes: ProducerChanges,
): Promise<void> {
  const idOf = (key: string) => `${source}|${key}`;
  const { appeared, successors, missing, returned, gone } = changes;
  if (gone.length > 0) await transaction.run('ingest/delete-producers', { ids: gone.map(idOf) });
  if (appeared.length > 0) {
    const rows = appeared.map(({ key, ...row }) => ({ id: idOf(key), ...row }));
    const knownSince = window.startMillis;
    await transaction.run('ingest/create-producers', { source, knownSince, rows });
  }
  if (successors.length > 0) {
    await transaction.run('ingest/set-successors', { ids: successors.map(idOf) });
  }
  const rows = [
    ...returned.map((key) => ({ id: idOf(key), missingSince: null, isMarked: true })),
    ...missing.map(({ key, since, isMarked }) => ({
      id: idOf(key),
      missingSince: since,
      isMarked,
    })),
  ];
  if (rows.length > 0) await transaction.run('ingest/set-producers', { rows });
}
