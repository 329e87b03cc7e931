import { createRoute, z } from '@hono/zod-openapi';
import { severities } from '../../domain/impact.ts';
import type { Hit, HitPosition } from '../../graph/impact-queries.ts';
import { needs } from '../access.ts';
import { asOf } from '../as-of.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { emptyOf } from '../empty.ts';
import { pagingOf } from '../paging.ts';
import { problemResponses } from '../problem-responses.ts';
import { json } from '../schemas/content.ts';
import { exampleAnswer, exampleServer, exampleService } from '../schemas/examples.ts';
import { standingShape } from '../schemas/freshness.ts';
import { listQuery, listSchema, selected } from '../schemas/list.ts';
import { atParameter, servicePath, wholeNumber } from '../schemas/parameters.ts';
import { serviceSchema, toService } from '../schemas/service.ts';
import { instant, toIsoOrNull } from '../schemas/time.ts';
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
  at: instant('At which instant; null for the present.').nullable(),
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
    'consumers. The hardest hit first, then the nearest, then by id. ' +
    'With `at`, as failures would have travelled then.',
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
      at: atParameter,
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
        empty: null,
        at: null,
        service: exampleServer,
        depth: 6,
        counts: { down: 1, degraded: 0, starved: 0 },
        truncated: false,
        ...exampleAnswer,
      }),
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

const key = z.tuple([z.enum(severities), z.int().min(1), z.string()]);
type Key = z.output<typeof key>;
const keyOf = ({ service, severity, hops }: Hit): Key => [severity, hops, service.id];

export function registerGetBlastRadius(
  app: Api,
  deps: Pick<ApiDeps, 'impacts' | 'queries' | 'now'>,
): void {
  app.openapi(getBlastRadius, async (c) => {
    const { depth, limit, cursor, fields, at: moment, ...asked } = c.req.valid('query');
    const paging = pagingOf(c, cursor, key, deps.now);
    const at = await asOf(moment, { ...deps, now: paging.now });
    const { service, counts, hits, hasMore, truncated } = await deps.impacts.blastRadius(
      viewOf(c.get('caller'), asked),
      c.req.valid('param').id,
      depth,
      limit,
      at,
      paging.after === null ? null : positionOf(paging.after),
    );
    return c.json(
      {
        items: selected(hits.map(toHit), fields),
        nextCursor: paging.nextCursor(hits, hasMore, keyOf),
        limit,
        empty: await emptyOf(c, deps.queries, { items: hits, at }),
        at: toIsoOrNull(at),
        service: toService(service),
        depth,
        counts,
        truncated,
        ...(await deps.queries.standing(at)),
      },
      200,
    );
  });
}

const positionOf = ([severity, hops, id]: Key): HitPosition => ({ severity, hops, id });

function toHit({ service, severity, hops }: Hit): z.output<typeof hitSchema> {
  return { severity, hops, service: toService(service) };
}
