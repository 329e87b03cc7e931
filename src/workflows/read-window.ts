import { ActivityFailure, ApplicationFailure, CancellationScope } from '@temporalio/workflow';
import { addShard, noTotals, type WindowTotals } from '../domain/window-totals.ts';
import { windowActivities } from './activity-proxies.ts';
import type { SourceSettings, WindowInput } from './types.ts';

type ReadingSettings = Pick<SourceSettings, 'intervalMillis' | 'shardConcurrency'>;

/**
 * Reads one window: plans it, reads its shards, some at a time, and closes it.
 *
 * Where an alias is made meanwhile all of it is done again: what was cut apart may be one now.
 */
export async function readWindow(input: WindowInput, settings: ReadingSettings): Promise<void> {
  const { planWindow, closeWindow } = windowActivities(settings.intervalMillis);
  for (let attempt = 1; ; attempt += 1) {
    const planned = await planWindow(input);
    try {
      const totals = await readShards(input, planned.shards, settings);
      await closeWindow({ ...input, planned, totals, nowMillis: Date.now() });
      return;
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
        const accounting = await ingestShard({ ...input, shard });
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
