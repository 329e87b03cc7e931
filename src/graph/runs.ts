import { z } from 'zod';
import type { Database } from './database.ts';

export const runStates = ['running', 'completed', 'failed', 'cancelled'] as const;
export type RunState = (typeof runStates)[number];
export const runKinds = ['ingest', 'reingest', 'markStale', 'prune'] as const;
export type RunKind = (typeof runKinds)[number];

/** One execution of a workflow, continue-as-new included, with its windows and their accounting. */
const runRow = z.object({
  id: z.string(),
  workflowId: z.string(),
  kind: z.enum(runKinds),
  source: z.string().nullable(),
  state: z.enum(runStates),
  error: z.string().nullable(),
  startedAtMillis: z.number(),
  finishedAtMillis: z.number().nullable(),
  fromMillis: z.number().nullable(),
  toMillis: z.number().nullable(),
  windowsComplete: z.number(),
  windowsPartial: z.number(),
  windowsSuspicious: z.number(),
  windowsFailed: z.number(),
  valuesRead: z.number(),
  valuesDropped: z.number(),
  observations: z.number(),
  servicesCreated: z.number(),
  dependenciesCreated: z.number(),
  dependenciesRevived: z.number(),
  dependenciesStale: z.number(),
  dependenciesRemoved: z.number(),
  dependenciesChanged: z.number(),
});
export type RunRow = z.output<typeof runRow>;

export interface RunOpening {
  readonly run: string;
  readonly workflowId: string;
  readonly kind: RunKind;
  readonly source: string | null;
  readonly startedAtMillis: number;
  readonly fromMillis: number | null;
  readonly toMillis: number | null;
}

/** Which runs; what is left out does not matter. */
export interface RunFilter {
  readonly kinds?: readonly RunKind[] | undefined;
  readonly states?: readonly RunState[] | undefined;
  readonly source?: string | undefined;
}

/** Where a page ends: its last run. */
export type RunPosition = Pick<RunRow, 'startedAtMillis' | 'id'>;

/** The record of runs. */
export interface RunRecords {
  /** Records that a run began; safe to repeat, by whoever comes first. */
  open(opening: RunOpening): Promise<void>;
  close(
    run: string,
    state: RunState,
    error: string | null,
    finishedAtMillis: number,
  ): Promise<void>;
  find(run: string): Promise<RunRow | null>;
  /** A page of runs, the newest first; `hasMore` says whether another follows. */
  page(
    filter: RunFilter,
    before: RunPosition | null,
    limit: number,
  ): Promise<{ runs: RunRow[]; hasMore: boolean }>;
}

const farFutureMillis = Date.UTC(9999, 11, 31);

export function createRunRecords(database: Database): RunRecords {
  return {
    open: ({ startedAtMillis, fromMillis, toMillis, ...opening }) =>
      database.write((transaction) =>
        transaction.run('ingest/open-run', {
          ...opening,
          startedAt: startedAtMillis,
          from: fromMillis,
          to: toMillis,
        }),
      ),
    close: (run, state, error, finishedAtMillis) =>
      database.write((transaction) =>
        transaction.run('ingest/close-run', { run, state, error, finishedAt: finishedAtMillis }),
      ),
    find: (run) =>
      database.read(async (transaction) => {
        const rows = await transaction.rows('query/run', { run }, runRow);
        return rows[0] ?? null;
      }),
    page: ({ kinds, states, source }, before, limit) =>
      database.read(async (transaction) => {
        const params = {
          kinds: kinds ?? null,
          states: states ?? null,
          source: source ?? null,
          beforeStart: before?.startedAtMillis ?? farFutureMillis,
          beforeId: before?.id ?? '',
          limit: limit + 1,
        };
        const rows = await transaction.rows('query/runs', params, runRow);
        return { runs: rows.slice(0, limit), hasMore: rows.length > limit };
      }),
  };
}
