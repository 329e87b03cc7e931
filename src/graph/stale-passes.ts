import { z } from 'zod';
import type { ChangeContext } from '../domain/change.ts';
import {
  type Breaker,
  type Cutoffs,
  cutoffsAt,
  isTripped,
  laterCutoffs,
  type StalenessLimits,
} from '../domain/staleness.ts';
import { ageEvidence } from './age-evidence.ts';
import { appendChanges } from './append-changes.ts';
import type { Database, Transaction } from './database.ts';
import { readCutoffs } from './lane-source.ts';

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
   * Cut off in the middle it leaves pairs that are judged and pairs that are not, and the latter stay as
   * they are until a pass comes to them, whatever is written meanwhile. A tripped breaker leaves all as it is, unless it is overridden. `onBatch` is told how many are
   * marked so far, and up to which id.
   */
  pass(pass: StalePass, onBatch: (marked: number, upTo: string) => void): Promise<StalePassResult>;
}

const sourceRow = z.object({ id: z.string() });
const lookedRow = z.object({ looked: z.array(z.number()).nullable() });
const countRow = z.object({ fresh: z.number(), unseen: z.number() });
const agedRow = z.object({
  upTo: z.string(),
  clientId: z.string(),
  serverId: z.string(),
  aged: z.array(
    z.object({
      id: z.string(),
      lastSeenAt: z.number(),
      staleAt: z.number().nullable(),
      removedAt: z.number().nullable(),
      agesFrom: z.number().nullable(),
    }),
  ),
});

export function createStalePasses(database: Database, batchRows: number): StalePasses {
  /**
   * Finds the cutoffs of the pass, and sets them where they are the latest: from here on a sighting
   * before them takes no mark back that the pass makes.
   */
  function begin(pass: StalePass) {
    return database.write(async (transaction) => {
      const { source, nowMillis } = pass;
      const rows = await transaction.rows('ingest/read-source', { source }, lookedRow);
      const cutoffs = cutoffsAt(rows[0]?.looked ?? [], nowMillis, pass.limits);
      const { fresh, unseen } = await countUnseen(transaction, source, cutoffs);
      const tripped = isTripped(unseen, fresh, pass.breaker);
      if (!tripped || pass.override) {
        const standing = laterCutoffs(await readCutoffs(transaction, source), cutoffs);
        await transaction.run('ingest/set-cutoffs', {
          source,
          staleCutoff: standing.stale,
          removeCutoff: standing.removed,
          passAt: standing.passedAt,
        });
      }
      return { cutoffs, counts: { fresh, unseen, tripped } };
    });
  }

  /**
   * Marks a page of pairs, each in all evidence of the source at once, so that none is judged in part;
   * says up to which evidence, `null` after the last.
   *
   * By the cutoffs of this pass and no later one: these may lie after its `now`.
   */
  function markNext({ source, context, run }: StalePass, cutoffs: Cutoffs, after: string) {
    return database.write(async (transaction) => {
      const rows = await transaction.rows(
        'ingest/read-aged',
        {
          prefix: prefixOf(source),
          after,
          before: endOf(source),
          staleCutoff: cutoffs.stale,
          removeCutoff: cutoffs.removed,
          limit: batchRows,
        },
        agedRow,
      );
      const upTo = rows.at(-1)?.upTo;
      if (upTo === undefined) return null;
      const evidence = new Map(
        rows.flatMap(({ aged, ...pair }) => aged.map((one) => [one.id, { ...one, ...pair }])),
      );
      const changes = await ageEvidence(transaction, [...evidence.values()], cutoffs);
      await appendChanges(transaction, changes, { context, run, source, window: null });
      const count = (type: string) => changes.filter((change) => change.type === type).length;
      return {
        upTo,
        marked: evidence.size,
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
      const { cutoffs, counts } = await begin(pass);
      const result = { ...counts, stale: 0, removed: 0 };
      if (counts.tripped && !pass.override) return result;
      let marked = 0;
      for (let after = prefixOf(pass.source); ; ) {
        const page = await markNext(pass, cutoffs, after);
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

/** What the ids of a source's evidence begin with, and what follows the last: `}` comes after `|`. */
const prefixOf = (source: string): string => `${source}|`;
const endOf = (source: string): string => `${source}}`;

async function countUnseen(transaction: Transaction, source: string, { stale }: Cutoffs) {
  const rows = await transaction.rows(
    'ingest/fresh-dependencies',
    { after: prefixOf(source), before: endOf(source), cutoff: stale },
    countRow,
  );
  return countRow.parse(rows[0]);
}
