import { ActivityFailure, ApplicationFailure, CancellationScope } from '@temporalio/workflow';
import { summaryOfWindow } from '../domain/run-summaries.ts';
import type { WindowTally } from '../domain/window-tally.ts';
import { addShard, noTotals, type WindowTotals } from '../domain/window-totals.ts';
import { summed, windowActivities } from './activity-proxies.ts';
import type { SourceSettings, WindowInput } from './types.ts';

type ReadingSettings = Pick<SourceSettings, 'intervalMillis' | 'shardConcurrency'>;

/**
 * Reads one window: plans it, reads its shards, some at a time, and closes it.
 *
 * Where an alias is made meanwhile all of it is done again: what was cut apart may be one now.
 *
 * @returns how it ended.
 */
export async function readWindow(
  input: WindowInput,
  settings: ReadingSettings,
): Promise<WindowTally> {
  const { planWindow, closeWindow } = windowActivities(settings.intervalMillis);
  const summary = (step: string) => summaryOfWindow(input.source, input.window, step);
  for (let attempt = 1; ; attempt += 1) {
    const planned = await summed(planWindow, summary('look what it holds'), input);
    try {
      const totals = await readShards(input, planned.shards, settings);
      const closing = { ...input, planned, totals, nowMillis: Date.now() };
      const { outcome } = await summed(closeWindow, summary('judge and record it'), closing);
      return { [outcome]: 1 };
    } catch (error) {
      if (!wereAliasesChanged(error) || attempt === mostAttempts) throw error;
    }
  }
}

/** Aliases are made by hand; so many while one window is read are none any more. */
const mostAttempts = 20;

function wereAliasesChanged(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure && cause.type === 'AliasesChanged';
}

/** When one shard fails the others are called off, and waited for: nothing writes afterwards. */
function readShards(
  input: WindowInput,
  shards: number,
  settings: ReadingSettings,
): Promise<WindowTotals> {
  const { ingestShard } = windowActivities(settings.intervalMillis);
  return CancellationScope.cancellable(async () => {
    let totals = noTotals;
    let next = 0;
    const lane = async () => {
      while (next < shards) {
        const shard = next;
        next += 1;
        const part = `read shard ${shard + 1} of ${shards}`;
        const summary = summaryOfWindow(input.source, input.window, part);
        const accounting = await summed(ingestShard, summary, { ...input, shard });
        totals = addShard(totals, accounting);
      }
    };
    const lanes = Array.from({ length: Math.min(shards, settings.shardConcurrency) }, lane);
    try {
      await Promise.all(lanes);
    } catch (error) {
      next = shards;
      CancellationScope.current().cancel();
      await Promise.allSettled(lanes);
      throw error;
    }
    return totals;
  });
}
