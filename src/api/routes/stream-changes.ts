import { createRoute, z } from '@hono/zod-openapi';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import type { View } from '../../domain/view.ts';
import type { ChangeFilter } from '../../graph/change-queries.ts';
import { AppError } from '../../runtime/errors.ts';
import { needs } from '../access.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { problemResponses } from '../problem-responses.ts';
import { toChange } from '../schemas/change.ts';
import { afterParameter, changeFilterOf, changeFilterShape } from '../schemas/change-filter.ts';
import { exampleChange } from '../schemas/examples.ts';

const exampleEvent = [
  `id: ${exampleChange.sequence}`,
  `event: ${exampleChange.type}`,
  `data: ${JSON.stringify(exampleChange)}`,
  '',
  '',
].join('\n');

const heartbeatMillis = 15_000;
/** How often it is asked whether the key is still of use; with what is trusted of it under 10 s. */
const lookMillis = 3000;
const pageSize = 200;
/** Each open stream asks the graph for itself when something changed. */
const maxStreams = 100;

const streamChanges = createRoute({
  method: 'get',
  path: '/api/v1/changes/stream',
  operationId: 'streamChanges',
  tags: ['History'],
  summary: 'What changes, as it is written',
  description:
    'Server-Sent Events: `id` is the number of the change, `event` its type, `data` the same JSON as ' +
    'in the list. Begins with what is written from now on; after `Last-Event-ID` or `after`, where ' +
    'one is given; with all since `since`, where that is. A comment every 15 s keeps it open.',
  ...needs('read'),
  request: {
    query: z.strictObject({ ...changeFilterShape, after: afterParameter }),
    headers: z.object({
      'last-event-id': z
        .string()
        .regex(/^\d{1,15}$/, { error: 'must be the number of a change' })
        .transform(Number)
        .optional()
        .openapi({ type: 'string', description: 'Number of the last change that was received.' }),
    }),
  },
  responses: {
    200: {
      description: 'The stream; it ends when the process does, or the key.',
      content: {
        'text/event-stream': {
          schema: z.string().openapi({ description: 'Events, as the HTML standard has them.' }),
          example: exampleEvent,
        },
      },
    },
    ...problemResponses(
      'InvalidRequest',
      'InvalidRange',
      'ServiceNotFound',
      'AmbiguousService',
      'TooManyStreams',
      'GraphUnavailable',
      'SchemaMissing',
    ),
  },
});

type StreamDeps = Pick<ApiDeps, 'changes' | 'watch' | 'now' | 'logger'>;

export function registerStreamChanges(app: Api, deps: StreamDeps): void {
  let open = 0;
  app.openapi(streamChanges, async (c) => {
    const view = c.get('caller');
    const stillAllowed = c.get('stillAllowed');
    const { after, ...asked } = c.req.valid('query');
    const filter = changeFilterOf(asked, deps.now());
    const known = c.req.valid('header')['last-event-id'] ?? after;
    const begin = known ?? (filter.sinceMillis === undefined ? await deps.changes.sequence() : 0);
    // What is wrong with the question is said before the stream begins.
    await deps.changes.changes(view, begin, 1, filter);
    // Nobody reads the body of this answer, so no stream begins for it.
    if (c.req.method === 'HEAD') return c.body(null, 200, { 'Content-Type': 'text/event-stream' });
    if (open >= maxStreams) {
      throw new AppError('TooManyStreams', `${maxStreams} streams are open already.`);
    }
    open += 1;
    c.header('X-Accel-Buffering', 'no');
    return streamSSE(c, async (stream) => {
      try {
        await follow(stream, { view, begin, filter, stillAllowed }, deps);
      } finally {
        open -= 1;
      }
    });
  });
}

/** Whose stream, and of what. */
interface Following {
  readonly view: View;
  readonly begin: number;
  readonly filter: ChangeFilter;
  readonly stillAllowed: () => Promise<boolean>;
}

async function follow(
  stream: SSEStreamingApi,
  { view, begin, filter, stillAllowed }: Following,
  { changes, watch, logger }: StreamDeps,
): Promise<void> {
  const gone = new AbortController();
  stream.onAbort(() => gone.abort());
  // Says at once that the stream is open.
  await stream.write(': open\n\n');
  let saidAt = performance.now();
  for (let after = begin; !stream.aborted && !watch.isClosed; ) {
    try {
      if (!(await stillAllowed())) return;
      const page = await changes.changes(view, after, pageSize, filter);
      for (const row of page.changes) {
        if (stream.aborted) return;
        const change = toChange(row);
        await stream.writeSSE({
          id: String(change.sequence),
          event: change.type,
          data: JSON.stringify(change),
        });
      }
      after = page.cursor;
      if (page.hasMore) continue;
    } catch (error) {
      if (error instanceof AppError && error.code === 'Cancelled') return;
      logger.warn({ err: error }, 'a stream of changes could not read on, and tries again');
    }
    await watch.next(after, lookMillis, gone.signal);
    if (stream.aborted || performance.now() - saidAt < heartbeatMillis) continue;
    await stream.write(': \n\n');
    saidAt = performance.now();
  }
}
