import { setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import { passes, records } from './activity-proxies.ts';
import { recordedRun, runId } from './recorded-run.ts';
import { scheduledNow } from './scheduled-now.ts';
import type { PruneHistoryInput } from './types.ts';

/** Forgets what ended before the retention; the state at its horizon stays. */
export async function pruneHistory(input: PruneHistoryInput = {}): Promise<void> {
  await recordedRun(async () => {
    const { workflowId, startTime } = workflowInfo();
    const nowMillis = scheduledNow(input.nowMillis);
    const run = runId();
    await records.openRun({
      run,
      workflowId,
      kind: 'prune',
      source: null,
      startedAtMillis: startTime.getTime(),
      fromMillis: null,
      toMillis: nowMillis,
      beginMillis: null,
      backfillUntilMillis: null,
      ...(input.requestKey === undefined ? {} : { requestKey: input.requestKey }),
    });
    const { beliefs, changes, evidence, windows, services } = await passes.pruneHistory({
      run,
      nowMillis,
    });
    setCurrentDetails(
      `Forgotten: ${beliefs} past beliefs, ${changes} changes, ${evidence} evidence, ${windows} windows, ${services} services.`,
    );
  });
}
