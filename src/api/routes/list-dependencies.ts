import { createRoute, z } from '@hono/zod-openapi';
import { needs } from '../access.ts';
import { asOf } from '../as-of.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { problemResponses } from '../problem-responses.ts';
import { reachedDependencySchema, toReachedDependency } from '../schemas/dependency.ts';
import { freshnessList } from '../schemas/freshness.ts';
import { atParameter, servicePath, wholeNumber } from '../schemas/parameters.ts';
import { serviceSchema, toService } from '../schemas/service.ts';
import { instant, toIsoOrNull } from '../schemas/time.ts';

const directions = ['upstream', 'downstream', 'both'] as const;

const depth = {
  name: 'depth',
  min: 1,
  max: 10,
  default: 1,
  description: 'Most hops to follow from the service; 1 is its direct dependencies.',
};

const listDependencies = createRoute({
  method: 'get',
  path: '/api/v1/services/{id}/dependencies',
  operationId: 'listDependencies',
  tags: ['Graph'],
  summary: 'What a service depends on, and who depends on it',
  description:
    'Downstream is what the service calls or sends to, upstream is who calls it or sends to it, ' +
    'whatever the mode. Ordered by distance in hops.',
  ...needs('read'),
  request: {
    params: servicePath,
    query: z.strictObject({
      direction: z
        .enum(directions, { error: `must be one of ${directions.join(', ')}` })
        .default('downstream')
        .openapi({
          param: { name: 'direction', in: 'query' },
          description: 'Which way to follow.',
        }),
      depth: wholeNumber(depth),
      at: atParameter,
    }),
  },
  responses: {
    200: {
      description: 'The dependencies, and the services they touch.',
      content: {
        'application/json': {
          schema: z
            .object({
              at: instant('At which instant; null for the present.').nullable(),
              service: serviceSchema,
              direction: z.enum(directions),
              depth: z.int().openapi({ example: 1 }),
              services: z.array(serviceSchema).openapi({
                description:
                  'The services reached; the one that was asked about is not among them.',
              }),
              dependencies: z.array(reachedDependencySchema),
              truncated: z.boolean().openapi({
                description: 'Whether the answer was cut because there are too many dependencies.',
              }),
              freshness: freshnessList,
            })
            .openapi('Dependencies'),
        },
      },
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

export function registerListDependencies(app: Api, deps: Pick<ApiDeps, 'queries' | 'now'>): void {
  app.openapi(listDependencies, async (c) => {
    const { direction, depth, at: moment } = c.req.valid('query');
    const at = await asOf(moment, deps);
    const found = await deps.queries.dependencies(
      c.get('caller'),
      c.req.valid('param').id,
      direction,
      depth,
      at,
    );
    return c.json(
      {
        at: toIsoOrNull(at),
        service: toService(found.service),
        direction,
        depth,
        services: found.services.map(toService),
        dependencies: found.dependencies.map(toReachedDependency),
        truncated: found.truncated,
        freshness: found.freshness,
      },
      200,
    );
  });
}
