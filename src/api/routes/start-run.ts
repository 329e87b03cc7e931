import { createRoute, z } from '@hono/zod-openapi';
import type { RunRequest } from '../../runs/runs.ts';
import { AppError } from '../../runtime/errors.ts';
import { needsWholeView } from '../access.ts';
import { beginOf, endOf } from '../as-of.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { problemResponses } from '../problem-responses.ts';
import { json } from '../schemas/content.ts';
import { exampleRun } from '../schemas/examples.ts';
import { momentField } from '../schemas/parameters.ts';
import { runSchema, toRun } from '../schemas/run.ts';

const startRunBody = z
  .strictObject({
    kind: z.literal('ingest', { error: 'must be "ingest"' }).openapi({
      description: 'What to do: read a source into the graph.',
    }),
    source: z.string({ error: 'must be the id of a source' }).min(1).max(200).optional().openapi({
      description: 'Id of the source; may be left out where only one is configured.',
      example: 'prometheus',
    }),
    from: momentField(
      'Start of the range to read. Left out: where reading stopped.',
      '2026-03-01T12:00:00Z',
    ),
    to: momentField(
      'End of the range to read. Left out: as far as can be read.',
      '2026-03-01T14:00:00Z',
    ),
  })
  .openapi('StartRun');

const startRun = createRoute({
  method: 'post',
  path: '/api/v1/runs',
  operationId: 'startRun',
  tags: ['Runs'],
  summary: 'Start reading a source',
  description:
    'Answers as soon as the run has been started; follow it at `Location`. A source that is being ' +
    'read already is not read twice: the answer is that run, with `joined` true.',
  ...needsWholeView('run'),
  request: {
    query: z.strictObject({}),
    body: {
      required: true,
      content: json(startRunBody, {
        kind: 'ingest',
        source: 'prometheus',
        from: '2026-03-01T12:00:00Z',
        to: '2026-03-01T14:00:00Z',
      }),
    },
  },
  responses: {
    202: {
      description: 'The run has been started, or joined.',
      headers: {
        Location: {
          description: 'Path of the run.',
          schema: { type: 'string' },
          example: '/api/v1/runs/01985c1e-7a0f-7cc0-a9a4-6f1d2a3b4c5d',
        },
      },
      content: json(
        z
          .object({
            run: runSchema,
            joined: z.boolean().openapi({
              description: 'Whether the run had been started before this request.',
            }),
          })
          .openapi('StartedRun'),
        { run: { ...exampleRun, state: 'running', finishedAt: null }, joined: false },
      ),
    },
    ...problemResponses(
      'InvalidRequest',
      'InvalidRange',
      'UnknownSource',
      'PayloadTooLarge',
      'UnsupportedMediaType',
      'GraphUnavailable',
      'SchemaMissing',
      'TemporalUnavailable',
    ),
  },
});

export function registerStartRun(app: Api, { runs, now }: Pick<ApiDeps, 'runs' | 'now'>): void {
  app.openapi(startRun, async (c) => {
    const { run, joined } = await runs.start({
      ...requestOf(c.req.valid('json'), now()),
      requestId: c.get('requestId'),
    });
    c.set('subject', run.id);
    c.header('Location', `/api/v1/runs/${encodeURIComponent(run.id)}`);
    return c.json({ run: toRun(run), joined }, 202);
  });
}

function requestOf(body: z.output<typeof startRunBody>, nowMillis: number): RunRequest {
  const fromMillis = beginOf(body.from, nowMillis);
  const toMillis = endOf(body.to, nowMillis);
  if (fromMillis !== undefined && toMillis !== undefined && fromMillis >= toMillis) {
    const errors = [{ pointer: '/body/from', detail: 'must be earlier than to' }];
    throw new AppError('InvalidRange', 'from must be earlier than to.', { details: { errors } });
  }
  return {
    ...(body.source === undefined ? {} : { source: body.source }),
    ...(fromMillis === undefined ? {} : { fromMillis }),
    ...(toMillis === undefined ? {} : { toMillis }),
  };
}
