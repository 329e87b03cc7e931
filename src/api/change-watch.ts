import type { ChangeQueries } from '../graph/change-queries.ts';
import { uncancelled } from '../runtime/cancellation.ts';

/** Tells all open streams of a process when the changelog grew, by one question for all of them. */
export interface ChangeWatch {
  /** Waits until there is a change after a number, so much time passed, or the watch was closed. */
  next(after: number, withinMillis: number, signal: AbortSignal): Promise<void>;
  /** Whether the process is on its way out; whoever waits is let go. */
  readonly isClosed: boolean;
  close(): void;
}

export interface ChangeWatchOptions {
  readonly changes: Pick<ChangeQueries, 'sequence'>;
  /** How often the graph is asked while anybody waits. */
  readonly everyMillis: number;
  readonly onError: (error: unknown) => void;
}

export function createChangeWatch(options: ChangeWatchOptions): ChangeWatch {
  const waiting = new Map<() => void, number>();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  async function look(): Promise<void> {
    timer = undefined;
    try {
      const sequence = await options.changes.sequence();
      for (const [wake, after] of waiting) if (sequence > after) wake();
    } catch (error) {
      // Whoever waits is told nothing new; the next look may succeed.
      options.onError(error);
    }
    schedule();
  }

  function schedule(): void {
    if (timer !== undefined || waiting.size === 0 || isClosed) return;
    // It looks for all of them, so the end of the request that began it must not end it.
    timer = uncancelled(() => setTimeout(() => void look(), options.everyMillis));
  }

  return {
    get isClosed() {
      return isClosed;
    },
    next(after, withinMillis, signal) {
      if (isClosed || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const wake = () => {
          clearTimeout(patience);
          signal.removeEventListener('abort', wake);
          waiting.delete(wake);
          resolve();
        };
        const patience = setTimeout(wake, withinMillis);
        signal.addEventListener('abort', wake, { once: true });
        waiting.set(wake, after);
        schedule();
      });
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
      for (const wake of waiting.keys()) wake();
    },
  };
}
