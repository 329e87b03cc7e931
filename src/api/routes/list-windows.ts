import { createRoute, z } from '@hono/zod-openapi';
import { windowOutcomes } from '../../domain/window-outcome.ts';
import { needsWholeView } from '../access.ts';
import { beginOf, endOf } from '../as-of.ts';
import { cursorInstant } from '../cursor.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { emptyOf } from '../empty.ts';
import { pagingOf } from '../paging.ts';
import { problemResponses } from '../problem-responses.ts';
import { json } from '../schemas/content.ts';
import { exampleWindow } from '../schemas/examples.ts';
import { listQuery, listSchema, selected } from '../schemas/list.ts';
import { exactParameter, momentParameter } from '../schemas/parameters.ts';
import { toWindow, windowSchema } from '../schemas/window.ts';

const listWindows = createRoute({
  method: 'get',
  path: '/api/v1/windows',
  operationId: 'listWindows',
  tags: ['Runs'],
  summary: 'What was read, window by window',
  description:
    'The newest first. Each window with what there was to read, what became of every value, and ' +
    'whether it can be relied upon for what it does not show.',
  ...needsWholeView('read'),
  request: {
    query: z.strictObject({
      source: exactParameter('source', 'Only of the source with this id.', 'prometheus'),
      outcome: z
        .enum(windowOutcomes, { error: `must be one of ${windowOutcomes.join(', ')}` })
        .optional()
        .openapi({
          param: { name: 'outcome', in: 'query' },
          description: 'Only those that ended so.',
        }),
      since: momentParameter('since', 'Only windows that end then or later.'),
      until: momentParameter('until', 'Only windows that end then or earlier.'),
      ...listQuery(windowSchema),
    }),
  },
  responses: {
    200: {
      description: 'A page of windows.',
      content: json(listSchema('Window', windowSchema, exampleWindow, {}), {
        items: [exampleWindow],
        nextCursor: null,
        limit: 100,
        empty: null,
      }),
    },
    ...problemResponses('InvalidRequest', 'InvalidRange', 'GraphUnavailable', 'SchemaMissing'),
  },
});

const key = z.tuple([cursorInstant, z.string()]);

export function registerListWindows(
  app: Api,
  deps: Pick<ApiDeps, 'windows' | 'queries' | 'now'>,
): void {
  app.openapi(listWindows, async (c) => {
    const { limit, cursor, fields, source, outcome, since, until } = c.req.valid('query');
    const paging = pagingOf(c, cursor, key, deps.now);
    const [endMillis = 0, id = ''] = paging.after ?? [];
    const before = paging.after === null ? null : { endMillis, id };
    const filter = {
      source,
      outcome,
      sinceMillis: beginOf(since, paging.now()),
      untilMillis: endOf(until, paging.now()),
    };
    const page = await deps.windows.windows(filter, before, limit);
    return c.json(
      {
        items: selected(page.windows.map(toWindow), fields),
        nextCursor: paging.nextCursor(page.windows, page.hasMore, (window) => [
          window.endMillis,
          window.id,
        ]),
        limit,
        empty: await emptyOf(c, deps.queries, { items: page.windows }),
      },
      200,
    );
  });
}
