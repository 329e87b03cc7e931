import { createRoute, z } from '@hono/zod-openapi';
import { needs } from '../access.ts';
import { asOf } from '../as-of.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { problemResponses } from '../problem-responses.ts';
import { json } from '../schemas/content.ts';
import { exampleAnswer, exampleService } from '../schemas/examples.ts';
import { standingShape } from '../schemas/freshness.ts';
import { atParameter, servicePath } from '../schemas/parameters.ts';
import { serviceSchema, toService } from '../schemas/service.ts';
import { instant, toIsoOrNull } from '../schemas/time.ts';

const getService = createRoute({
  method: 'get',
  path: '/api/v1/services/{id}',
  operationId: 'getService',
  tags: ['Graph'],
  summary: 'One service',
  description: 'By its id, or by its name where only one service has it.',
  ...needs('read'),
  request: { params: servicePath, query: z.strictObject({ at: atParameter }) },
  responses: {
    200: {
      description: 'The service.',
      content: json(
        z
          .object({
            at: instant('At which instant; null for the present.').nullable(),
            service: serviceSchema,
            sameName: z.array(serviceSchema).openapi({
              description:
                'Other services of that name, which may be the same one; at most 20. They are never ' +
                'merged by guess: `topolog services alias` does.',
            }),
            ...standingShape,
          })
          .openapi('ServiceAnswer'),
        { at: null, service: exampleService, sameName: [], ...exampleAnswer },
      ),
    },
    ...problemResponses(
      'InvalidRequest',
      'InvalidRange',
      'ServiceNotFound',
      'AmbiguousService',
      'GraphUnavailable',
      'SchemaMissing',
    ),
  },
});

export function registerGetService(app: Api, deps: Pick<ApiDeps, 'queries' | 'now'>): void {
  app.openapi(getService, async (c) => {
    const at = await asOf(c.req.valid('query').at, deps);
    const { service, sameName, freshness, coverage } = await deps.queries.service(
      c.get('caller'),
      c.req.valid('param').id,
      at,
    );
    return c.json(
      {
        at: toIsoOrNull(at),
        service: toService(service),
        sameName: sameName.map(toService),
        freshness,
        coverage,
      },
      200,
    );
  });
}
