import { createRoute, z } from '@hono/zod-openapi';
import { needsWholeView } from '../access.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { problemResponses } from '../problem-responses.ts';
import { runSchema, toRun } from '../schemas/run.ts';

const getRun = createRoute({
  method: 'get',
  path: '/api/v1/runs/{id}',
  operationId: 'getRun',
  tags: ['Runs'],
  summary: 'One run',
  description: 'With what its windows have brought so far.',
  ...needsWholeView('read'),
  request: {
    params: z.object({
      id: z.string().openapi({
        param: { name: 'id', in: 'path' },
        description: 'Id of the run.',
        example: '01985c1e-7a0f-7cc0-a9a4-6f1d2a3b4c5d',
      }),
    }),
  },
  responses: {
    200: {
      description: 'The run.',
      content: { 'application/json': { schema: runSchema } },
    },
    ...problemResponses('RunNotFound', 'GraphUnavailable', 'SchemaMissing', 'TemporalUnavailable'),
  },
});

export function registerGetRun(app: Api, { runs }: Pick<ApiDeps, 'runs'>): void {
  app.openapi(getRun, async (c) => c.json(toRun(await runs.find(c.req.valid('param').id)), 200));
}
