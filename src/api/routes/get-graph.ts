import { createRoute, z } from '@hono/zod-openapi';
import { needs } from '../access.ts';
import { asOf } from '../as-of.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { problemResponses } from '../problem-responses.ts';
import { dependencySchema, toDependency } from '../schemas/dependency.ts';
import { freshnessList } from '../schemas/freshness.ts';
import { atParameter } from '../schemas/parameters.ts';
import { serviceSchema, toService } from '../schemas/service.ts';
import { instant, toIsoOrNull } from '../schemas/time.ts';

const getGraph = createRoute({
  method: 'get',
  path: '/api/v1/graph',
  operationId: 'getGraph',
  tags: ['Graph'],
  summary: 'The whole graph',
  description: 'Every dependency of the present, or of an instant, and the services they connect.',
  ...needs('read'),
  request: { query: z.strictObject({ at: atParameter }) },
  responses: {
    200: {
      description: 'The graph.',
      content: {
        'application/json': {
          schema: z
            .object({
              at: instant('At which instant; null for the present.').nullable(),
              services: z.array(serviceSchema),
              dependencies: z.array(dependencySchema),
              truncated: z.boolean().openapi({
                description: 'Whether the answer was cut because there are too many dependencies.',
              }),
              freshness: freshnessList,
            })
            .openapi('Graph'),
        },
      },
    },
    ...problemResponses('InvalidRequest', 'InvalidRange', 'GraphUnavailable', 'SchemaMissing'),
  },
});

export function registerGetGraph(app: Api, deps: Pick<ApiDeps, 'queries' | 'now'>): void {
  app.openapi(getGraph, async (c) => {
    const at = await asOf(c.req.valid('query').at, deps);
    const { services, dependencies, truncated, freshness } = await deps.queries.graph(
      c.get('caller'),
      at,
    );
    return c.json(
      {
        at: toIsoOrNull(at),
        services: services.map(toService),
        dependencies: dependencies.map(toDependency),
        truncated,
        freshness,
      },
      200,
    );
  });
}
