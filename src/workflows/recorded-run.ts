import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  ContinueAsNew,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow';
import { records } from './activity-proxies.ts';

/** The id of this run: the same through all its continue-as-new. */
export function runId(): string {
  return workflowInfo().firstExecutionRunId;
}

/** Does a run's work and records how it ended, whatever the way. */
export async function recordedRun(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    const cancelled = isCancellation(error);
    await CancellationScope.nonCancellable(() =>
      close(cancelled ? 'cancelled' : 'failed', cancelled ? null : sentenceOf(error)),
    );
    throw error;
  }
  await close('completed', null);
}

function close(state: 'completed' | 'failed' | 'cancelled', error: string | null) {
  return records.closeRun({ run: runId(), state, error, finishedAtMillis: Date.now() });
}

function sentenceOf(error: unknown): string {
  if (error instanceof ActivityFailure) return error.cause?.message ?? error.message;
  if (error instanceof ApplicationFailure) return error.message;
  return String(error);
}
