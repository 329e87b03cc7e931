import { createRoute, z } from '@hono/zod-openapi';
import { needsWholeView } from '../access.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { problemResponses } from '../problem-responses.ts';
import { wholeNumber } from '../schemas/parameters.ts';
import { runSchema, toRun } from '../schemas/run.ts';

const listRuns = createRoute({
  method: 'get',
  path: '/api/v1/runs',
  operationId: 'listRuns',
  tags: ['Runs'],
  summary: 'The latest runs',
  description: 'Newest first.',
  ...needsWholeView('read'),
  request: {
    query: z.strictObject({
      limit: wholeNumber({
        name: 'limit',
        min: 1,
        max: 200,
        default: 50,
        description: 'Most runs in the answer.',
      }),
    }),
  },
  responses: {
    200: {
      description: 'The runs.',
      content: {
        'application/json': {
          schema: z
            .object({ items: z.array(runSchema), limit: z.int().openapi({ example: 50 }) })
            .openapi('RunList'),
        },
      },
    },
    ...problemResponses('InvalidRequest', 'GraphUnavailable', 'SchemaMissing'),
  },
});

export function registerListRuns(app: Api, { runs }: Pick<ApiDeps, 'runs'>): void {
  app.openapi(listRuns, async (c) => {
    const { limit } = c.req.valid('query');
    const latest = await runs.latest(limit);
    return c.json({ items: latest.map(toRun), limit }, 200);
  });
}
