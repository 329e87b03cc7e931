import { createRoute, z } from '@hono/zod-openapi';
import { openToAll } from '../access.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { openProblemResponses } from '../problem-responses.ts';

const getHealth = createRoute({
  method: 'get',
  path: '/api/v1/health',
  operationId: 'getHealth',
  tags: ['Operation'],
  summary: 'Whether the process lives',
  description: 'Asks no dependency: restart the process when this does not answer.',
  ...openToAll(),
  responses: {
    200: {
      description: 'It lives.',
      content: {
        'application/json': {
          schema: z
            .object({
              status: z.literal('ok'),
              version: z.string().openapi({ description: 'Version of Topolog.', example: '0.1.0' }),
            })
            .openapi('Health'),
        },
      },
    },
    ...openProblemResponses(),
  },
});

export function registerGetHealth(app: Api, { version }: Pick<ApiDeps, 'version'>): void {
  app.openapi(getHealth, (c) => c.json({ status: 'ok' as const, version }, 200));
}
