import { CancellationScope } from '@temporalio/workflow';
import { addShard, noTotals, type WindowTotals } from '../domain/window-totals.ts';
import { windowActivities } from './activity-proxies.ts';
import type { SourceSettings, WindowInput } from './types.ts';

type ReadingSettings = Pick<SourceSettings, 'intervalMillis' | 'shardConcurrency'>;

/** Reads one window: plans it, reads its shards, some at a time, and closes it. */
export async function readWindow(input: WindowInput, settings: ReadingSettings): Promise<void> {
  const { planWindow, closeWindow } = windowActivities(settings.intervalMillis);
  const planned = await planWindow(input);
  const totals = await readShards(input, planned.shards, settings);
  await closeWindow({ ...input, planned, totals });
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
