import { createRoute, z } from '@hono/zod-openapi';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { problemResponses } from '../problem-responses.ts';
import { freshnessList } from '../schemas/freshness.ts';
import { cursorParameter, wholeNumber } from '../schemas/parameters.ts';
import { serviceSchema, toService } from '../schemas/service.ts';

const listServices = createRoute({
  method: 'get',
  path: '/api/v1/services',
  operationId: 'listServices',
  tags: ['Graph'],
  summary: 'All services, page by page',
  description:
    'Ordered by id. Ask again with `cursor` set to `nextCursor` until that is null; services that ' +
    'appear meanwhile neither repeat nor hide others.',
  request: {
    query: z.strictObject({
      limit: wholeNumber({
        name: 'limit',
        min: 1,
        max: 1000,
        default: 100,
        description: 'Most services on the page.',
      }),
      cursor: cursorParameter,
    }),
  },
  responses: {
    200: {
      description: 'A page of services.',
      content: {
        'application/json': {
          schema: z
            .object({
              items: z.array(serviceSchema),
              nextCursor: z.string().nullable().openapi({
                description: 'Cursor of the next page; null on the last one.',
              }),
              limit: z.int().openapi({ example: 100 }),
              freshness: freshnessList,
            })
            .openapi('ServicePage'),
        },
      },
    },
    ...problemResponses('InvalidRequest', 'GraphUnavailable', 'SchemaMissing'),
  },
});

export function registerListServices(app: Api, { queries }: Pick<ApiDeps, 'queries'>): void {
  app.openapi(listServices, async (c) => {
    const { limit, cursor } = c.req.valid('query');
    const after = cursor === undefined ? '' : decodeCursor(cursor);
    const { services, hasMore, freshness } = await queries.services(after, limit);
    const last = services.at(-1);
    const nextCursor = hasMore && last !== undefined ? encodeCursor(last.id) : null;
    return c.json({ items: services.map(toService), nextCursor, limit, freshness }, 200);
  });
}
