import { createRoute, z } from '@hono/zod-openapi';
import { needs } from '../access.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { emptyOf } from '../empty.ts';
import { pagingOf } from '../paging.ts';
import { problemResponses } from '../problem-responses.ts';
import { changeSchema, toChange } from '../schemas/change.ts';
import { afterParameter, changeFilterOf, changeFilterShape } from '../schemas/change-filter.ts';
import { json } from '../schemas/content.ts';
import { exampleAnswer, exampleChange } from '../schemas/examples.ts';
import { standingShape } from '../schemas/freshness.ts';
import { listQuery, listSchema, selected } from '../schemas/list.ts';

const page = listSchema('Change', changeSchema, exampleChange, {
  sequence: z.int().openapi({
    description:
      'Up to which number of the changelog all was looked at: ask with it as `after` for what comes later.',
    example: 4711,
  }),
  pruned: z.boolean().openapi({
    description:
      'Whether some of what follows `after` or the cursor is forgotten already; read the graph anew then.',
  }),
  ...standingShape,
});

const listChanges = createRoute({
  method: 'get',
  path: '/api/v1/changes',
  operationId: 'listChanges',
  tags: ['History'],
  summary: 'What changed, in the order it was written',
  description:
    'Page on by `cursor`, and ask later with `after` set to `sequence` for what came since: nothing ' +
    'is skipped or repeated, whatever is written meanwhile. A page may be empty although more ' +
    'follows, because it looks at a bounded stretch.',
  ...needs('read'),
  request: {
    query: z.strictObject({
      ...changeFilterShape,
      after: afterParameter,
      ...listQuery(changeSchema),
    }),
  },
  responses: {
    200: {
      description: 'A page of changes.',
      content: json(page, {
        items: [exampleChange],
        nextCursor: null,
        limit: 100,
        empty: null,
        sequence: 4711,
        pruned: false,
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

const key = z.tuple([z.int().min(0)]);

export function registerListChanges(
  app: Api,
  deps: Pick<ApiDeps, 'changes' | 'queries' | 'now'>,
): void {
  app.openapi(listChanges, async (c) => {
    const { limit, cursor, fields, after = 0, ...asked } = c.req.valid('query');
    const paging = pagingOf(c, cursor, key, deps.now);
    const [begin = after] = paging.after ?? [];
    const found = await deps.changes.changes(
      c.get('caller'),
      begin,
      limit,
      changeFilterOf(asked, paging.now()),
    );
    const nextCursor = found.hasMore ? paging.cursorAfter([found.cursor]) : null;
    return c.json(
      {
        items: selected(found.changes.map(toChange), fields),
        nextCursor,
        limit,
        empty: await emptyOf(c, deps.queries, { items: found.changes, nextCursor }),
        sequence: found.sequence,
        pruned: found.pruned,
        ...(await deps.queries.standing(null)),
      },
      200,
    );
  });
}
