import { createRoute, z } from '@hono/zod-openapi';
import { dependencyStates, modes } from '../../domain/dependency.ts';
import { serviceKinds } from '../../domain/service.ts';
import type { Direction, ReachedDependency } from '../../graph/queries.ts';
import type { ServiceRow } from '../../graph/resolve-service.ts';
import { needs } from '../access.ts';
import { asOf } from '../as-of.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { emptyOf } from '../empty.ts';
import { pageWithin, pagingOf } from '../paging.ts';
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
    description: 'Whether the farthest are missing because there are too many dependencies.',
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
  deps: Pick<ApiDeps, 'queries' | 'now'>,
): void {
  app.openapi(listServiceDependencies, async (c) => {
    const { direction, depth, limit, cursor, fields, at: moment, ...asked } = c.req.valid('query');
    const paging = pagingOf(c, cursor, key, deps.now);
    const at = await asOf(moment, { ...deps, now: paging.now });
    const found = await deps.queries.dependencies(
      viewOf(c.get('caller'), asked),
      c.req.valid('param').id,
      direction,
      depth,
      at,
    );
    const wanted = found.dependencies.filter(wantedBy(asked, direction, found));
    const [distance = 0, id = ''] = paging.after ?? [];
    const { items, hasMore } = pageWithin(
      wanted,
      (one) => one.distance > distance || (one.distance === distance && one.id > id),
      limit,
    );
    const touched = new Set(items.flatMap(({ client, server }) => [client, server]));
    return c.json(
      {
        items: selected(items.map(toReachedDependency), fields),
        nextCursor: paging.nextCursor(items, hasMore, (one) => [one.distance, one.id]),
        limit,
        empty: await emptyOf(c, deps.queries, { items, at }),
        at: toIsoOrNull(at),
        service: toService(found.service),
        direction,
        depth,
        services: found.services.filter((one) => touched.has(one.id)).map(toService),
        truncated: found.truncated,
        freshness: found.freshness,
        coverage: found.coverage,
      },
      200,
    );
  });
}

type Asked = Pick<z.output<typeof query>, 'state' | 'mode' | 'kind'>;

function wantedBy(
  { state, mode, kind }: Asked,
  direction: Direction,
  { service, services }: { service: ServiceRow; services: readonly ServiceRow[] },
): (one: ReachedDependency) => boolean {
  const kinds = new Map([service, ...services].map((one) => [one.id, one.kind]));
  const isOfKind = (id: string) => kind?.some((one) => one === kinds.get(id)) ?? true;
  return (one) =>
    (state?.includes(one.state) ?? true) &&
    (mode?.some((wanted) => one.modes.includes(wanted)) ?? true) &&
    ((direction !== 'upstream' && isOfKind(one.server)) ||
      (direction !== 'downstream' && isOfKind(one.client)));
}
