import type { Logger } from 'pino';
import type { HistoryRecords } from '../graph/history.ts';
import type { Pruned } from '../workflows/types.ts';
import { withHeartbeats } from './heartbeats.ts';

export interface PruneHistoryDeps {
  readonly history: Pick<HistoryRecords, 'prune'>;
  readonly retentionMillis: number;
  readonly logger: Logger;
}

/** Forgets, in batches, what ended before the retention; an attempt that was cut off is finished by the next. */
export function createPruneHistory({ history, retentionMillis, logger }: PruneHistoryDeps) {
  return async ({ run, nowMillis }: { run: string; nowMillis: number }): Promise<Pruned> => {
    const horizonMillis = nowMillis - retentionMillis;
    const pruned = await withHeartbeats((report, signal) =>
      history.prune(horizonMillis, (what, done) => {
        signal.throwIfAborted();
        report(`${done} ${what} forgotten`);
      }),
    );
    const horizon = new Date(horizonMillis).toISOString();
    logger.info({ run, horizon, ...pruned }, 'history pruned');
    return pruned;
  };
}
