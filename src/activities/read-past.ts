import { nextWindow, type Window } from '../domain/window.ts';
import { addTally, type WindowTally } from '../domain/window-tally.ts';
import { addShard, noTotals } from '../domain/window-totals.ts';
import type { WindowRecords } from '../graph/windows.ts';
import { AppError } from '../runtime/errors.ts';
import type { SourceReaders } from '../sources/readers.ts';
import type { ReadPastInput, ReadPastResult } from '../workflows/types.ts';
import { type CloseWindowDeps, createCloseWindow } from './close-window.ts';
import { withHeartbeats } from './heartbeats.ts';
import { createIngestShard, type IngestShardDeps } from './ingest-shard.ts';
import { createPlanWindow, type PlanWindowDeps } from './plan-window.ts';

export interface ReadPastDeps extends PlanWindowDeps, IngestShardDeps, CloseWindowDeps {
  readonly ranged: SourceReaders['ranged'];
  readonly windows: Pick<WindowRecords, 'write' | 'kindsOf' | 'close' | 'progress' | 'usualSeries'>;
}

/** Aliases are made by hand; so many while one window is read are none any more. */
const mostAttempts = 20;

/**
 * Reads windows of the past one after the other, asked for together, each recorded as if it had been
 * read alone.
 *
 * A retry goes on after the last window that was closed.
 */
export function createReadPast(deps: ReadPastDeps) {
  return async ({
    source: id,
    run,
    fromMillis,
    toMillis,
    nowMillis,
    ...asked
  }: ReadPastInput): Promise<ReadPastResult> => {
    const source = deps.sourceOf(id);
    let tally: WindowTally = {};
    await withHeartbeats(async (report, signal) => {
      const { frontierMillis } = await deps.windows.progress(id);
      const from = Math.max(fromMillis, frontierMillis ?? fromMillis);
      const windows = windowsOf(from, toMillis, source.intervalMillis);
      const { planWindow, readShard } = deps.ranged(source, windows);
      const plan = createPlanWindow({ ...deps, planWindow });
      const ingestShard = createIngestShard({ ...deps, readShard });
      const close = createCloseWindow(deps);
      for (const [index, window] of windows.entries()) {
        signal.throwIfAborted();
        report(`${index} of ${windows.length} windows of the past read`);
        const input = { ...asked, source: id, run, window, late: false };
        for (let attempt = 1; ; attempt += 1) {
          try {
            const planned = await plan(input);
            let totals = noTotals;
            for (let shard = 0; shard < planned.shards; shard += 1) {
              totals = addShard(totals, await ingestShard({ ...input, shard }));
            }
            const { outcome } = await close({
              ...input,
              planned,
              totals,
              ...(nowMillis === undefined ? {} : { nowMillis }),
            });
            tally = addTally(tally, { [outcome]: 1 });
            break;
          } catch (error) {
            if (!wereAliasesChanged(error) || attempt === mostAttempts) throw error;
          }
        }
      }
    });
    return { windows: tally };
  };
}

function windowsOf(fromMillis: number, toMillis: number, intervalMillis: number): Window[] {
  const windows: Window[] = [];
  for (let start = fromMillis; start < toMillis; ) {
    const window = nextWindow(start, intervalMillis);
    windows.push(window);
    start = window.endMillis;
  }
  return windows;
}

function wereAliasesChanged(error: unknown): boolean {
  return error instanceof AppError && error.code === 'AliasesChanged';
}
