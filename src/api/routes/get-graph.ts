import { createRoute, z } from '@hono/zod-openapi';
import type { Api, ApiDeps } from '../deps.ts';
import { problemResponses } from '../problem-responses.ts';
import { dependencySchema, toDependency } from '../schemas/dependency.ts';
import { freshnessList } from '../schemas/freshness.ts';
import { serviceSchema, toService } from '../schemas/service.ts';

const getGraph = createRoute({
  method: 'get',
  path: '/api/v1/graph',
  operationId: 'getGraph',
  tags: ['Graph'],
  summary: 'The whole graph',
  description: 'Every present dependency, and the services they connect.',
  request: { query: z.strictObject({}) },
  responses: {
    200: {
      description: 'The graph.',
      content: {
        'application/json': {
          schema: z
            .object({
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
    ...problemResponses('InvalidRequest', 'GraphUnavailable', 'SchemaMissing'),
  },
});

export function registerGetGraph(app: Api, { queries }: Pick<ApiDeps, 'queries'>): void {
  app.openapi(getGraph, async (c) => {
    const { services, dependencies, truncated, freshness } = await queries.graph();
    return c.json(
      {
        services: services.map(toService),
        dependencies: dependencies.map(toDependency),
        truncated,
        freshness,
      },
      200,
    );
  });
}
