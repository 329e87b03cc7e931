import { createRoute, z } from '@hono/zod-openapi';
import { needs } from '../access.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { problemResponses } from '../problem-responses.ts';
import { keySchema, toKey } from '../schemas/key.ts';
import { cursorParameter, wholeNumber } from '../schemas/parameters.ts';

const listKeys = createRoute({
  method: 'get',
  path: '/api/v1/keys',
  operationId: 'listKeys',
  tags: ['Keys'],
  summary: 'All keys, page by page',
  description: 'Ordered by id, those that are revoked or expired included; never with a secret.',
  ...needs('admin'),
  request: {
    query: z.strictObject({
      limit: wholeNumber({
        name: 'limit',
        min: 1,
        max: 1000,
        default: 100,
        description: 'Most keys on the page.',
      }),
      cursor: cursorParameter,
    }),
  },
  responses: {
    200: {
      description: 'A page of keys.',
      content: {
        'application/json': {
          schema: z
            .object({
              items: z.array(keySchema),
              nextCursor: z.string().nullable().openapi({
                description: 'Cursor of the next page; null on the last one.',
              }),
              limit: z.int().openapi({ example: 100 }),
            })
            .openapi('KeyPage'),
        },
      },
    },
    ...problemResponses('InvalidRequest', 'GraphUnavailable', 'SchemaMissing'),
  },
});

export function registerListKeys(app: Api, { access, now }: Pick<ApiDeps, 'access' | 'now'>): void {
  app.openapi(listKeys, async (c) => {
    const { limit, cursor } = c.req.valid('query');
    const after = cursor === undefined ? '' : decodeCursor(cursor);
    const { keys, hasMore } = await access.keys.list(after, limit);
    const last = keys.at(-1);
    const nextCursor = hasMore && last !== undefined ? encodeCursor(last.id) : null;
    return c.json({ items: keys.map((key) => toKey(key, now())), nextCursor, limit }, 200);
  });
}
