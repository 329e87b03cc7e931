import { z } from 'zod';
import type { ChangeContext } from '../domain/change.ts';
import { aged, watched } from '../domain/evidence.ts';
import {
  type Breaker,
  type Cutoffs,
  isTripped,
  nextCutoffs,
  type StalenessLimits,
} from '../domain/staleness.ts';
import { appendChanges } from './append-changes.ts';
import type { Database, Transaction } from './database.ts';
import { readLaneSource } from './lane-source.ts';
import { foldPairs } from './write-beliefs.ts';

/** How a pass over one source is to be done. */
export interface StalePass {
  readonly source: string;
  readonly context: ChangeContext;
  readonly run: string | null;
  /** The instant at which it is judged, in epoch milliseconds; a parameter, never a clock. */
  readonly nowMillis: number;
  readonly limits: StalenessLimits;
  readonly breaker: Breaker;
  /** Whether a tripped breaker is only reported. */
  readonly override: boolean;
}

/** What a pass came to, in dependencies. */
export interface StalePassResult {
  /** What the source showed before the pass, and how many of these it would mark. */
  readonly fresh: number;
  readonly unseen: number;
  readonly tripped: boolean;
  /** What became of them; a dependency that another source still shows stays active. */
  readonly stale: number;
  readonly removed: number;
}

/** Passes over the evidence of sources, marking what was long looked for and not seen. */
export interface StalePasses {
  /** The sources that have been read. */
  sources(): Promise<string[]>;
  /**
   * Goes over one source: sets its cutoffs and marks evidence in batches; safe to repeat.
   *
   * A tripped breaker leaves all as it is, unless it is overridden. `onBatch` is told how many are
   * marked so far, and up to which id.
   */
  pass(pass: StalePass, onBatch: (marked: number, upTo: string) => void): Promise<StalePassResult>;
}

const sourceRow = z.object({ id: z.string() });
const lookedRow = z.object({ looked: z.array(z.number()).nullable() });
const countRow = z.object({ fresh: z.number(), unseen: z.number() });
const agedRow = z.object({
  lastId: z.string().nullable(),
  aged: z.array(
    z.object({
      id: z.string(),
      clientId: z.string(),
      serverId: z.string(),
      lastSeenAt: z.number(),
      staleAt: z.number().nullable(),
      removedAt: z.number().nullable(),
      agesFrom: z.number().nullable(),
    }),
  ),
});

export function createStalePasses(database: Database, batchRows: number): StalePasses {
  /** Sets the cutoffs, so that from here on windows are judged by them, too. */
  function begin(pass: StalePass) {
    return database.write(async (transaction) => {
      const { source, nowMillis } = pass;
      const { cutoffs: before } = await laneSource(transaction, pass);
      const rows = await transaction.rows('ingest/read-source', { source }, lookedRow);
      const cutoffs = nextCutoffs(before, rows[0]?.looked ?? [], nowMillis, pass.limits);
      const { fresh, unseen } = await countUnseen(transaction, source, cutoffs);
      const tripped = isTripped(unseen, fresh, pass.breaker);
      if (!tripped || pass.override) {
        await transaction.run('ingest/set-cutoffs', {
          source,
          staleCutoff: cutoffs.stale,
          removeCutoff: cutoffs.removed,
          passAt: Math.max(cutoffs.passedAt, before.passedAt),
        });
      }
      return { fresh, unseen, tripped };
    });
  }

  /** Marks one page of evidence; says up to which id, `null` after the last. */
  function markNext({ source, context, run, nowMillis }: StalePass, after: string) {
    return database.write(async (transaction) => {
      const { cutoffs } = await laneSource(transaction, { source, nowMillis });
      const [page] = await transaction.rows(
        'ingest/read-aged',
        {
          after,
          before: endOf(source),
          staleCutoff: cutoffs.stale,
          removeCutoff: cutoffs.removed,
          limit: batchRows,
        },
        agedRow,
      );
      if (page === undefined || page.lastId === null) return null;
      const at = { ...cutoffs, passedAt: nowMillis };
      const rows = page.aged.map((one) => ({
        id: one.id,
        ...aged({ ...watched, ...one }, one.lastSeenAt, at),
      }));
      if (rows.length > 0) await transaction.run('ingest/mark-aged', { rows });
      const changes = await foldPairs(transaction, page.aged, nowMillis);
      await appendChanges(transaction, changes, { context, run, source, window: null });
      const count = (type: string) => changes.filter((change) => change.type === type).length;
      return {
        upTo: page.lastId,
        marked: rows.length,
        stale: count('dependency.stale'),
        removed: count('dependency.removed'),
      };
    });
  }

  return {
    sources: () =>
      database.read(async (transaction) => {
        const rows = await transaction.rows('query/stale-candidates', {}, sourceRow);
        return rows.map(({ id }) => id);
      }),

    async pass(pass, onBatch) {
      const begun = await begin(pass);
      const result = { ...begun, stale: 0, removed: 0 };
      if (begun.tripped && !pass.override) return result;
      let marked = 0;
      for (let after = `${pass.source}|`; ; ) {
        const page = await markNext(pass, after);
        if (page === null) return result;
        after = page.upTo;
        marked += page.marked;
        result.stale += page.stale;
        result.removed += page.removed;
        onBatch(marked, after);
      }
    },
  };
}

/** What follows the last id of a source's evidence: `}` comes after `|`. */
const endOf = (source: string): string => `${source}}`;

/** A pass is judged at an instant, as a window that ends there would be. */
function laneSource(
  transaction: Transaction,
  { source, nowMillis }: Pick<StalePass, 'source' | 'nowMillis'>,
) {
  const window = { startMillis: nowMillis, endMillis: nowMillis };
  return readLaneSource(transaction, { source, window });
}

async function countUnseen(transaction: Transaction, source: string, { stale }: Cutoffs) {
  const rows = await transaction.rows(
    'ingest/fresh-dependencies',
    { after: `${source}|`, before: endOf(source), cutoff: stale },
    countRow,
  );
  return countRow.parse(rows[0]);
}
