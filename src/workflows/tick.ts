import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import { detailsOfRun, summaryOfRun } from '../domain/run-summaries.ts';
import { ingest } from './ingest.ts';

/**
 * Wakes a source's actor; all that its schedule does.
 *
 * The actor outlives the tick, and one that is awake already is as good: which windows are read is
 * decided by the frontier, so a tick that is skipped, doubled or late loses nothing.
 */
export async function tick(source: string): Promise<'started' | 'joined'> {
  const walk = { kind: 'ingest', source, fromMillis: null, toMillis: null } as const;
  try {
    await startChild(ingest, {
      workflowId: `ingest/${source}`,
      args: [{ source }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: summaryOfRun(walk),
      staticDetails: detailsOfRun(walk),
    });
    return 'started';
  } catch (error) {
    // By name: the class is in a package that workflows do not import.
    if (error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError') {
      return 'joined';
    }
    throw error;
  }
}
