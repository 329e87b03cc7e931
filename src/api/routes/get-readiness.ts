import { createRoute, z } from '@hono/zod-openapi';
import { messageOf } from '../../runtime/errors.ts';
import { openToAll } from '../access.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { retryAfterSeconds } from '../problem.ts';
import { openProblemResponses } from '../problem-responses.ts';
import { runChecks } from '../readiness.ts';
import { instant, toIso } from '../schemas/time.ts';

const checkSchema = z.object({
  status: z.enum(['ok', 'error']),
  error: z.string().nullable().openapi({ description: 'Why not, in a sentence.' }),
  durationMs: z
    .number()
    .min(0)
    .openapi({ description: 'How long the check took, in milliseconds.' }),
});

const readinessSchema = z
  .object({
    status: z.enum(['ready', 'notReady', 'shuttingDown']),
    version: z.string().openapi({ example: '0.1.0' }),
    checkedAt: instant('When the checks began.'),
    dependencies: z.record(z.string(), checkSchema).openapi({
      description: 'What was found of each dependency, by its name.',
      example: {
        neo4j: { status: 'ok', error: null, durationMs: 4 },
        temporal: { status: 'ok', error: null, durationMs: 7 },
      },
    }),
  })
  .openapi('Readiness');

const content = { 'application/json': { schema: readinessSchema } };

const getReadiness = createRoute({
  method: 'get',
  path: '/api/v1/health/ready',
  operationId: 'getReadiness',
  tags: ['Operation'],
  summary: 'Whether requests can be answered',
  description: 'Asks every dependency at the same time, each for at most 3 s.',
  ...openToAll(),
  responses: {
    200: { description: 'Every dependency answers.', content },
    503: { description: 'A dependency does not answer, or the process is shutting down.', content },
    ...openProblemResponses(),
  },
});

type Deps = Pick<ApiDeps, 'readiness' | 'isShuttingDown' | 'logger' | 'version' | 'now'>;

export function registerGetReadiness(app: Api, deps: Deps): void {
  app.openapi(getReadiness, async (c) => {
    const checkedAt = toIso(deps.now());
    const dependencies = await runChecks(deps.readiness, (dependency, error) => {
      const reason = messageOf(error);
      deps.logger.warn(
        { dependency, reason, requestId: c.get('requestId') },
        'dependency not ready',
      );
    });
    const retryAfter = { 'Retry-After': String(retryAfterSeconds) };
    const usable = Object.values(dependencies).every(({ status }) => status === 'ok');
    const answer = { version: deps.version, checkedAt, dependencies };
    if (deps.isShuttingDown())
      return c.json({ status: 'shuttingDown' as const, ...answer }, 503, retryAfter);
    if (!usable) return c.json({ status: 'notReady' as const, ...answer }, 503, retryAfter);
    return c.json({ status: 'ready' as const, ...answer }, 200);
  });
}
