import { createRoute, z } from '@hono/zod-openapi';
import { needs } from '../access.ts';
import { asOf } from '../as-of.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { problemResponses } from '../problem-responses.ts';
import { freshnessList } from '../schemas/freshness.ts';
import { atParameter, cursorParameter, wholeNumber } from '../schemas/parameters.ts';
import { serviceSchema, toService } from '../schemas/service.ts';
import { instant, toIsoOrNull } from '../schemas/time.ts';

const listServices = createRoute({
  method: 'get',
  path: '/api/v1/services',
  operationId: 'listServices',
  tags: ['Graph'],
  summary: 'All services, page by page',
  description:
    'Ordered by id. Ask again with `cursor` set to `nextCursor` until that is null; services that ' +
    'appear meanwhile neither repeat nor hide others.',
  ...needs('read'),
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
      at: atParameter,
    }),
  },
  responses: {
    200: {
      description: 'A page of services.',
      content: {
        'application/json': {
          schema: z
            .object({
              at: instant('At which instant; null for the present.').nullable(),
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
    ...problemResponses('InvalidRequest', 'InvalidRange', 'GraphUnavailable', 'SchemaMissing'),
  },
});

export function registerListServices(app: Api, deps: Pick<ApiDeps, 'queries' | 'now'>): void {
  app.openapi(listServices, async (c) => {
    const { limit, cursor, at: moment } = c.req.valid('query');
    const at = await asOf(moment, deps);
    const after = cursor === undefined ? '' : decodeCursor(cursor);
    const { services, hasMore, freshness } = await deps.queries.services(
      c.get('caller'),
      after,
      limit,
      at,
    );
    const last = services.at(-1);
    const nextCursor = hasMore && last !== undefined ? encodeCursor(last.id) : null;
    return c.json(
      { at: toIsoOrNull(at), items: services.map(toService), nextCursor, limit, freshness },
      200,
    );
  });
}
