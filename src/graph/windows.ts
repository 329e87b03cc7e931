import { z } from 'zod';
import { addToLooked, lastLookedAt } from '../domain/looked.ts';
import type { Observation } from '../domain/observation.ts';
import { type ServiceKind, serviceKinds } from '../domain/service.ts';
import {
  afterLateWindow,
  afterTimelyWindow,
  type LearntSettle,
  type SettleBounds,
} from '../domain/settle.ts';
import type { Window } from '../domain/window.ts';
import type { Census, WindowOutcome, WindowVerdict } from '../domain/window-outcome.ts';
import { aliasesChanged } from './aliases.ts';
import { inBatches } from './batches.ts';
import type { Database, Transaction } from './database.ts';
import { readPlannedChanges, writeProducers, writeWatch } from './producers.ts';
import { type ClosingTime, type LateSamples, readSums, settleSums } from './rereads.ts';
import { type ReadingKey, type WindowKey, windowParams } from './window-key.ts';
import { writeBatch } from './write-batch.ts';

/** What is recorded of a window besides what it showed; counts are flat, as Neo4j stores them. */
export interface WindowAccounting extends WindowVerdict, Census {
  /** In which dialect the source was read, and its variant; `null` where none was found. */
  readonly dialect: string | null;
  readonly dialectVariant: string | null;
  readonly cannotTell: number;
  readonly brokenSeries: number;
  readonly shards: number;
  /** Shards of which a part was lost. */
  readonly shardsLost: number;
  readonly splits: number;
  readonly valuesRead: number;
  readonly valuesDropped: number;
  /** The reasons values were dropped for, and beside them how many. */
  readonly droppedReasons: readonly string[];
  readonly droppedCounts: readonly number[];
  readonly observations: number;
  readonly selfCalls: number;
  /** What was odd about observations, and beside it of how many. */
  readonly notes: readonly string[];
  readonly noteCounts: readonly number[];
  /** Warnings on questions that decide which pairs are seen, and on all others. */
  readonly presenceWarnings: number;
  readonly otherWarnings: number;
  /** Questions the window is whole without, and that were not answered whole. */
  readonly unanswered: number;
  readonly planSeconds: number;
  readonly readSeconds: number;
  readonly writeSeconds: number;
}

/** How many services and dependencies a window was the first to show. */
export interface Created {
  readonly services: number;
  readonly dependencies: number;
}

/** How a window is closed. */
export interface Closing extends ClosingTime {
  /** It is read again, long after it ended: the frontier stays. */
  readonly late: boolean;
  /** Whether its time counts as looked at; left out, that is so where it is complete. */
  readonly lookedAt?: boolean;
  /** How long its source's windows settle, as configured. */
  readonly settle: SettleBounds;
}

/** What a window left behind when it closed. */
export interface ClosedWindow extends LateSamples {
  readonly created: Created;
  /** What was learnt of how long windows settle, where that changed by this one. */
  readonly settleLearnt: LearntSettle | null;
  /** What the source said while it was read. */
  readonly error: string | null;
  readonly warnings: readonly string[];
}

/** How far a source has been read; epoch milliseconds, `null` where never or none. */
export interface SourceProgress {
  /** How long its windows settle, as it was learnt; `null` where that is as configured. */
  readonly learntSettleMillis: number | null;
  readonly frontierMillis: number | null;
  readonly backfillUntilMillis: number | null;
}

/** Writes windows through the lane, and how far a source has been read. */
export interface WindowRecords {
  /**
   * Writes observations in batches; safe to repeat. `onBatch` is told how many rows are written.
   *
   * @throws AppError `AliasesChanged` where the window was read with other aliases than hold now.
   */
  write(
    key: ReadingKey,
    observations: readonly Observation[],
    onBatch: (written: number) => void,
  ): Promise<void>;
  /** The kinds of some services that the graph has, by their ids. */
  kindsOf(ids: readonly string[]): Promise<ReadonlyMap<string, ServiceKind>>;
  /**
   * Records the outcome, and in the same transaction what follows from it: `looked`, the run's
   * counts, which windows are read again by themselves and, unless the window is late, the source's
   * frontier. Its plan is dropped, after what it has to say of producers is written.
   */
  close(key: WindowKey, accounting: WindowAccounting, closing: Closing): Promise<ClosedWindow>;
  /** The median of the series in the answered windows of the day before; `null` where none was. */
  usualSeries(source: string, window: Window): Promise<number | null>;
  /** The frontier of a source in epoch milliseconds; `null` when it was never read. */
  frontier(source: string): Promise<number | null>;
  /** How far a source has been read, and where its past ends; epoch milliseconds, or `null`. */
  progress(source: string): Promise<SourceProgress>;
  /**
   * Says where a source that was never read begins (epoch milliseconds); otherwise changes nothing.
   *
   * What windows up to `backfillUntilMillis` show is its past, not news.
   */
  begin(source: string, frontierMillis: number, backfillUntilMillis: number | null): Promise<void>;
  /**
   * Records a configured source, so that answers name it before its first window.
   *
   * `callGroup` is what the sources that see the same calls share; its own id where there are none.
   */
  register(source: {
    id: string;
    dialect: string;
    intervalMillis: number;
    callGroup: string;
  }): Promise<void>;
}

export function createWindowRecords(database: Database, batchRows: number): WindowRecords {
  return {
    async write(key, observations, onBatch) {
      let written = 0;
      await inBatches(observations, batchRows, async (batch) => {
        await database.write((transaction, lane) => {
          if (lane.aliasVersion !== (key.aliasVersion ?? 0)) throw aliasesChanged();
          return writeBatch(transaction, key, batch);
        });
        written += batch.length;
        onBatch(written);
      });
    },

    kindsOf: (ids) =>
      database.read(async (transaction) => {
        const rows = await transaction.rows('ingest/read-seen-services', { ids }, kindRow);
        return new Map(rows.map(({ id, kind }) => [id, kind]));
      }),

    async close(key, accounting, closing) {
      const { lookedAt = accounting.outcome === 'complete' } = closing;
      const record = windowParams(key);
      const changes = await readPlannedChanges(database, key.run, record.windowId);
      if (changes !== null) await writeWatch(database, batchRows, key, changes, lookedAt);
      return database.write(async (transaction) => {
        const sums = await readSums(transaction, key);
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
        if (changes !== null) await writeProducers(transaction, key, changes);
        const told = await settleSums(transaction, key, accounting, sums, closing);
        const settleLearnt = await moveSource(transaction, key, outcome, lookedAt, told, closing);
        const { windowId } = record;
        await transaction.run('ingest/drop-plan', { run: key.run, windowId });
        const { servicesCreated, dependenciesCreated, ...said } = closedRow.parse(closed[0]);
        return {
          ...said,
          ...told,
          settleLearnt,
          created: { services: servicesCreated, dependencies: dependenciesCreated },
        };
      });
    },

    usualSeries: (source, { startMillis }) =>
      database.read(async (transaction) => {
        const period = { after: startMillis - dayMillis, until: startMillis };
        const rows = await transaction.rows(
          'ingest/usual-series',
          { source, ...period },
          usualSeriesRow,
        );
        return rows[0]?.usualSeries ?? null;
      }),

    frontier: (source) =>
      database.read(async (transaction) => (await readSource(transaction, source)).frontierMillis),

    progress: (source) =>
      database.read(async (transaction) => {
        const known = await readSource(transaction, source);
        const { frontierMillis, backfillUntilMillis, settleMillis: learntSettleMillis } = known;
        return { frontierMillis, backfillUntilMillis, learntSettleMillis };
      }),

    begin: (source, frontier, backfillUntil) =>
      database.write((transaction) =>
        transaction.run('ingest/begin-source', { source, frontier, backfillUntil }),
      ),

    register: ({ id, dialect, intervalMillis, callGroup }) =>
      database.write((transaction) =>
        transaction.run('ingest/register-source', {
          source: id,
          dialect,
          callGroup,
          intervalSeconds: intervalMillis / 1000,
        }),
      ),
  };
}

const dayMillis = 24 * 3_600_000;
const kindRow = z.object({ id: z.string(), kind: z.enum(serviceKinds) });
const closedRow = z.object({
  servicesCreated: z.number(),
  dependenciesCreated: z.number(),
  error: z.string().nullable(),
  warnings: z.array(z.string()),
});
const usualSeriesRow = z.object({ usualSeries: z.number().nullable() });
const sourceRow = z.object({
  looked: z.array(z.number()).nullable(),
  frontierMillis: z.number().nullable(),
  backfillUntilMillis: z.number().nullable(),
  settleMillis: z.number().nullable(),
  settleChangedAtMillis: z.number().nullable(),
});
const neverRead: z.output<typeof sourceRow> = {
  looked: null,
  frontierMillis: null,
  backfillUntilMillis: null,
  settleMillis: null,
  settleChangedAtMillis: null,
};

async function moveSource(
  transaction: Transaction,
  { source, window }: WindowKey,
  outcome: WindowOutcome,
  lookedAt: boolean,
  { wasLate }: LateSamples,
  { late, settle, nowMillis }: Closing,
): Promise<LearntSettle | null> {
  const known = await readSource(transaction, source);
  const { looked: before, frontierMillis } = known;
  const { startMillis, endMillis } = window;
  const looked = lookedAt ? addToLooked(before ?? [], startMillis, endMillis) : (before ?? []);
  const frontier = late ? frontierMillis : Math.max(frontierMillis ?? endMillis, endMillis);
  const learnt = { settleMillis: known.settleMillis, changedAtMillis: known.settleChangedAtMillis };
  let next = learnt;
  if (wasLate) next = afterLateWindow(learnt, settle, endMillis, nowMillis);
  else if (!late && outcome === 'complete') next = afterTimelyWindow(learnt, settle, endMillis);
  await transaction.run('ingest/move-source', {
    source,
    frontier,
    looked,
    lastCompleteWindowEnd: lastLookedAt(looked, frontier ?? endMillis),
    settleMillis: next.settleMillis,
    settleChangedAt: next.changedAtMillis,
  });
  return next.settleMillis === learnt.settleMillis ? null : next;
}

async function readSource(transaction: Transaction, source: string) {
  const rows = await transaction.rows('ingest/read-source', { source }, sourceRow);
  return rows[0] ?? neverRead;
}
