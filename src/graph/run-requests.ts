import { z } from 'zod';
import type { Database } from './database.ts';
import { runKinds } from './runs.ts';

const runRequestRow = z.object({
  /** Digest of what was asked for. */
  body: z.string(),
  /** The run that was about to be started. */
  workflowId: z.string(),
  kind: z.enum(runKinds),
  source: z.string().nullable(),
  fromMillis: z.number().nullable(),
  toMillis: z.number().nullable(),
  /** What came of it; `null` while that is not known. */
  run: z.string().nullable(),
  joined: z.boolean().nullable(),
});
export type RunRequestRow = z.output<typeof runRequestRow>;

export interface RunRequestClaim extends Omit<RunRequestRow, 'run' | 'joined'> {
  readonly id: string;
  readonly atMillis: number;
}

/** How long a request is remembered. */
export const rememberedMillis = 24 * 3_600_000;

/** So many that are too old are forgotten with each that is new, which is more than come. */
const forgottenAtOnce = 100;

/** The memory of requests for runs that came with a key, so that none of them is done twice. */
export interface RunRequests {
  /** What is remembered under an id; `null` where that is nothing any more. */
  find(id: string, nowMillis: number): Promise<RunRequestRow | null>;
  /** Remembers what is about to be started, and says what is remembered: it may be another's. */
  claim(claim: RunRequestClaim): Promise<RunRequestRow>;
  /** Remembers the run that came of it; the first one stands. */
  settle(id: string, run: string, joined: boolean): Promise<void>;
}

export function createRunRequests(database: Database): RunRequests {
  return {
    find: (id, nowMillis) =>
      database.read(async (transaction) => {
        const params = { id, oldest: nowMillis - rememberedMillis };
        const rows = await transaction.rows('ingest/read-run-request', params, runRequestRow);
        return rows[0] ?? null;
      }),
    claim: ({ atMillis: at, fromMillis: from, toMillis: to, ...claim }) =>
      database.writeBeside(async (transaction) => {
        const oldest = at - rememberedMillis;
        await transaction.run('ingest/forget-run-requests', { oldest, limit: forgottenAtOnce });
        const params = { ...claim, from, to, at, oldest };
        const rows = await transaction.rows('ingest/claim-run-request', params, runRequestRow);
        return runRequestRow.parse(rows[0]);
      }),
    settle: (id, run, joined) =>
      database.writeBeside((transaction) =>
        transaction.run('ingest/settle-run-request', { id, run, joined }),
      ),
  };
}
