import { createRoute, z } from '@hono/zod-openapi';
import { severities } from '../../domain/impact.ts';
import { needs } from '../access.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { problemResponses } from '../problem-responses.ts';
import { freshnessList } from '../schemas/freshness.ts';
import { servicePath, wholeNumber } from '../schemas/parameters.ts';
import { serviceSchema, toService } from '../schemas/service.ts';

const severity = z.enum(severities).openapi({
  description:
    'down: it cannot work; degraded: it lacks a part; starved: it gets no more messages. That of its strongest path, which is as strong as its weakest link.',
});

const getBlastRadius = createRoute({
  method: 'get',
  path: '/api/v1/services/{id}/blast-radius',
  operationId: 'getBlastRadius',
  tags: ['Graph'],
  summary: 'Who is hit when a service fails, and how hard',
  description:
    'Follows how failures travel: from a server to its waiting clients, from a producer to its ' +
    'consumers. The hardest hit first, then the nearest.',
  ...needs('read'),
  request: {
    params: servicePath,
    query: z.strictObject({
      depth: wholeNumber({
        name: 'depth',
        min: 1,
        max: 10,
        default: 6,
        description: 'Most hops to follow from the service.',
      }),
      limit: wholeNumber({
        name: 'limit',
        min: 1,
        max: 10_000,
        default: 1000,
        description: 'Most services that are listed.',
      }),
    }),
  },
  responses: {
    200: {
      description: 'The services that are hit.',
      content: {
        'application/json': {
          schema: z
            .object({
              service: serviceSchema,
              depth: z.int().openapi({ example: 6 }),
              counts: z
                .object({ down: z.int(), degraded: z.int(), starved: z.int() })
                .openapi({ description: 'How many of those listed are hit how hard.' }),
              hits: z.array(z.object({ severity, hops: z.int().min(1), service: serviceSchema })),
              truncated: z.boolean().openapi({
                description: 'Whether more are hit than are listed.',
              }),
              freshness: freshnessList,
            })
            .openapi('BlastRadius'),
        },
      },
    },
    ...problemResponses(
      'InvalidRequest',
      'ServiceNotFound',
      'AmbiguousService',
      'GraphUnavailable',
      'SchemaMissing',
    ),
  },
});

export function registerGetBlastRadius(
  app: Api,
  { impacts, queries }: Pick<ApiDeps, 'impacts' | 'queries'>,
): void {
  app.openapi(getBlastRadius, async (c) => {
    const { depth, limit } = c.req.valid('query');
    const found = await impacts.blastRadius(c.get('caller'), c.req.valid('param').id, depth, limit);
    const count = (one: (typeof severities)[number]) =>
      found.hits.filter((hit) => hit.severity === one).length;
    return c.json(
      {
        service: toService(found.service),
        depth,
        counts: { down: count('down'), degraded: count('degraded'), starved: count('starved') },
        hits: found.hits.map(({ service, severity, hops }) => ({
          severity,
          hops,
          service: toService(service),
        })),
        truncated: found.truncated,
        freshness: await queries.freshness(),
      },
      200,
    );
  });
}
