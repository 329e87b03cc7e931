import { WorkflowNotFoundError } from '@temporalio/client';
import type { Temporal } from './temporal.ts';

export interface Execution {
  readonly firstRunId: string;
  readonly status: string;
  readonly closedAtMillis: number | null;
}

/** States in which a workflow may still do something. */
export const openStates: readonly string[] = ['RUNNING', 'PAUSED', 'CONTINUED_AS_NEW'];

/** What Temporal says of the latest execution under a workflow id; `null` when it knows none. */
export async function latestExecution(
  { client }: Temporal,
  workflowId: string,
): Promise<Execution | null> {
  try {
    const { status, raw, closeTime } = await client.workflow.getHandle(workflowId).describe();
    const firstRunId = raw.workflowExecutionInfo?.firstRunId ?? '';
    return { firstRunId, status: status.name, closedAtMillis: closeTime?.getTime() ?? null };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}
