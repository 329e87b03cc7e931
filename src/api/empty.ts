import type { Context } from 'hono';
import type { z } from 'zod';
import { isRestricted } from '../domain/key.ts';
import type { Queries } from '../graph/queries.ts';
import type { At } from '../graph/resolve-service.ts';
import type { ApiEnv } from './deps.ts';
import { type emptinessSchema, toEmptiness } from './schemas/emptiness.ts';

/** Parameters that choose no part of what there is. */
const choosesNothing = new Set(['at', 'cursor', 'fields', 'format', 'limit', 'view']);

/** Says of an answer that has nothing in it why; `null` where it has, or where more follows. */
export async function emptyOf(
  c: Context<ApiEnv>,
  queries: Pick<Queries, 'whyEmpty'>,
  answer: {
    readonly items: readonly unknown[];
    readonly nextCursor?: string | null;
    readonly at?: At;
  },
): Promise<z.output<typeof emptinessSchema> | null> {
  const { items, nextCursor = null, at = null } = answer;
  if (items.length > 0 || nextCursor !== null) return null;
  return toEmptiness(await queries.whyEmpty({ atMillis: at, isFiltered: isFiltered(c) }));
}

/** Whether less than all there is was asked for, or may be seen. */
function isFiltered(c: Context<ApiEnv>): boolean {
  const chosen = Object.keys(c.req.query()).some((name) => !choosesNothing.has(name));
  return chosen || Object.keys(c.req.param()).length > 0 || isRestricted(c.get('caller'));
}
