import { createRoute, z } from '@hono/zod-openapi';
import { severities } from '../../domain/impact.ts';
import type { Hit, HitPosition } from '../../graph/impact-queries.ts';
import { needs } from '../access.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { pagingOf } from '../paging.ts';
import { problemResponses } from '../problem-responses.ts';
import { json } from '../schemas/content.ts';
import { exampleAnswer, exampleServer, exampleService } from '../schemas/examples.ts';
import { standingShape } from '../schemas/freshness.ts';
import { listQuery, listSchema, selected } from '../schemas/list.ts';
import { servicePath, wholeNumber } from '../schemas/parameters.ts';
import { serviceSchema, toService } from '../schemas/service.ts';
import { viewFilterShape, viewOf } from '../schemas/view-filter.ts';

const severity = z.enum(severities).openapi({
  description:
    'down: it cannot work; degraded: it lacks a part; starved: it gets no more messages. That of its strongest path, which is as strong as its weakest link.',
});

const hitSchema = z.object({
  severity,
  hops: z.int().min(1).openapi({ description: 'Links of the shortest of its strongest paths.' }),
  service: serviceSchema,
});

const exampleHit = { severity: 'down' as const, hops: 1, service: exampleService };

const page = listSchema('Hit', hitSchema, exampleHit, {
  service: serviceSchema,
  depth: z.int().openapi({ description: 'Most hops that were followed.', example: 6 }),
  counts: z
    .object({
      down: z.int().openapi({ description: 'How many cannot work.' }),
      degraded: z.int().openapi({ description: 'How many lack a part.' }),
      starved: z.int().openapi({ description: 'How many get no more messages.' }),
    })
    .openapi({ description: 'How many are hit how hard, on all pages together.' }),
  truncated: z.boolean().openapi({
    description: 'Whether some that are hit were not looked for. All are, so it is false.',
  }),
  ...standingShape,
});

const getBlastRadius = createRoute({
  method: 'get',
  path: '/api/v1/services/{id}/blast-radius',
  operationId: 'getBlastRadius',
  tags: ['Graph'],
  summary: 'Who is hit when a service fails, and how hard',
  description:
    'Follows how failures travel: from a server to its waiting clients, from a producer to its ' +
    'consumers. The hardest hit first, then the nearest, then by id.',
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
      ...viewFilterShape,
      ...listQuery(hitSchema),
    }),
  },
  responses: {
    200: {
      description: 'A page of the services that are hit.',
      content: json(page, {
        items: [exampleHit],
        nextCursor: null,
        limit: 100,
        service: exampleServer,
        depth: 6,
        counts: { down: 1, degraded: 0, starved: 0 },
        truncated: false,
        ...exampleAnswer,
      }),
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

const key = z.tuple([z.enum(severities), z.int().min(1), z.string()]);
type Key = z.output<typeof key>;
const keyOf = ({ service, severity, hops }: Hit): Key => [severity, hops, service.id];

export function registerGetBlastRadius(
  app: Api,
  deps: Pick<ApiDeps, 'impacts' | 'queries' | 'now'>,
): void {
  app.openapi(getBlastRadius, async (c) => {
    const { depth, limit, cursor, fields, ...asked } = c.req.valid('query');
    const paging = pagingOf(c, cursor, key, deps.now);
    const { service, counts, hits, hasMore } = await deps.impacts.blastRadius(
      viewOf(c.get('caller'), asked),
      c.req.valid('param').id,
      depth,
      limit,
      paging.after === null ? null : positionOf(paging.after),
    );
    return c.json(
      {
        items: selected(hits.map(toHit), fields),
        nextCursor: paging.nextCursor(hits, hasMore, keyOf),
        limit,
        service: toService(service),
        depth,
        counts,
        truncated: false,
        ...(await deps.queries.standing(null)),
      },
      200,
    );
  });
}

const positionOf = ([severity, hops, id]: Key): HitPosition => ({ severity, hops, id });

function toHit({ service, severity, hops }: Hit): z.output<typeof hitSchema> {
  return { severity, hops, service: toService(service) };
}
