import { z } from 'zod';
import { lastLookedAt, lookedUntil } from '../domain/looked.ts';
import { AppError } from '../runtime/errors.ts';
import { byOperator } from './aliases.ts';
import { appendChanges } from './append-changes.ts';
import type { Database, Transaction } from './database.ts';
import { foldPairs } from './write-beliefs.ts';

const sourceRow = z.object({
  id: z.string(),
  dialect: z.string().nullable(),
  intervalSeconds: z.number().nullable(),
  frontierMillis: z.number().nullable(),
  lastCompleteWindowEndMillis: z.number().nullable(),
  /** How long its windows settle, as it was learnt; `null` where that is as configured. */
  settleMillis: z.number().nullable(),
});
export type SourceRow = z.output<typeof sourceRow>;

const holdingsRow = z.object({
  evidence: z.number(),
  onlyItsDependencies: z.number(),
  windows: z.number(),
});
/** What the graph has of a source, and how many dependencies rest on it alone. */
export type Holdings = z.output<typeof holdingsRow>;

/** Told how many relationships and nodes are done. */
type OnBatch = (done: number) => void;

/** The sources as the graph knows them, and what becomes of those that are gone. */
export interface SourceRecords {
  list(): Promise<SourceRow[]>;
  holdings(source: string): Promise<Holdings>;
  /** The runs of a source that have not said that they ended. */
  runningRuns(source: string): Promise<{ id: string; workflowId: string }[]>;
  /** Removes all of a source at `now` (epoch milliseconds); what was begun is finished by a repetition. */
  retire(source: string, now: number, onBatch: OnBatch): Promise<void>;
  /**
   * Gives all of a source to one that was never read; what was begun is finished by a repetition.
   *
   * @throws AppError `InvalidRequest` where the other has been read.
   */
  rename(from: string, to: string, onBatch: OnBatch): Promise<void>;
  /**
   * Sets a source back to the last instant, not after `untilMillis`, that was looked at, and forgets
   * the windows after it, which are read again. Without one, to `untilMillis`. Says where it stands.
   */
  rewind(source: string, untilMillis: number, onBatch: OnBatch): Promise<number>;
}

export function createSourceRecords(database: Database, batchRows: number): SourceRecords {
  /** Repeats a transaction of the lane until one has nothing left to do. */
  async function untilDone(work: (transaction: Transaction) => Promise<number>, onBatch: OnBatch) {
    for (let done = 0; ; ) {
      const now = await database.write(work);
      if (now === 0) return;
      done += now;
      onBatch(done);
    }
  }

  return {
    list: () => database.read((transaction) => transaction.rows('query/sources', {}, sourceRow)),

    holdings: (source) =>
      database.read(async (transaction) => {
        const params = { prefix: prefixOf(source) };
        const rows = await transaction.rows('query/source-holdings', params, holdingsRow);
        return holdingsRow.parse(rows[0]);
      }),

    runningRuns: (source) =>
      database.read((transaction) => transaction.rows('query/running-runs', { source }, runRow)),

    async retire(source, now, onBatch) {
      const prefix = prefixOf(source);
      const clear = (name: 'maintenance/delete-windows' | 'maintenance/delete-source-producers') =>
        untilDone(async (transaction) => {
          const rows = await transaction.rows(name, { prefix, limit: batchRows }, deletedRow);
          return deletedRow.parse(rows[0]).deleted;
        }, onBatch);
      const clearEvidence = async (transaction: Transaction) => {
        const rows = await readEvidence(transaction, prefix, batchRows);
        if (rows.length === 0) return 0;
        const ids = rows.map(({ id }) => id);
        await transaction.run('maintenance/delete-evidence', { ids });
        const changes = await foldPairs(transaction, rows, now);
        await appendChanges(transaction, changes, { ...byOperator, source });
        return rows.length;
      };
      // Again where it was written meanwhile.
      for (let isHeld = true; isHeld; ) {
        await untilDone(clearEvidence, onBatch);
        await clear('maintenance/delete-windows');
        await clear('maintenance/delete-source-producers');
        const rows = await database.write((transaction) =>
          transaction.rows('maintenance/delete-source', { source, prefix }, heldRow),
        );
        isHeld = heldRow.parse(rows[0]).isHeld;
      }
    },

    async rename(from, to, onBatch) {
      const prefix = prefixOf(from);
      /** Repeats it while the other source is one that was never read, as the transaction sees it. */
      const whileUnread = (work: (transaction: Transaction) => Promise<number>) =>
        untilDone(async (transaction) => {
          const [known] = await transaction.rows('ingest/read-source', { source: to }, frontierRow);
          if (known !== undefined && known.frontierMillis !== null) throw readMeanwhile(to);
          return work(transaction);
        }, onBatch);
      const rename = (name: 'maintenance/rename-windows' | 'maintenance/rename-producers') =>
        whileUnread(async (transaction) => {
          const params = { prefix, source: to, limit: batchRows };
          const rows = await transaction.rows(name, params, renamedRow);
          return renamedRow.parse(rows[0]).renamed;
        });
      await whileUnread(async (transaction) => {
        const found = await readEvidence(transaction, prefix, batchRows);
        if (found.length === 0) return 0;
        const rows = found.map(({ id }) => ({ id, newId: prefixOf(to) + id.slice(prefix.length) }));
        await transaction.run('maintenance/rename-evidence', { source: to, rows });
        return rows.length;
      });
      await rename('maintenance/rename-windows');
      await rename('maintenance/rename-producers');
      const renamed = await database.write((transaction) =>
        transaction.rows('maintenance/rename-source', { from, to }, renamedRow),
      );
      if (renamedRow.parse(renamed[0]).renamed === 0) throw readMeanwhile(to);
    },

    async rewind(source, untilMillis, onBatch) {
      const frontierMillis = await database.write(async (transaction) => {
        const rows = await transaction.rows('ingest/read-source', { source }, progressRow);
        const looked = lookedUntil(rows[0]?.looked ?? [], untilMillis);
        const lastCompleteWindowEnd = lastLookedAt(looked, untilMillis);
        const frontier = lastCompleteWindowEnd ?? untilMillis;
        const progress = { source, frontier, looked, lastCompleteWindowEnd };
        await transaction.run('maintenance/rewind-source', progress);
        return frontier;
      });
      await untilDone(async (transaction) => {
        const params = { source, after: frontierMillis, limit: batchRows };
        const rows = await transaction.rows('maintenance/delete-windows-after', params, deletedRow);
        return deletedRow.parse(rows[0]).deleted;
      }, onBatch);
      return frontierMillis;
    },
  };
}

const progressRow = z.object({ looked: z.array(z.number()).nullable() });
const evidenceRow = z.object({ id: z.string(), clientId: z.string(), serverId: z.string() });
const runRow = z.object({ id: z.string(), workflowId: z.string() });
const frontierRow = z.object({ frontierMillis: z.number().nullable() });
const heldRow = z.object({ isHeld: z.boolean() });
const deletedRow = z.object({ deleted: z.number() });
const renamedRow = z.object({ renamed: z.number() });

function readMeanwhile(source: string): AppError {
  return new AppError('InvalidRequest', `Source ${source} has been read meanwhile.`);
}

/** What the ids of a source's evidence and windows begin with; no source's id has a `|`. */
function prefixOf(source: string): string {
  return `${source}|`;
}

function readEvidence(transaction: Transaction, prefix: string, limit: number) {
  return transaction.rows('maintenance/read-evidence', { prefix, limit }, evidenceRow);
}
