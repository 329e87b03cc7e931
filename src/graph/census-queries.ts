import { z } from 'zod';
import { changeContexts, changeTypes } from '../domain/change.ts';
import type { Database } from './database.ts';

/** How many services of each kind and dependencies of each state there are. */
export interface Census {
  readonly services: ReadonlyMap<string, number>;
  readonly dependencies: ReadonlyMap<string, number>;
}

const changeCountRow = z.object({
  type: z.enum(changeTypes),
  context: z.enum(changeContexts),
  count: z.number(),
});

/** Counts of the changelog up to a number. */
export interface ChangeCounts {
  readonly upTo: number;
  readonly counts: readonly z.output<typeof changeCountRow>[];
}

/** Counts for metrics. */
export interface CensusQueries {
  census(): Promise<Census>;
  /** Counts the changes after a number, a bounded stretch at a time; `null` begins at the end. */
  changesAfter(after: number | null): Promise<ChangeCounts>;
}

/** Most changes that are counted at once; more are counted the next time. */
const stretch = 100_000;

const countRow = z.object({ word: z.string(), count: z.number() });
const positionRow = z.object({ sequence: z.number() });

export function createCensusQueries(database: Database): CensusQueries {
  return {
    census: () =>
      database.read(async (transaction) => {
        const services = await transaction.rows('query/count-services', {}, countRow);
        const dependencies = await transaction.rows('query/count-dependencies', {}, countRow);
        const mapOf = (rows: z.output<typeof countRow>[]) =>
          new Map(rows.map(({ word, count }) => [word, count]));
        return { services: mapOf(services), dependencies: mapOf(dependencies) };
      }),

    changesAfter: (after) =>
      database.read(async (transaction) => {
        const rows = await transaction.rows('query/feed-position', {}, positionRow);
        const { sequence } = positionRow.parse(rows[0]);
        // A number beyond the end is of another graph: one that was restored, say.
        if (after === null || after >= sequence) return { upTo: sequence, counts: [] };
        const upTo = Math.min(sequence, after + stretch);
        const counts = await transaction.rows(
          'query/count-changes',
          { after, upTo },
          changeCountRow,
        );
        return { upTo, counts };
      }),
  };
}
