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
import { dependencySchema, toDependency } from '../schemas/dependency.ts';
import { exampleAnswer, exampleDependency } from '../schemas/examples.ts';
import { standingShape } from '../schemas/freshness.ts';
import { listQuery, listSchema, selected } from '../schemas/list.ts';
import { atParameter, exactParameter, listParameter } from '../schemas/parameters.ts';
import { instant, toIsoOrNull } from '../schemas/time.ts';
import { viewFilterShape, viewOf } from '../schemas/view-filter.ts';

const listDependencies = createRoute({
  method: 'get',
  path: '/api/v1/dependencies',
  operationId: 'listDependencies',
  tags: ['Graph'],
  summary: 'All dependencies, page by page',
  description:
    'Ordered by id. Dependencies that appear while you page neither repeat nor hide others.',
  ...needs('read'),
  request: {
    query: z.strictObject({
      ...viewFilterShape,
      client: exactParameter('client', 'Only those of this client: its id, or its name.', 'web'),
      server: exactParameter('server', 'Only those on this server: its id, or its name.', 'cart'),
      state: listParameter('state', dependencyStates, 'Only those believed so.'),
      mode: listParameter('mode', modes, 'Only those that have one of these modes.'),
      kind: listParameter('kind', serviceKinds, 'Only those on servers of these kinds.'),
      at: atParameter,
      ...listQuery(dependencySchema),
    }),
  },
  responses: {
    200: {
      description: 'A page of dependencies.',
      content: json(
        listSchema('Dependency', dependencySchema, exampleDependency, {
          at: instant('At which instant; null for the present.').nullable(),
          ...standingShape,
        }),
        {
          items: [exampleDependency],
          nextCursor: null,
          limit: 100,
          empty: null,
          at: null,
          ...exampleAnswer,
        },
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

const key = z.tuple([z.string()]);

type Deps = Pick<ApiDeps, 'dependencies' | 'queries' | 'now'>;

export function registerListDependencies(app: Api, deps: Deps): void {
  app.openapi(listDependencies, async (c) => {
    const { limit, cursor, fields, at: moment, state, mode, kind, ...asked } = c.req.valid('query');
    const paging = pagingOf(c, cursor, key, deps.now);
    const at = await asOf(moment, { ...deps, now: paging.now });
    const { client, server } = asked;
    const filter = { client, server, states: state, modes: mode, kinds: kind };
    const [after = ''] = paging.after ?? [];
    const view = viewOf(c.get('caller'), asked);
    const page = await deps.dependencies.page(view, filter, after, limit, at);
    return c.json(
      {
        items: selected(page.dependencies.map(toDependency), fields),
        nextCursor: paging.nextCursor(page.dependencies, page.hasMore, ({ id }) => [id]),
        limit,
        empty: await emptyOf(c, deps.queries, { items: page.dependencies, at }),
        at: toIsoOrNull(at),
        freshness: page.freshness,
        coverage: page.coverage,
      },
      200,
    );
  });
}
