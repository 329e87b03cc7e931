import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { RunRecords, RunRow } from '../graph/runs.ts';
import { AppError } from '../runtime/errors.ts';
import type { MarkStaleInput } from '../workflows/types.ts';
import { inTemporalPatiently, type OnWait, type Temporal } from './temporal.ts';

/**
 * Starts a stale pass over all sources.
 *
 * @throws AppError `InvalidRange` for an instant that has not come yet, `InvalidRequest` while one that was asked for is under way, `TemporalUnavailable`.
 */
export async function startStalePass(
  temporal: Temporal,
  records: RunRecords,
  input: MarkStaleInput & { readonly nowMillis: number },
  onWait?: OnWait,
): Promise<{ run: RunRow; joined: boolean }> {
  const present = Date.now();
  // What is marked holds from then, and nothing may change a belief before it begins.
  if (input.nowMillis > present) {
    const now = new Date(present).toISOString();
    throw new AppError('InvalidRange', `The instant has not come yet; it is ${now} now.`);
  }
  return inTemporalPatiently(
    temporal,
    async () => {
      const workflowId = 'mark-stale/asked';
      try {
        const handle = await temporal.client.workflow.start('markStale', {
          workflowId,
          taskQueue: temporal.taskQueue,
          args: [input],
          workflowIdConflictPolicy: 'FAIL',
        });
        const run = handle.firstExecutionRunId;
        await records.open({
          run,
          workflowId,
          kind: 'markStale',
          source: null,
          startedAtMillis: Date.now(),
          fromMillis: null,
          toMillis: input.nowMillis,
        });
        const found = await records.find(run);
        if (found === null) throw new AppError('RunNotFound', `There is no run ${run}.`);
        return { run: found, joined: false };
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        throw new AppError('InvalidRequest', 'A stale pass that was asked for is still under way.');
      }
    },
    onWait,
  );
}
