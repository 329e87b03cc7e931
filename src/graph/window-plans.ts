import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Database } from './database.ts';
import type { ProducerChanges } from './producers.ts';
import { type WindowKey, windowParams } from './window-key.ts';

/** How a run reads a window, as it is kept; each shard is a text that only its writer understands. */
export interface StoredPlan {
  readonly shards: readonly string[];
  /** In which dialect the source is read, and its variant; `null` where none was found. */
  readonly dialect: string | null;
  readonly dialectVariant: string | null;
  /** Version of the aliases that the window was planned with. */
  readonly aliasVersion: number;
  /** The source refused the questions that a plan is made from. */
  readonly rejected: boolean;
  readonly series: number;
  readonly nearStart: number;
  readonly nearEnd: number;
  readonly producers: number;
  /** Producers that were there before and are not, and those of which nobody knows what they showed. */
  readonly missingProducers: number;
  readonly unmarkedProducers: number;
  readonly presenceWarnings: number;
  readonly otherWarnings: number;
}

/** What is kept with a plan and is not read with it. */
export interface PlanDetails {
  /** How requests were asked for, to show what an answer rests on; `null` where nothing was asked. */
  readonly question: string | null;
  /** What the window changes of producers when it closes; `null` where that is nothing. */
  readonly changes?: ProducerChanges | null;
  /** The sums of all counters at both ends, and how they were asked for; `null` where not known. */
  readonly sums: {
    readonly asked: string;
    readonly opening: number;
    readonly closing: number;
  } | null;
}

/** The plans of windows that are being read, each of one run. */
export interface WindowPlans {
  /**
   * Keeps a plan, unless this run has one of this window: shards under way must not change. One made
   * with other aliases is replaced, because its shards may cut apart what is one service now.
   * `missingLabels` are of some of the missing producers.
   */
  keep(
    key: WindowKey,
    plan: StoredPlan & { readonly missingLabels: readonly string[] },
    details: PlanDetails,
  ): Promise<StoredPlan>;
  /** @returns `null` where there is none, as after the window was closed. */
  find(key: WindowKey): Promise<StoredPlan | null>;
  /** Keeps what the source said; texts stay out of the workflow's history. */
  note(key: WindowKey, error: string | null, warnings: readonly string[]): Promise<void>;
}

const planRow = z.object({
  shards: z.array(z.string()),
  dialect: z.string().nullable(),
  dialectVariant: z.string().nullable(),
  aliasVersion: z.number(),
  rejected: z.boolean(),
  series: z.number(),
  nearStart: z.number(),
  nearEnd: z.number(),
  producers: z.number(),
  missingProducers: z.number(),
  unmarkedProducers: z.number(),
  presenceWarnings: z.number(),
  otherWarnings: z.number(),
});

export function createWindowPlans(database: Database): WindowPlans {
  return {
    keep: (key, { missingLabels, ...plan }, { question, sums, changes = null }) =>
      database.write(async (transaction) => {
        const { windowId, ...window } = windowParams(key);
        const { run } = key;
        const rows = await transaction.rows('ingest/read-plan', { run, windowId }, planRow);
        if (rows[0]?.aliasVersion === plan.aliasVersion) return rows[0];
        if (rows.length > 0) await transaction.run('ingest/drop-plan', { run, windowId });
        const questionId = question === null ? null : digestOf(question);
        const asked = { question, questionId };
        const opening = sums?.opening ?? null;
        const closing = sums?.closing ?? null;
        const sumsId = sums === null ? null : digestOf(sums.asked);
        await transaction.run('ingest/create-plan', {
          run,
          windowId,
          ...window,
          ...plan,
          ...asked,
          missingLabels,
          producerChanges: changes === null ? null : JSON.stringify(changes),
          opening,
          closing,
          sumsId,
        });
        return plan;
      }),
    find: (key) =>
      database.read(async (transaction) => {
        const { windowId } = windowParams(key);
        const { run } = key;
        const rows = await transaction.rows('ingest/read-plan', { run, windowId }, planRow);
        return rows[0] ?? null;
      }),
    async note(key, error, warnings) {
      const each = [...new Set(warnings)].slice(0, 10);
      if (error === null && each.length === 0) return;
      const { windowId } = windowParams(key);
      await database.write((transaction) =>
        transaction.run('ingest/note-window', { windowId, error, warnings: each }),
      );
    },
  };
}

/** The same question has the same id, so that it is kept once. */
function digestOf(question: string): string {
  return createHash('sha256').update(question).digest('base64url').slice(0, 22);
}
