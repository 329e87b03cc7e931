import { z } from 'zod';
import { windowOutcomes, windowReasons } from '../domain/window-outcome.ts';
import type { Database } from './database.ts';

/** A window as it was recorded when it closed. */
const windowRow = z.object({
  id: z.string(),
  source: z.string(),
  startMillis: z.number(),
  endMillis: z.number(),
  outcome: z.enum(windowOutcomes),
  reasons: z.array(z.enum(windowReasons)),
  error: z.string().nullable(),
  warnings: z.array(z.string()),
  dialect: z.string().nullable(),
  dialectVariant: z.string().nullable(),
  series: z.number(),
  nearStart: z.number(),
  nearEnd: z.number(),
  producers: z.number(),
  missingProducers: z.array(z.string()),
  cannotTell: z.number(),
  brokenSeries: z.number(),
  shards: z.number(),
  shardsLost: z.number(),
  splits: z.number(),
  valuesRead: z.number(),
  valuesDropped: z.number(),
  droppedReasons: z.array(z.string()),
  droppedCounts: z.array(z.number()),
  observations: z.number(),
  selfCalls: z.number(),
  notes: z.array(z.string()),
  noteCounts: z.array(z.number()),
  presenceWarnings: z.number(),
  otherWarnings: z.number(),
  unanswered: z.number(),
  servicesCreated: z.number(),
  dependenciesCreated: z.number(),
  dependenciesRevived: z.number(),
  dependenciesRemoved: z.number(),
  dependenciesChanged: z.number(),
  planSeconds: z.number(),
  readSeconds: z.number(),
  writeSeconds: z.number(),
  recordedAtMillis: z.number(),
  rereads: z.number(),
  lateSamples: z.boolean(),
});
export type WindowRow = z.output<typeof windowRow>;

/** Which windows; what is left out does not matter. Ends are in epoch milliseconds, inclusive. */
export interface WindowFilter {
  readonly source?: string | undefined;
  readonly outcome?: WindowRow['outcome'] | undefined;
  readonly sinceMillis?: number | undefined;
  readonly untilMillis?: number | undefined;
}

/** Where a page ends: its last window. */
export type WindowPosition = Pick<WindowRow, 'endMillis' | 'id'>;

export interface WindowQueries {
  /** A page of windows, the newest first; `hasMore` says whether another follows. */
  windows(
    filter: WindowFilter,
    before: WindowPosition | null,
    limit: number,
  ): Promise<{ windows: WindowRow[]; hasMore: boolean }>;
}

const farFutureMillis = Date.UTC(9999, 11, 31);

export function createWindowQueries(database: Database): WindowQueries {
  return {
    windows: ({ source, outcome, sinceMillis, untilMillis }, before, limit) =>
      database.read(async (transaction) => {
        const params = {
          source: source ?? null,
          outcome: outcome ?? null,
          since: sinceMillis ?? 0,
          until: untilMillis ?? farFutureMillis,
          beforeEnd: before?.endMillis ?? farFutureMillis,
          beforeId: before?.id ?? '',
          limit: limit + 1,
        };
        const rows = await transaction.rows('query/windows', params, windowRow);
        return { windows: rows.slice(0, limit), hasMore: rows.length > limit };
      }),
  };
}
