import { createRoute, z } from '@hono/zod-openapi';
import { runKinds, runStates } from '../../graph/runs.ts';
import { needsWholeView } from '../access.ts';
import { cursorInstant } from '../cursor.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { emptyOf } from '../empty.ts';
import { pagingOf } from '../paging.ts';
import { problemResponses } from '../problem-responses.ts';
import { json } from '../schemas/content.ts';
import { exampleRun } from '../schemas/examples.ts';
import { listQuery, listSchema, selected } from '../schemas/list.ts';
import { exactParameter, listParameter } from '../schemas/parameters.ts';
import { runSchema, toRun } from '../schemas/run.ts';

const listRuns = createRoute({
  method: 'get',
  path: '/api/v1/runs',
  operationId: 'listRuns',
  tags: ['Runs'],
  summary: 'The runs, page by page',
  description: 'The newest first.',
  ...needsWholeView('read'),
  request: {
    query: z.strictObject({
      kind: listParameter('kind', runKinds, 'Only of these kinds.'),
      source: exactParameter('source', 'Only of the source with this id.', 'prometheus'),
      state: listParameter(
        'state',
        runStates,
        'Only those recorded so. A failing run is under way too: running,failing are all that are.',
      ),
      ...listQuery(runSchema),
    }),
  },
  responses: {
    200: {
      description: 'A page of runs.',
      content: json(listSchema('Run', runSchema, exampleRun, {}), {
        items: [exampleRun],
        nextCursor: null,
        limit: 100,
        empty: null,
      }),
    },
    ...problemResponses('InvalidRequest', 'InvalidRange', 'GraphUnavailable', 'SchemaMissing'),
  },
});

const key = z.tuple([cursorInstant, z.string()]);

export function registerListRuns(app: Api, deps: Pick<ApiDeps, 'runs' | 'queries' | 'now'>): void {
  app.openapi(listRuns, async (c) => {
    const { limit, cursor, fields, kind, state, source } = c.req.valid('query');
    const paging = pagingOf(c, cursor, key, deps.now);
    const [startedAtMillis = 0, id = ''] = paging.after ?? [];
    const before = paging.after === null ? null : { startedAtMillis, id };
    const page = await deps.runs.page({ kinds: kind, states: state, source }, before, limit);
    return c.json(
      {
        items: selected(page.runs.map(toRun), fields),
        nextCursor: paging.nextCursor(page.runs, page.hasMore, (run) => [
          run.startedAtMillis,
          run.id,
        ]),
        limit,
        empty: await emptyOf(c, deps.queries, { items: page.runs }),
      },
      200,
    );
  });
}
