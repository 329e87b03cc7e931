import { createRoute, z } from '@hono/zod-openapi';
import { needs } from '../access.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { problemResponses } from '../problem-responses.ts';
import { changeSchema, toChange } from '../schemas/change.ts';
import { changeFilterOf, changeFilterShape, sequenceCursor } from '../schemas/change-filter.ts';
import { freshnessList } from '../schemas/freshness.ts';
import { wholeNumber } from '../schemas/parameters.ts';

const listChanges = createRoute({
  method: 'get',
  path: '/api/v1/changes',
  operationId: 'listChanges',
  tags: ['History'],
  summary: 'What changed, in the order it was written',
  description:
    'Ask again with `cursor` set to `nextCursor` while `hasMore`, and later for what came since: ' +
    'nothing is skipped or repeated, whatever is written meanwhile. A page may be empty although ' +
    'more follows, because it looks at a bounded stretch.',
  ...needs('read'),
  request: {
    query: z.strictObject({
      ...changeFilterShape,
      limit: wholeNumber({
        name: 'limit',
        min: 1,
        max: 1000,
        default: 100,
        description: 'Most changes on the page.',
      }),
      cursor: sequenceCursor,
    }),
  },
  responses: {
    200: {
      description: 'A page of changes.',
      content: {
        'application/json': {
          schema: z
            .object({
              items: z.array(changeSchema),
              nextCursor: z.string().openapi({
                description: 'Where to go on, also at the end of the changelog.',
                example: '4711',
              }),
              hasMore: z.boolean().openapi({ description: 'Whether another page follows now.' }),
              pruned: z.boolean().openapi({
                description:
                  'Whether some of what follows the given cursor is forgotten already; read the graph anew then.',
              }),
              limit: z.int().openapi({ example: 100 }),
              freshness: freshnessList,
            })
            .openapi('ChangePage'),
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

export function registerListChanges(
  app: Api,
  deps: Pick<ApiDeps, 'changes' | 'queries' | 'now'>,
): void {
  app.openapi(listChanges, async (c) => {
    const { limit, cursor = 0, ...asked } = c.req.valid('query');
    const filter = changeFilterOf(asked, deps.now());
    const page = await deps.changes.changes(c.get('caller'), cursor, limit, filter);
    return c.json(
      {
        items: page.changes.map(toChange),
        nextCursor: String(page.cursor),
        hasMore: page.hasMore,
        pruned: page.pruned,
        limit,
        freshness: await deps.queries.freshness(),
      },
      200,
    );
  });
}
