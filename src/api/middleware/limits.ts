import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cancelledBy, unlessAborted } from '../../runtime/cancellation.ts';
import { AppError } from '../../runtime/errors.ts';

const maxBodyKibibytes = 64;
const maxUrlBytes = 8192;
const maxParameters = 64;
/** Longer than the graph takes to give up by itself, so its own error is the usual one. */
const maxAnswerMillis = 45_000;
/** What the log calls a request whose client did not wait for the answer; nobody is sent it. */
const clientGone = 499;

/** Refuses URLs no request of this API needs. */
export function limitUrl(): MiddlewareHandler {
  return async function limitUrl(c, next) {
    const { pathname, search } = new URL(c.req.url);
    if (pathname.length + search.length > maxUrlBytes) {
      throw new AppError('UrlTooLong', `The URL is over ${maxUrlBytes} bytes.`);
    }
    if (search.split('&').length > maxParameters) {
      throw new AppError('InvalidRequest', `The query has over ${maxParameters} parameters.`);
    }
    await next();
  };
}

/** Refuses bodies no request of this API needs. */
export function limitBody(): MiddlewareHandler {
  return bodyLimit({
    maxSize: maxBodyKibibytes * 1024,
    onError: () => {
      throw new AppError('PayloadTooLarge', `The body is over ${maxBodyKibibytes} KiB.`);
    },
  });
}

/**
 * Gives up on an answer that takes too long or that nobody waits for, and on what is read for it.
 *
 * An answer that has begun, such as a stream, is only given up when its client goes.
 */
export function limitTime(maxMillis = maxAnswerMillis): MiddlewareHandler {
  return async function limitTime(c, next) {
    const isRead = ['GET', 'HEAD', 'OPTIONS'].includes(c.req.method);
    const client = c.req.raw.signal;
    const giveUp = new AbortController();
    const tooLate = new AbortController();
    const gone = () => giveUp.abort(new AppError('Cancelled', 'The client went away.'));
    if (client.aborted) gone();
    else client.addEventListener('abort', gone, { once: true });
    const timer = setTimeout(() => {
      const error = new AppError('Cancelled', `There was no answer within ${maxMillis} ms.`);
      giveUp.abort(error);
      tooLate.abort(error);
    }, maxMillis);
    try {
      // What is read for a write is finished as well, so that the audit says what came of it.
      await unlessAborted(tooLate.signal, isRead ? cancelledBy(giveUp.signal, next) : next());
    } finally {
      clearTimeout(timer);
    }
    // A write that was done says so in the audit, though nobody hears it.
    if (client.aborted && (isRead || c.error !== undefined))
      c.res = new Response(null, { status: clientGone });
  };
}
