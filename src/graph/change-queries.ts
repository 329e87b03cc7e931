import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { type ChangeType, changeContexts, changeTypes } from '../domain/change.ts';
import {
  confidences,
  conflictSubjects,
  criticalities,
  dependencyStates,
  modes,
} from '../domain/dependency.ts';
import { isRestricted } from '../domain/key.ts';
import { serviceKinds } from '../domain/service.ts';
import type { View } from '../domain/view.ts';
import { AppError } from '../runtime/errors.ts';
import type { Database, Transaction } from './database.ts';
import { resolveService, viewParams } from './resolve-service.ts';

/** One entry of the changelog; of a dependency or of a service, the other's columns are `null`. */
const changeRow = z.object({
  sequence: z.number(),
  atMillis: z.number(),
  recordedAtMillis: z.number(),
  type: z.enum(changeTypes),
  context: z.enum(changeContexts),
  subject: z.string(),
  run: z.string().nullable(),
  source: z.string().nullable(),
  windowEndMillis: z.number().nullable(),
  client: z.string().nullable(),
  server: z.string().nullable(),
  state: z.enum(dependencyStates).nullable(),
  modes: z.array(z.enum(modes)).nullable(),
  criticality: z.enum(criticalities).nullable(),
  confidence: z.enum(confidences).nullable(),
  conflicts: z.array(z.enum(conflictSubjects)).nullable(),
  environment: z.string().nullable(),
  cluster: z.string().nullable(),
  namespace: z.string().nullable(),
  name: z.string().nullable(),
  kind: z.enum(serviceKinds).nullable(),
  virtual: z.boolean().nullable(),
});
export type ChangeRow = z.output<typeof changeRow>;

/** Which changes; times in epoch milliseconds. */
export interface ChangeFilter {
  /** Only what holds from then or later. */
  readonly sinceMillis?: number | undefined;
  /** Only what holds from before then. */
  readonly untilMillis?: number | undefined;
  readonly types?: readonly ChangeType[] | undefined;
  /** Id, alias or name of a service that is the subject or one of its ends. */
  readonly service?: string | undefined;
  readonly environment?: string | undefined;
}

/** A page of the changelog. */
export interface ChangePage {
  readonly changes: readonly ChangeRow[];
  /** Up to which number all was looked at; the next page begins after it. */
  readonly cursor: number;
  /**
   * The same as it is told: for who sees a part only it is the last change of the page, or where
   * the page began, so that it does not move by what they do not see.
   */
  readonly sequence: number;
  readonly hasMore: boolean;
  /** Whether what follows the cursor that was given is partly forgotten. */
  readonly pruned: boolean;
}

/** The changelog, in the order it was written. */
export interface ChangeQueries {
  /**
   * The changes after a number, at most `limit`; those of which all services are in the view.
   *
   * Numbers have no gaps and become visible in their order, so following the cursor neither skips
   * nor repeats. A page looks at a bounded stretch, so it may be empty although more follows.
   *
   * @throws AppError `InvalidRange` for a number that was not reached yet; those of `service`.
   */
  changes(view: View, after: number, limit: number, filter: ChangeFilter): Promise<ChangePage>;
  /** The number of the last change. */
  sequence(): Promise<number>;
}

/** Most changes that one page looks at. */
const stretch = 20_000;
/** Before and after all there is. */
const always = { since: 0, until: Date.UTC(9999, 0) };

const positionRow = z.object({ sequence: z.number(), prunedSequence: z.number() });
const boundsRow = z.object({ first: z.number().nullable(), last: z.number().nullable() });

const countRow = z.object({ count: z.number() });
/** No commit writes more changes than this. */
const mostOfACommit = 20_000;
/** How often, and how long apart, it is looked whether a commit can be seen whole. */
const looks = { times: 100, everyMillis: 20 };

export function createChangeQueries(database: Database): ChangeQueries {
  /** Up to there all changes were seen. */
  let whole = 0;

  /**
   * Waits until every change up to a number can be seen.
   *
   * A commit becomes visible piece by piece: the end of the changelog before the last changes, which are
   * found by an index that is written last. Numbers have no gaps, so that is seen by counting. What is
   * missing for longer than a commit takes was deleted by hand.
   */
  async function untilWhole(transaction: Transaction, sequence: number, pruned: number) {
    if (sequence < whole) whole = 0;
    const after = Math.max(whole, pruned, sequence - mostOfACommit);
    for (let look = 0; after < sequence; look += 1) {
      const params = { after, upTo: sequence };
      const rows = await transaction.rows('query/count-changes-after', params, countRow);
      if (countRow.parse(rows[0]).count === sequence - after || look === looks.times) break;
      await delay(looks.everyMillis);
    }
    whole = sequence;
  }

  return {
    sequence: () =>
      database.read(async (transaction) => {
        const rows = await transaction.rows('query/feed-position', {}, positionRow);
        return positionRow.parse(rows[0]).sequence;
      }),

    changes: (view, after, limit, filter) =>
      database.read(async (transaction) => {
        const [position] = await transaction.rows('query/feed-position', {}, positionRow);
        const { sequence, prunedSequence } = positionRow.parse(position);
        if (after > sequence) {
          throw new AppError(
            'InvalidRange',
            `The changelog ends at ${sequence}: begin again without a cursor.`,
          );
        }
        if (after < sequence) await untilWhole(transaction, sequence, prunedSequence);
        const since = filter.sinceMillis ?? always.since;
        const until = filter.untilMillis ?? always.until;
        const isBounded = filter.sinceMillis !== undefined || filter.untilMillis !== undefined;
        let [begin, end] = [after, sequence];
        if (isBounded) {
          const bounds = await transaction.rows('query/feed-bounds', { since, until }, boundsRow);
          const { first, last } = boundsRow.parse(bounds[0]);
          begin = Math.max(after, (first ?? sequence + 1) - 1);
          end = Math.max(begin, last ?? begin);
        }
        const upTo = Math.min(end, begin + stretch);
        const service =
          filter.service === undefined
            ? null
            : (await resolveService(transaction, view, filter.service, null)).id;
        const rows = await transaction.rows(
          'query/changes',
          {
            after: begin,
            upTo,
            since,
            until,
            types: filter.types === undefined ? null : [...filter.types],
            service,
            environment: filter.environment ?? null,
            limit: limit + 1,
            ...viewParams(view),
          },
          changeRow,
        );
        const changes = rows.slice(0, limit);
        const isCut = rows.length > limit;
        // After the last of a period nothing of it can follow but what is written from now on.
        const reached = upTo === end ? sequence : upTo;
        const last = changes.at(-1)?.sequence ?? after;
        const cursor = isCut ? last : reached;
        return {
          changes,
          cursor,
          sequence: isRestricted(view) ? last : cursor,
          hasMore: isCut || upTo < end,
          pruned: after > 0 && after < prunedSequence,
        };
      }),
  };
}
