import { createRoute, z } from '@hono/zod-openapi';
import { noMatch } from '../../domain/emptiness.ts';
import { needs } from '../access.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { pagingOf } from '../paging.ts';
import { problemResponses } from '../problem-responses.ts';
import { json } from '../schemas/content.ts';
import { toEmptiness } from '../schemas/emptiness.ts';
import { exampleKey } from '../schemas/examples.ts';
import { keySchema, toKey } from '../schemas/key.ts';
import { listQuery, listSchema, selected } from '../schemas/list.ts';

const listKeys = createRoute({
  method: 'get',
  path: '/api/v1/keys',
  operationId: 'listKeys',
  tags: ['Keys'],
  summary: 'All keys, page by page',
  description: 'Ordered by id, those that are revoked or expired included; never with a secret.',
  ...needs('admin'),
  request: { query: z.strictObject(listQuery(keySchema)) },
  responses: {
    200: {
      description: 'A page of keys.',
      content: json(listSchema('Key', keySchema, exampleKey, {}), {
        items: [exampleKey],
        nextCursor: null,
        limit: 100,
        empty: null,
      }),
    },
    ...problemResponses('InvalidRequest', 'GraphUnavailable', 'SchemaMissing'),
  },
});

const place = z.tuple([z.string()]);

export function registerListKeys(app: Api, { access, now }: Pick<ApiDeps, 'access' | 'now'>): void {
  app.openapi(listKeys, async (c) => {
    const { limit, cursor, fields } = c.req.valid('query');
    const paging = pagingOf(c, cursor, place, now);
    const [after = ''] = paging.after ?? [];
    const { keys, hasMore } = await access.keys.list(after, limit);
    const items = keys.map((key) => toKey(key, now()));
    const nextCursor = paging.nextCursor(keys, hasMore, ({ id }) => [id]);
    const empty = keys.length > 0 ? null : toEmptiness(noMatch);
    return c.json({ items: selected(items, fields), nextCursor, limit, empty }, 200);
  });
}
