import { createRoute, z } from '@hono/zod-openapi';
import { windowOutcomes } from '../../domain/window-outcome.ts';
import type { WindowPosition } from '../../graph/window-queries.ts';
import { needsWholeView } from '../access.ts';
import { decodeCursor, encodeCursor, invalidCursor } from '../cursor.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { problemResponses } from '../problem-responses.ts';
import { cursorParameter, instantParameter, wholeNumber } from '../schemas/parameters.ts';
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
      source: z
        .string({ error: 'must be given once' })
        .max(63, { error: 'must be the id of a source' })
        .optional()
        .openapi({ param: { name: 'source', in: 'query' }, description: 'Only of this source.' }),
      outcome: z
        .enum(windowOutcomes, { error: `must be one of ${windowOutcomes.join(', ')}` })
        .optional()
        .openapi({
          param: { name: 'outcome', in: 'query' },
          description: 'Only those that ended so.',
        }),
      since: instantParameter('since', 'Only windows that end then or later.'),
      until: instantParameter('until', 'Only windows that end then or earlier.'),
      limit: wholeNumber({
        name: 'limit',
        min: 1,
        max: 1000,
        default: 100,
        description: 'Most windows on the page.',
      }),
      cursor: cursorParameter,
    }),
  },
  responses: {
    200: {
      description: 'A page of windows.',
      content: {
        'application/json': {
          schema: z
            .object({
              items: z.array(windowSchema),
              nextCursor: z.string().nullable().openapi({
                description: 'Cursor of the next page; null on the last one.',
              }),
              limit: z.int().openapi({ example: 100 }),
            })
            .openapi('WindowPage'),
        },
      },
    },
    ...problemResponses('InvalidRequest', 'GraphUnavailable', 'SchemaMissing'),
  },
});

export function registerListWindows(app: Api, { windows }: Pick<ApiDeps, 'windows'>): void {
  app.openapi(listWindows, async (c) => {
    const { limit, cursor, source, outcome, since, until } = c.req.valid('query');
    const before = cursor === undefined ? null : positionOf(decodeCursor(cursor));
    const filter = { source, outcome, sinceMillis: since, untilMillis: until };
    const page = await windows.windows(filter, before, limit);
    const last = page.windows.at(-1);
    const nextCursor =
      page.hasMore && last !== undefined ? encodeCursor(`${last.endMillis} ${last.id}`) : null;
    return c.json({ items: page.windows.map(toWindow), nextCursor, limit }, 200);
  });
}

function positionOf(after: string): WindowPosition {
  const [, end, id] = /^(\d{1,15}) (.+)$/s.exec(after) ?? [];
  if (end === undefined || id === undefined) throw invalidCursor();
  return { endMillis: Number(end), id };
}
