import type { z } from 'zod';
import type { emptinessSchema } from '../api/schemas/emptiness.ts';
import { toEmptiness } from '../api/schemas/emptiness.ts';
import { noMatch } from '../domain/emptiness.ts';

/** A whole list as JSON, in the form that every list of the API has: as its only page. */
export function wholeList<Item>(items: readonly Item[]): {
  readonly items: readonly Item[];
  readonly nextCursor: null;
  readonly limit: number;
  readonly empty: z.output<typeof emptinessSchema> | null;
} {
  const empty = items.length > 0 ? null : toEmptiness(noMatch);
  return { items, nextCursor: null, limit: items.length, empty };
}
