import { Context } from '@temporalio/activity';

/** Often enough for a heartbeat timeout of 30 s; the SDK throttles what is more than needed. */
const everyMillis = 5000;

/**
 * Heartbeats while `work` runs, so that a worker that died is noticed; `report` says how far it is.
 *
 * Cancellation arrives with heartbeats: `signal` aborts what `work` is waiting for.
 */
export async function withHeartbeats<T>(
  work: (report: (progress: string) => void, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const context = Context.current();
  let progress = 'started';
  const timer = setInterval(() => context.heartbeat(progress), everyMillis);
  try {
    return await work((next) => {
      progress = next;
      context.heartbeat(progress);
    }, context.cancellationSignal);
  } finally {
    clearInterval(timer);
  }
}
