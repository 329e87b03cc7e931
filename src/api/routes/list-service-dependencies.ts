import { createRoute, z } from '@hono/zod-openapi';
import { dependencyStates, modes } from '../../domain/dependency.ts';
import { serviceKinds } from '../../domain/service.ts';
import { needs } from '../access.ts';
import { asOf } from '../as-of.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { emptyOf } from '../empty.ts';
import { pagingOf } from '../paging.ts';
import { problemResponses } from '../problem-responses.ts';
import { json } from '../schemas/content.ts';
import { reachedDependencySchema, toReachedDependency } from '../schemas/dependency.ts';
import {
  exampleAnswer,
  exampleDependency,
  exampleServer,
  exampleService,
} from '../schemas/examples.ts';
import { standingShape } from '../schemas/freshness.ts';
import { listQuery, listSchema, selected } from '../schemas/list.ts';
import { atParameter, listParameter, servicePath, wholeNumber } from '../schemas/parameters.ts';
import { serviceSchema, toService } from '../schemas/service.ts';
import { instant, toIsoOrNull } from '../schemas/time.ts';
import { viewFilterShape, viewOf } from '../schemas/view-filter.ts';

const directions = ['upstream', 'downstream', 'both'] as const;

const depth = {
  name: 'depth',
  min: 1,
  max: 10,
  default: 1,
  description: 'Most hops to follow from the service; 1 is its direct dependencies.',
};

const query = z.strictObject({
  direction: z
    .enum(directions, { error: `must be one of ${directions.join(', ')}` })
    .default('downstream')
    .openapi({
      param: { name: 'direction', in: 'query' },
      description: 'Which way to follow.',
    }),
  depth: wholeNumber(depth),
  ...viewFilterShape,
  state: listParameter('state', dependencyStates, 'Only those believed so; all are followed.'),
  mode: listParameter('mode', modes, 'Only those that have one of these modes; all are followed.'),
  kind: listParameter(
    'kind',
    serviceKinds,
    'Only those that lead to services of these kinds: downstream the server, upstream the client.',
  ),
  at: atParameter,
  ...listQuery(reachedDependencySchema),
});

const exampleItem = { ...exampleDependency, distance: 1 };

const page = listSchema('ReachedDependency', reachedDependencySchema, exampleItem, {
  at: instant('At which instant; null for the present.').nullable(),
  service: serviceSchema,
  direction: z.enum(directions).openapi({ description: 'Which way was followed.' }),
  depth: z.int().openapi({ description: 'Most hops that were followed.', example: 1 }),
  services: z.array(serviceSchema).openapi({
    description:
      'The services that the items of this page touch; the one that was asked about is not among them.',
  }),
  truncated: z.boolean().openapi({
    description:
      'Whether the farthest are missing because there are too many dependencies; said by the pages ' +
      'that come to what is more than a hop away.',
  }),
  ...standingShape,
});

const listServiceDependencies = createRoute({
  method: 'get',
  path: '/api/v1/services/{id}/dependencies',
  operationId: 'listServiceDependencies',
  tags: ['Graph'],
  summary: 'What a service depends on, and who depends on it',
  description:
    'Downstream is what the service calls or sends to, upstream is who calls it or sends to it, ' +
    'whatever the mode. Ordered by distance in hops, then by id.',
  ...needs('read'),
  request: { params: servicePath, query },
  responses: {
    200: {
      description: 'A page of the dependencies, and the services they touch.',
      content: json(page, {
        items: [exampleItem],
        nextCursor: null,
        limit: 100,
        empty: null,
        at: null,
        service: exampleService,
        direction: 'downstream',
        depth: 1,
        services: [exampleServer],
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

const key = z.tuple([z.int().min(1), z.string()]);

export function registerListServiceDependencies(
  app: Api,
  deps: Pick<ApiDeps, 'dependencies' | 'queries' | 'now'>,
): void {
  app.openapi(listServiceDependencies, async (c) => {
    const { direction, depth, limit, cursor, fields, at: moment, ...asked } = c.req.valid('query');
    const paging = pagingOf(c, cursor, key, deps.now);
    const at = await asOf(moment, { ...deps, now: paging.now });
    const { state: states, mode: modes, kind: kinds } = asked;
    const word = c.req.valid('param').id;
    const found = await deps.dependencies.reached(
      viewOf(c.get('caller'), asked),
      { word, direction, depth, states, modes, kinds },
      paging.after === null ? null : { distance: paging.after[0], id: paging.after[1] },
      limit,
      at,
    );
    const { dependencies, hasMore } = found;
    return c.json(
      {
        items: selected(dependencies.map(toReachedDependency), fields),
        nextCursor: paging.nextCursor(dependencies, hasMore, (one) => [one.distance, one.id]),
        limit,
        empty: await emptyOf(c, deps.queries, { items: dependencies, at }),
        at: toIsoOrNull(at),
        service: toService(found.service),
        direction,
        depth,
        services: found.services.map(toService),
        truncated: found.truncated,
        freshness: found.freshness,
        coverage: found.coverage,
      },
      200,
    );
  });
}
