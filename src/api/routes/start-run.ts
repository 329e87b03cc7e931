import { createRoute, z } from '@hono/zod-openapi';
import { permits } from '../../domain/key.ts';
import type { RunRequest } from '../../runs/runs.ts';
import { AppError } from '../../runtime/errors.ts';
import { needsWholeView } from '../access.ts';
import { beginOf, endOf, instantOf } from '../as-of.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { idempotencyHeader, onceOf } from '../idempotency.ts';
import { problemResponses } from '../problem-responses.ts';
import { json } from '../schemas/content.ts';
import { exampleRun } from '../schemas/examples.ts';
import { momentField } from '../schemas/parameters.ts';
import { runSchema, toRun } from '../schemas/run.ts';

const kinds = ['ingest', 'backfill', 'markStale', 'prune'] as const;
type Kind = (typeof kinds)[number];

/** What each kind takes beside itself. */
const fieldsOf: Readonly<Record<Kind, readonly string[]>> = {
  ingest: ['source', 'from', 'to'],
  backfill: ['source', 'from'],
  markStale: ['now', 'override'],
  prune: [],
};

const startRunBody = z
  .strictObject({
    kind: z
      .enum(kinds, { error: `must be one of ${kinds.join(', ')}` })
      .default('ingest')
      .openapi({
        description:
          'What to do: read a source into the graph (ingest), read the past of one that was never read (backfill, needs from), mark what was long looked for and not seen (markStale), or forget the history that ended before the retention (prune).',
      }),
    source: z.string({ error: 'must be the id of a source' }).min(1).max(200).optional().openapi({
      description:
        'Id of the source to read; may be left out where only one is configured. Of ingest and backfill.',
      example: 'prometheus',
    }),
    from: momentField(
      'Start of the range to read. Left out: where reading stopped. Of ingest and backfill.',
      '2026-03-01T12:00:00Z',
    ),
    to: momentField(
      'End of the range to read. Left out: as far as can be read. Of ingest.',
      '2026-03-01T14:00:00Z',
    ),
    now: momentField(
      'At which instant to judge. Left out: now. Of markStale.',
      '2026-03-01T14:00:00Z',
    ),
    override: z.boolean({ error: 'must be true or false' }).optional().openapi({
      description:
        'Mark even where so much would be marked that the source may be at fault; needs the scope admin. Of markStale.',
    }),
  })
  .superRefine((body, context) => {
    for (const name of Object.keys(body)) {
      if (name === 'kind' || fieldsOf[body.kind].includes(name)) continue;
      const message = `is not of a run of the kind ${body.kind}`;
      context.addIssue({ code: 'custom', path: [name], message });
    }
    if (body.kind === 'backfill' && body.from === undefined) {
      context.addIssue({ code: 'custom', path: ['from'], message: 'must say where to begin' });
    }
  })
  .openapi('StartRun');

const startRun = createRoute({
  method: 'post',
  path: '/api/v1/runs',
  operationId: 'startRun',
  tags: ['Runs'],
  summary: 'Start a run',
  description:
    'Answers as soon as the run has been started; follow it at `Location`. A source that is being ' +
    'read already is not read twice: the answer is that run, with `joined` true. Send an ' +
    '`Idempotency-Key` to be able to ask again where no answer came: 503 `RunNotConfirmed` says that ' +
    'a run may have been started. Pruning, and marking with `override`, need the scope admin.',
  ...needsWholeView('run'),
  request: {
    query: z.strictObject({}),
    headers: idempotencyHeader,
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
      'RunUnderWay',
      'IdempotencyKeyReused',
      'PayloadTooLarge',
      'UnsupportedMediaType',
      'GraphUnavailable',
      'SchemaMissing',
      'TemporalUnavailable',
      'RunNotConfirmed',
    ),
  },
});

export function registerStartRun(app: Api, { runs, now }: Pick<ApiDeps, 'runs' | 'now'>): void {
  app.openapi(startRun, async (c) => {
    const body = c.req.valid('json');
    const caller = c.get('caller');
    if (needsAdmin(body) && !permits(caller.scopes, 'admin')) {
      const what = body.kind === 'prune' ? 'Pruning' : 'Marking with override';
      throw new AppError('Forbidden', `${what} needs a key with the scope admin.`);
    }
    const { run, joined } = await runs.start({
      ...requestOf(body, now()),
      ...onceOf(c.req.valid('header')['Idempotency-Key'], caller, [
        body.kind,
        ...[body.source, body.from, body.to, body.now, body.override].map((one) => one ?? null),
      ]),
      requestId: c.get('requestId'),
    });
    c.set('subject', run.id);
    c.header('Location', `/api/v1/runs/${encodeURIComponent(run.id)}`);
    return c.json({ run: toRun(run), joined }, 202);
  });
}

type Body = z.output<typeof startRunBody>;

/** What takes something away that reading does not bring back. */
function needsAdmin({ kind, override }: Body): boolean {
  return kind === 'prune' || override === true;
}

function requestOf({ kind, source, from, to, now, override }: Body, nowMillis: number): RunRequest {
  const fromMillis = beginOf(from, nowMillis);
  const toMillis = endOf(to, nowMillis);
  if (kind === 'prune') return { kind };
  if (kind === 'markStale') {
    return {
      kind,
      ...(now === undefined ? {} : { nowMillis: instantOf(now, nowMillis) }),
      ...(override === undefined ? {} : { override }),
    };
  }
  if (fromMillis !== undefined && toMillis !== undefined && fromMillis >= toMillis) {
    const errors = [{ pointer: '/body/from', detail: 'must be earlier than to' }];
    throw new AppError('InvalidRange', 'from must be earlier than to.', { details: { errors } });
  }
  const asked = {
    ...(source === undefined ? {} : { source }),
    ...(fromMillis === undefined ? {} : { fromMillis }),
  };
  if (kind === 'backfill') return { kind, ...asked, fromMillis: fromMillis ?? 0 };
  return { ...asked, ...(toMillis === undefined ? {} : { toMillis }) };
}
