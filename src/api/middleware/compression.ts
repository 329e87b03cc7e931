import type { Context, MiddlewareHandler } from 'hono';
import { accepts } from 'hono/accepts';

/** Below this an answer is hardly smaller compressed. */
const thresholdBytes = 1024;
const encodings = ['gzip', 'deflate'] as const;

/** JSON and text; a stream of events is let be, because each must be sent at once. */
const compressible =
  /^(?:text\/(?!event-stream)|application\/(?:json|x-ndjson|javascript|[\w.-]+\+(?:json|xml)))/i;

/**
 * Compresses answers for who accepts that.
 *
 * A streamed answer goes through as it comes. ETags are weak, so they hold for every encoding.
 */
export function compression(): MiddlewareHandler {
  return async function compression(c, next) {
    await next();
    const { headers } = c.res;
    if (!compressible.test(headers.get('Content-Type') ?? '')) return;
    if (headers.has('Content-Encoding') || c.req.method === 'HEAD') return;
    sayVary(headers);
    const encoding = encodingOf(c);
    if (encoding === null || c.res.body === null) return;
    const { body, isSmall } = await weighed(c.res.body);
    const compressed = isSmall ? body : body.pipeThrough(new CompressionStream(encoding));
    c.res = new Response(compressed, c.res);
    if (isSmall) return;
    c.res.headers.delete('Content-Length');
    c.res.headers.set('Content-Encoding', encoding);
  };
}

function encodingOf(c: Context) {
  const options = {
    header: 'Accept-Encoding',
    supports: [...encodings] as string[],
    default: '',
  } as const;
  const accepted = accepts(c, options);
  return encodings.find((encoding) => encoding === accepted) ?? null;
}

/** That the answer depends on what is accepted, also where it was not compressed. */
function sayVary(headers: Headers): void {
  const vary = headers.get('Vary');
  if (vary !== null && /\baccept-encoding\b|\*/i.test(vary)) return;
  headers.set('Vary', vary === null ? 'Accept-Encoding' : `${vary}, Accept-Encoding`);
}

/** Looks at the begin of a body, and gives all of it back; it is small where that was all. */
async function weighed(body: ReadableStream<Uint8Array<ArrayBuffer>>) {
  const reader = body.getReader();
  const begin: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  let ended = false;
  while (bytes < thresholdBytes && !ended) {
    const { done, value } = await reader.read();
    ended = done;
    if (value !== undefined) begin.push(value);
    bytes += value?.byteLength ?? 0;
  }
  const whole = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        const first = begin.shift();
        if (first !== undefined) return controller.enqueue(first);
        const { done, value } = ended ? { done: true, value: undefined } : await reader.read();
        if (done || value === undefined) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return { body: whole, isSmall: ended && bytes < thresholdBytes };
}
