import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  ContinueAsNew,
  isCancellation,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import { records, summed } from './activity-proxies.ts';

/** The id of this run: the same through all its continue-as-new. */
export function runId(): string {
  return workflowInfo().firstExecutionRunId;
}

/** Does a run's work and records how it ended, whatever the way. */
export async function recordedRun<Result>(work: () => Promise<Result>): Promise<Result> {
  let result: Result;
  try {
    result = await work();
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    const cancelled = isCancellation(error);
    const sentence = sentenceOf(error);
    setCurrentDetails(cancelled ? 'Cancelled.' : `Failed: ${sentence}`);
    await CancellationScope.nonCancellable(() =>
      close(cancelled ? 'cancelled' : 'failed', cancelled ? null : sentence),
    );
    throw error;
  }
  await close('completed', null);
  return result;
}

function close(state: 'completed' | 'failed' | 'cancelled', error: string | null) {
  const closing = { run: runId(), state, error, finishedAtMillis: Date.now() };
  return summed(records.closeRun, `record the run as ${state}`, closing);
}

function sentenceOf(error: unknown): string {
  if (error instanceof ActivityFailure) return error.cause?.message ?? error.message;
  if (error instanceof ApplicationFailure) return error.message;
  return String(error);
}
