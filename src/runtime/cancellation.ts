import { AsyncLocalStorage } from 'node:async_hooks';

const current = new AsyncLocalStorage<AbortSignal | undefined>();

/** Does work that is given up once the signal is aborted: what is read for it ends then. */
export function cancelledBy<T>(signal: AbortSignal, work: () => T): T {
  return current.run(signal, work);
}

/** Does work for nobody in particular, such as a timer that many wait for. */
export function uncancelled<T>(work: () => T): T {
  return current.run(undefined, work);
}

/** What gives up the work that is being done, where anything does. */
export function cancellation(): AbortSignal | undefined {
  return current.getStore();
}

/** The outcome of work, or the reason of the signal as soon as it is aborted. */
export async function unlessAborted<T>(
  signal: AbortSignal | undefined,
  work: Promise<T>,
): Promise<T> {
  if (signal === undefined) return work;
  let stop = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
