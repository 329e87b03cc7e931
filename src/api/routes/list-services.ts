import { createRoute, z } from '@hono/zod-openapi';
import { serviceKinds } from '../../domain/service.ts';
import { needs } from '../access.ts';
import { asOf } from '../as-of.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { emptyOf } from '../empty.ts';
import { pagingOf } from '../paging.ts';
import { problemResponses } from '../problem-responses.ts';
import { json } from '../schemas/content.ts';
import { exampleAnswer, exampleService } from '../schemas/examples.ts';
import { standingShape } from '../schemas/freshness.ts';
import { listQuery, listSchema, selected } from '../schemas/list.ts';
import { atParameter, exactParameter, listParameter } from '../schemas/parameters.ts';
import { serviceSchema, toService } from '../schemas/service.ts';
import { instant, toIsoOrNull } from '../schemas/time.ts';
import { viewFilterShape, viewOf } from '../schemas/view-filter.ts';

const listServices = createRoute({
  method: 'get',
  path: '/api/v1/services',
  operationId: 'listServices',
  tags: ['Graph'],
  summary: 'All services, page by page',
  description: 'Ordered by id. Services that appear while you page neither repeat nor hide others.',
  ...needs('read'),
  request: {
    query: z.strictObject({
      ...viewFilterShape,
      cluster: exactParameter('cluster', 'Only of this cluster.', 'eu-1'),
      namespace: exactParameter('namespace', 'Only of this namespace.', 'shop'),
      name: exactParameter('name', 'Only of this name.', 'checkout'),
      q: exactParameter('q', 'Only those whose name begins so; case matters.', 'check'),
      kind: listParameter('kind', serviceKinds, 'Only of these kinds.'),
      at: atParameter,
      ...listQuery(serviceSchema),
    }),
  },
  responses: {
    200: {
      description: 'A page of services.',
      content: json(
        listSchema('Service', serviceSchema, exampleService, {
          at: instant('At which instant; null for the present.').nullable(),
          ...standingShape,
        }),
        {
          items: [exampleService],
          nextCursor: null,
          limit: 100,
          empty: null,
          at: null,
          ...exampleAnswer,
        },
      ),
    },
    ...problemResponses('InvalidRequest', 'InvalidRange', 'GraphUnavailable', 'SchemaMissing'),
  },
});

const key = z.tuple([z.string()]);

export function registerListServices(app: Api, deps: Pick<ApiDeps, 'queries' | 'now'>): void {
  app.openapi(listServices, async (c) => {
    const { limit, cursor, fields, at: moment, q, kind, ...asked } = c.req.valid('query');
    const paging = pagingOf(c, cursor, key, deps.now);
    const at = await asOf(moment, { ...deps, now: paging.now });
    const { cluster, namespace, name } = asked;
    const filter = { cluster, namespace, name, prefix: q, kinds: kind };
    const [after = ''] = paging.after ?? [];
    const { services, hasMore, freshness, coverage } = await deps.queries.services(
      viewOf(c.get('caller'), asked),
      filter,
      after,
      limit,
      at,
    );
    return c.json(
      {
        items: selected(services.map(toService), fields),
        nextCursor: paging.nextCursor(services, hasMore, ({ id }) => [id]),
        limit,
        empty: await emptyOf(c, deps.queries, { items: services, at }),
        at: toIsoOrNull(at),
        freshness,
        coverage,
      },
      200,
    );
  });
}
