import type { Context } from 'hono';
import type { z } from 'zod';
import { decodeCursor, encodeCursor, fingerprintOf } from './cursor.ts';
import type { ApiEnv } from './deps.ts';

/** Where a page begins, and how the next one is found. */
export interface Paging<Key> {
  /** The last item of the page before; `null` for the first page. */
  readonly after: Key | null;
  /** The moment of the first page, in epoch milliseconds; all pages of a list count from it. */
  readonly now: () => number;
  /** The cursor of the page after these items; `null` where none follows. */
  nextCursor<Item>(
    items: readonly Item[],
    hasMore: boolean,
    keyOf: (item: Item) => Key,
  ): string | null;
  /** The cursor of the page after a place. */
  cursorAfter(key: Key): string;
}

/**
 * Begins a page of the list that is asked for.
 *
 * @throws AppError `InvalidRequest` for a cursor of another list or of other filters.
 */
export function pagingOf<Key>(
  c: Context<ApiEnv>,
  cursor: string | undefined,
  key: z.ZodType<Key>,
  now: () => number,
): Paging<Key> {
  const of = fingerprintOf(c.req.path, c.req.query());
  const nowMillis = now();
  const place = cursor === undefined ? null : decodeCursor(cursor, { of, key, nowMillis });
  const began = place?.began ?? nowMillis;
  const cursorAfter = (after: Key) => encodeCursor({ of, began, after });
  return {
    after: place?.after ?? null,
    now: () => began,
    nextCursor(items, hasMore, keyOf) {
      const last = items.at(-1);
      return hasMore && last !== undefined ? cursorAfter(keyOf(last)) : null;
    },
    cursorAfter,
  };
}
