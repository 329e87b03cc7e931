import { createRoute, z } from '@hono/zod-openapi';
import type { Api, ApiDeps } from '../deps.ts';
import { problemResponses } from '../problem-responses.ts';
import { freshnessList } from '../schemas/freshness.ts';
import { servicePath } from '../schemas/parameters.ts';
import { serviceSchema, toService } from '../schemas/service.ts';

const getService = createRoute({
  method: 'get',
  path: '/api/v1/services/{id}',
  operationId: 'getService',
  tags: ['Graph'],
  summary: 'One service',
  description: 'By its id, or by its name where only one service has it.',
  request: { params: servicePath },
  responses: {
    200: {
      description: 'The service.',
      content: {
        'application/json': {
          schema: z
            .object({
              service: serviceSchema,
              sameName: z.array(serviceSchema).openapi({
                description:
                  'Other services of that name, which may be the same one; at most 20. They are never ' +
                  'merged by guess: `topolog services alias` does.',
              }),
              freshness: freshnessList,
            })
            .openapi('ServiceAnswer'),
        },
      },
    },
    ...problemResponses('ServiceNotFound', 'AmbiguousService', 'GraphUnavailable', 'SchemaMissing'),
  },
});

export function registerGetService(app: Api, { queries }: Pick<ApiDeps, 'queries'>): void {
  app.openapi(getService, async (c) => {
    const { service, sameName, freshness } = await queries.service(c.req.valid('param').id);
    return c.json(
      { service: toService(service), sameName: sameName.map(toService), freshness },
      200,
    );
  });
}
