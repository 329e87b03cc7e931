import type { Context, MiddlewareHandler } from 'hono';
import { AppError } from '../../runtime/errors.ts';
import type { ApiEnv, InFlightLimits } from '../deps.ts';
import { whoOf } from './limit-rate.ts';

/** Answers that are made as a whole of up to all of the graph, and held in memory meanwhile. */
const ofWholeGraph = new Set([
  '/api/v1/graph',
  '/api/v1/diff',
  '/api/dependencies',
  '/api/services',
  '/api/v2/dependencies',
  '/api/graph/data',
]);
/** Most of these at the same time. */
const maxOfWholeGraph = 8;

/**
 * Limits how many requests are answered at the same time.
 *
 * A process counts a request until its answer begins, so whoever reads slowly holds up nobody else;
 * a caller counts until its answer is sent, so one who reads slowly has but so many of them.
 */
export function limitInFlight(
  { perProcess, perCaller }: InFlightLimits,
  unlimited: readonly string[],
): MiddlewareHandler<ApiEnv> {
  let working = 0;
  let workingOnAll = 0;
  const callers = new Map<string, number>();

  function release(who: string): void {
    const left = (callers.get(who) ?? 0) - 1;
    if (left > 0) callers.set(who, left);
    else callers.delete(who);
  }

  return async function limitInFlight(c, next) {
    if (unlimited.includes(c.req.path)) return next();
    if (working >= perProcess) {
      throw new AppError('Overloaded', `${perProcess} requests are being answered.`);
    }
    const who = whoOf(c, c.get('caller').keyId);
    const own = callers.get(who) ?? 0;
    if (own >= perCaller) {
      const message = `${perCaller} of your requests are being answered: wait for one of them.`;
      throw new AppError('TooManyRequests', message);
    }
    // All other formats of the graph are streamed.
    const isStreamed = (c.req.query('format') ?? 'json') !== 'json';
    // Who is refused is told so by the route, and takes no such place from others.
    const isRefused = c.get('refusal') !== undefined;
    const isOfAll = ofWholeGraph.has(c.req.path) && !isStreamed && !isRefused;
    if (isOfAll && workingOnAll >= maxOfWholeGraph) {
      throw new AppError('Overloaded', `${maxOfWholeGraph} answers of the whole graph are made.`);
    }
    working += 1;
    if (isOfAll) workingOnAll += 1;
    callers.set(who, own + 1);
    const sent = onSent(c, () => release(who));
    try {
      await next();
    } finally {
      working -= 1;
      if (isOfAll) workingOnAll -= 1;
      if (!sent) release(who);
    }
  };
}

/**
 * Runs when the answer was sent, or its connection is gone.
 *
 * @returns `false` where that will never be: there is no server, or the connection is gone already.
 */
function onSent(c: Context<ApiEnv>, done: () => void): boolean {
  const outgoing = c.env?.outgoing;
  if (outgoing === undefined || outgoing.closed) return false;
  outgoing.once('close', done);
  return true;
}
