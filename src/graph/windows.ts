import { z } from 'zod';
import { addToLooked, lastLookedAt } from '../domain/looked.ts';
import type { Observation } from '../domain/observation.ts';
import type { WindowOutcome } from '../domain/window-outcome.ts';
import { inBatches } from './batches.ts';
import type { Database, Transaction } from './database.ts';
import { type WindowKey, windowParams } from './window-key.ts';
import { writeBatch } from './write-batch.ts';

/** What is recorded of a window besides what it showed; counts are flat, as Neo4j stores them. */
export interface WindowAccounting {
  readonly outcome: WindowOutcome;
  /** Why the window failed, in one sentence; `null` when it was answered. */
  readonly error: string | null;
  /** In which dialect the source was read, and its variant; `null` where none was found. */
  readonly dialect: string | null;
  readonly dialectVariant: string | null;
  readonly series: number;
  readonly cannotTell: number;
  readonly brokenSeries: number;
  readonly valuesRead: number;
  readonly valuesDropped: number;
  readonly observations: number;
  readonly selfCalls: number;
  /** What was odd about observations, and of how many, in the same order. */
  readonly notes: readonly string[];
  readonly noteCounts: readonly number[];
  readonly warnings: readonly string[];
  /** Questions about latency that were not answered. */
  readonly unanswered: number;
  readonly readSeconds: number;
  readonly writeSeconds: number;
}

/** How many services and dependencies a window was the first to show. */
export interface Created {
  readonly services: number;
  readonly dependencies: number;
}

/** Writes windows through the lane, and how far a source has been read. */
export interface WindowRecords {
  /** Writes observations in batches; safe to repeat. `onBatch` is told how many rows are written. */
  write(
    key: WindowKey,
    observations: readonly Observation[],
    onBatch: (written: number) => void,
  ): Promise<void>;
  /**
   * Records the outcome, and in the same transaction what follows from it: `looked`, the run's
   * counts and, unless the window is late, the source's frontier.
   */
  close(
    key: WindowKey,
    accounting: WindowAccounting,
    options: { readonly late: boolean },
  ): Promise<Created>;
  /** The frontier of a source in epoch milliseconds; `null` when it was never read. */
  frontier(source: string): Promise<number | null>;
  /** Says where a source that was never read begins (epoch milliseconds); otherwise changes nothing. */
  begin(source: string, frontierMillis: number): Promise<void>;
  /** Records a configured source, so that answers name it before its first window. */
  register(source: { id: string; dialect: string; intervalMillis: number }): Promise<void>;
}

export function createWindowRecords(database: Database, batchRows: number): WindowRecords {
  return {
    async write(key, observations, onBatch) {
      let written = 0;
      await inBatches(observations, batchRows, async (batch) => {
        await database.write((transaction) => writeBatch(transaction, key, batch));
        written += batch.length;
        onBatch(written);
      });
    },

    close: (key, accounting, { late }) =>
      database.write(async (transaction) => {
        const record = windowParams(key);
        const closed = await transaction.rows(
          'ingest/close-window',
          { ...record, ...accounting },
          closedRow,
        );
        const { outcome, valuesRead, valuesDropped, observations } = accounting;
        await transaction.run('ingest/count-window', {
          run: key.run,
          windowId: record.windowId,
          outcome,
          valuesRead,
          valuesDropped,
          observations,
        });
        await moveSource(transaction, key, accounting.outcome, late);
        const { servicesCreated, dependenciesCreated } = closedRow.parse(closed[0]);
        return { services: servicesCreated, dependencies: dependenciesCreated };
      }),

    frontier: (source) =>
      database.read(async (transaction) => (await readSource(transaction, source)).frontierMillis),

    begin: (source, frontier) =>
      database.write((transaction) => transaction.run('ingest/begin-source', { source, frontier })),

    register: ({ id, dialect, intervalMillis }) =>
      database.write((transaction) =>
        transaction.run('ingest/register-source', {
          source: id,
          dialect,
          intervalSeconds: intervalMillis / 1000,
        }),
      ),
  };
}

const closedRow = z.object({
  servicesCreated: z.number(),
  dependenciesCreated: z.number(),
});
const sourceRow = z.object({
  looked: z.array(z.number()).nullable(),
  frontierMillis: z.number().nullable(),
});
async function moveSource(
  transaction: Transaction,
  { source, window }: WindowKey,
  outcome: WindowOutcome,
  late: boolean,
): Promise<void> {
  const { looked: before, frontierMillis } = await readSource(transaction, source);
  const { startMillis, endMillis } = window;
  const looked =
    outcome === 'complete' ? addToLooked(before ?? [], startMillis, endMillis) : (before ?? []);
  const frontier = late ? frontierMillis : Math.max(frontierMillis ?? endMillis, endMillis);
  await transaction.run('ingest/move-source', {
    source,
    frontier,
    looked,
    lastCompleteWindowEnd: lastLookedAt(looked, frontier ?? endMillis),
  });
}

async function readSource(transaction: Transaction, source: string) {
  const rows = await transaction.rows('ingest/read-source', { source }, sourceRow);
  return rows[0] ?? { looked: null, frontierMillis: null };
}
