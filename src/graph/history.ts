import { z } from 'zod';
import type { Database, Transaction } from './database.ts';

/** What pruning forgets, and how much of it. */
export interface PrunedCounts {
  readonly beliefs: number;
  readonly changes: number;
  readonly evidence: number;
  readonly windows: number;
  readonly services: number;
}

/** The keeping of the past. */
export interface HistoryRecords {
  /**
   * Forgets what ended at or before the horizon (epoch milliseconds), in batches; safe to repeat.
   *
   * The state at the horizon stays: beliefs that held there, and of each subject the change that
   * made it what it was.
   */
  prune(
    horizonMillis: number,
    onBatch: (what: keyof PrunedCounts, done: number) => void,
  ): Promise<PrunedCounts>;
}

const statements = {
  beliefs: 'maintenance/prune-beliefs',
  evidence: 'maintenance/prune-evidence',
  windows: 'maintenance/prune-windows',
  services: 'maintenance/prune-services',
} as const;
const doneRow = z.object({ done: z.number(), last: z.number().nullable().optional() });

export function createHistoryRecords(database: Database, batchRows: number): HistoryRecords {
  async function untilDone(
    what: keyof PrunedCounts,
    work: (transaction: Transaction) => Promise<number>,
    onBatch: (what: keyof PrunedCounts, done: number) => void,
  ): Promise<number> {
    for (let done = 0; ; onBatch(what, done)) {
      const now = await database.write(work);
      if (now === 0) return done;
      done += now;
    }
  }

  return {
    async prune(horizon, onBatch) {
      // First of all, so that nobody is shown a past of which a part is gone.
      await database.write((transaction) =>
        transaction.run('maintenance/set-history-from', { horizon }),
      );
      const pruned = (what: keyof typeof statements) =>
        untilDone(
          what,
          async (transaction) => {
            const params = { horizon, limit: batchRows };
            const rows = await transaction.rows(statements[what], params, doneRow);
            return rows[0]?.done ?? 0;
          },
          onBatch,
        );
      return {
        beliefs: await pruned('beliefs'),
        changes: await pruneChanges(horizon, (done) => onBatch('changes', done)),
        evidence: await pruned('evidence'),
        windows: await pruned('windows'),
        services: await pruned('services'),
      };
    },
  };

  /** A page of changes at a time, because one that stays must not be looked at again and again. */
  async function pruneChanges(horizon: number, onBatch: (done: number) => void): Promise<number> {
    let pruned = 0;
    for (let after = 0; ; onBatch(pruned)) {
      const [page] = await database.write((transaction) =>
        transaction.rows(
          'maintenance/prune-changes',
          { horizon, after, limit: batchRows },
          doneRow,
        ),
      );
      if (page?.last == null) return pruned;
      pruned += page.done;
      after = page.last;
    }
  }
}
