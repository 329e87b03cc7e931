import { createRoute, z } from '@hono/zod-openapi';
import { uncancelled } from '../../runtime/cancellation.ts';
import { messageOf } from '../../runtime/errors.ts';
import { openToAll } from '../access.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { retryAfterSeconds } from '../problem.ts';
import { openProblemResponses, retryAfterHeader } from '../problem-responses.ts';
import { runChecks } from '../readiness.ts';
import { json } from '../schemas/content.ts';
import { instant, toIso } from '../schemas/time.ts';

const checkSchema = z.object({
  status: z.enum(['ok', 'error']).openapi({ description: 'Whether it answers.' }),
  error: z.string().nullable().openapi({ description: 'Why not, in a sentence.' }),
  durationMs: z
    .number()
    .min(0)
    .openapi({ description: 'How long the check took, in milliseconds.' }),
});

const readinessSchema = z
  .object({
    status: z.enum(['ready', 'notReady', 'shuttingDown']).openapi({
      description: 'Whether requests can be answered, or why not.',
    }),
    version: z.string().openapi({ description: 'Version of Topolog.', example: '0.1.0' }),
    checkedAt: instant('When the checks began.'),
    dependencies: z.record(z.string(), checkSchema).openapi({
      description: 'What was found of each dependency, by its name.',
    }),
  })
  .openapi('Readiness');

const example: z.output<typeof readinessSchema> = {
  status: 'ready',
  version: '0.1.0',
  checkedAt: '2026-03-01T12:15:00.000Z',
  dependencies: {
    neo4j: { status: 'ok', error: null, durationMs: 4 },
    temporal: { status: 'ok', error: null, durationMs: 7 },
  },
};
const down = { status: 'error' as const, error: 'Neo4j did not answer.', durationMs: 3000 };
const notReady: z.output<typeof readinessSchema> = {
  ...example,
  status: 'notReady',
  dependencies: { ...example.dependencies, neo4j: down },
};

const getReadiness = createRoute({
  method: 'get',
  path: '/api/v1/health/ready',
  operationId: 'getReadiness',
  tags: ['Operation'],
  summary: 'Whether requests can be answered',
  description: 'Asks every dependency at the same time, each for at most 3 s.',
  ...openToAll(),
  request: { query: z.strictObject({}) },
  responses: {
    ...openProblemResponses(),
    200: { description: 'Every dependency answers.', content: json(readinessSchema, example) },
    503: {
      description: 'A dependency does not answer, or the process is shutting down.',
      content: json(readinessSchema, notReady),
      headers: retryAfterHeader,
    },
  },
});

type Deps = Pick<ApiDeps, 'readiness' | 'isShuttingDown' | 'logger' | 'version' | 'now'>;

export function registerGetReadiness(app: Api, deps: Deps): void {
  // Whoever asks meanwhile shares the answer: nothing else limits how often everybody may ask.
  let asking: ReturnType<typeof runChecks> | null = null;
  app.openapi(getReadiness, async (c) => {
    const checkedAt = toIso(deps.now());
    asking ??= uncancelled(() =>
      runChecks(deps.readiness, (dependency, error) => {
        const reason = messageOf(error);
        deps.logger.warn(
          { dependency, reason, requestId: c.get('requestId') },
          'dependency not ready',
        );
      }),
    ).finally(() => {
      asking = null;
    });
    const dependencies = await asking;
    const retryAfter = { 'Retry-After': String(retryAfterSeconds) };
    const usable = Object.values(dependencies).every(({ status }) => status === 'ok');
    const answer = { version: deps.version, checkedAt, dependencies };
    if (deps.isShuttingDown())
      return c.json({ status: 'shuttingDown' as const, ...answer }, 503, retryAfter);
    if (!usable) return c.json({ status: 'notReady' as const, ...answer }, 503, retryAfter);
    return c.json({ status: 'ready' as const, ...answer }, 200);
  });
}
