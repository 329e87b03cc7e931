import { setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import { summaryOfRun } from '../domain/run-summaries.ts';
import { passes, records, summed } from './activity-proxies.ts';
import { recordedRun, runId } from './recorded-run.ts';
import { scheduledNow } from './scheduled-now.ts';
import type { Pruned, PruneHistoryInput } from './types.ts';

const everything = { kind: 'prune', source: null, fromMillis: null, toMillis: null } as const;

/** Forgets what ended before the retention; the state at its horizon stays. */
export async function pruneHistory(input: PruneHistoryInput = {}): Promise<Pruned> {
  return recordedRun(async () => {
    const { workflowId, startTime } = workflowInfo();
    const nowMillis = scheduledNow(input.nowMillis);
    const run = runId();
    await summed(records.openRun, 'record the start of the run', {
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
    const pruning = { run, nowMillis };
    const pruned = await summed(passes.pruneHistory, summaryOfRun(everything), pruning);
    const { beliefs, changes, evidence, windows, services } = pruned;
    setCurrentDetails(
      `Forgotten: ${beliefs} past beliefs, ${changes} changes, ${evidence} evidence, ${windows} windows, ${services} services.`,
    );
    return pruned;
  });
}
