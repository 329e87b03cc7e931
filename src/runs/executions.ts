import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import type { Temporal } from './temporal.ts';

export interface Execution {
  readonly firstRunId: string;
  readonly status: string;
  readonly startedAtMillis: number;
  readonly closedAtMillis: number | null;
  /** Under which the request that started it is remembered; `null` where it is not. */
  readonly requestKey: string | null;
}

/** States in which a workflow may still do something. */
export const openStates: readonly string[] = ['RUNNING', 'PAUSED', 'CONTINUED_AS_NEW'];

/** What Temporal says of the latest execution under a workflow id; `null` when it knows none. */
export async function latestExecution(
  { client }: Temporal,
  workflowId: string,
): Promise<Execution | null> {
  try {
    const { status, raw, startTime, closeTime, memo } = await client.workflow
      .getHandle(workflowId)
      .describe();
    const key = memo?.requestKey;
    return {
      firstRunId: raw.workflowExecutionInfo?.firstRunId ?? '',
      status: status.name,
      startedAtMillis: startTime.getTime(),
      closedAtMillis: closeTime?.getTime() ?? null,
      requestKey: typeof key === 'string' ? key : null,
    };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/** How a run ended, all its continuations included; `forgotten` where Temporal no longer knows it. */
export async function endOf(
  { client }: Temporal,
  workflowId: string,
  runId: string,
): Promise<'completed' | 'cancelled' | 'failed' | 'forgotten'> {
  try {
    await client.workflow.result(workflowId, runId, { followRuns: true });
    return 'completed';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'forgotten';
    if (!(error instanceof WorkflowFailedError)) throw error;
    return error.cause instanceof CancelledFailure ? 'cancelled' : 'failed';
  }
}
