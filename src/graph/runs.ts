import { z } from 'zod';
import type { Database } from './database.ts';

/** `failing`: under way, and what it tried last failed and is tried again. */
export const runStates = ['running', 'failing', 'completed', 'failed', 'cancelled'] as const;
export type RunState = (typeof runStates)[number];
/** How a run can end. */
export type EndState = Exclude<RunState, 'running' | 'failing'>;

/** Whether a run may still do something. */
export function isUnderWay(state: RunState): boolean {
  return state === 'running' || state === 'failing';
}
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
  failingSinceMillis: z.number().nullable(),
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
  /** Under which the request for it is remembered, where it is. */
  readonly requestKey?: string | undefined;
}

/** A run of which nothing is known but that it began. */
export function newRun({ run: id, requestKey: _, ...opening }: RunOpening): RunRow {
  return {
    id,
    ...opening,
    state: 'running',
    error: null,
    finishedAtMillis: null,
    failingSinceMillis: null,
    windowsComplete: 0,
    windowsPartial: 0,
    windowsSuspicious: 0,
    windowsFailed: 0,
    valuesRead: 0,
    valuesDropped: 0,
    observations: 0,
    servicesCreated: 0,
    dependenciesCreated: 0,
    dependenciesRevived: 0,
    dependenciesStale: 0,
    dependenciesRemoved: 0,
    dependenciesChanged: 0,
  };
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
    state: EndState,
    error: string | null,
    finishedAtMillis: number,
  ): Promise<void>;
  /** Records that a step of a run failed and is tried again; of a run that has ended, nothing. */
  failing(run: string, step: string, error: string, atMillis: number): Promise<void>;
  /** Takes that back where the step that failed last went well. A window that closes does so too. */
  recovered(run: string, step: string): Promise<void>;
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
    // Beside the lane: whoever asked for a run must not wait for what others write.
    open: ({ startedAtMillis, fromMillis, toMillis, requestKey, ...opening }) =>
      database.writeBeside(async (transaction) => {
        await transaction.run('ingest/open-run', {
          ...opening,
          startedAt: startedAtMillis,
          from: fromMillis,
          to: toMillis,
        });
        if (requestKey === undefined) return;
        const settled = { id: requestKey, run: opening.run, joined: false };
        await transaction.run('ingest/settle-run-request', settled);
      }),
    close: (run, state, error, finishedAtMillis) =>
      database.write((transaction) =>
        transaction.run('ingest/close-run', { run, state, error, finishedAt: finishedAtMillis }),
      ),
    // Beside the lane: what keeps a run from going on must be told even while others write.
    failing: (run, step, error, at) =>
      database.writeBeside((transaction) =>
        transaction.run('ingest/fail-run', { run, step, error, at }),
      ),
    recovered: (run, step) =>
      database.writeBeside((transaction) => transaction.run('ingest/recover-run', { run, step })),
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
