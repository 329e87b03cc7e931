import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { timeout } from 'hono/timeout';
import { AppError } from '../../runtime/errors.ts';

const maxBodyKibibytes = 64;
/** Longer than the graph takes to give up by itself, so its own error is the usual one. */
const maxAnswerMillis = 45_000;

/** Refuses bodies no request of this API needs. */
export function limitBody(): MiddlewareHandler {
  return bodyLimit({
    maxSize: maxBodyKibibytes * 1024,
    onError: () => {
      throw new AppError('PayloadTooLarge', `The body is over ${maxBodyKibibytes} KiB.`);
    },
  });
}

/** Gives up on an answer that takes too long. */
export function limitTime(): MiddlewareHandler {
  return timeout(maxAnswerMillis);
}
