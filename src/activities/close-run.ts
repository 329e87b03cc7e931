import { activityInfo } from '@temporalio/activity';
import type { RunKind, RunRecords } from '../graph/runs.ts';
import type { Logger } from '../runtime/logger.ts';
import type { RunMetrics } from '../runtime/run-metrics.ts';
import type { ClosedRun, CloseRunInput } from '../workflows/types.ts';

export interface CloseRunDeps {
  readonly runs: RunRecords;
  readonly runMetrics: RunMetrics;
  readonly logger: Logger;
}

/** Records how a run ended, and counts it; an actor that woke and found nothing to read is no run. */
export function createCloseRun({ runs, runMetrics, logger }: CloseRunDeps) {
  return async ({ run, state, error, finishedAtMillis }: CloseRunInput): Promise<ClosedRun> => {
    await runs.close(run, state, error, finishedAtMillis);
    const record = await runs.find(run);
    if (record === null && state === 'completed') return { run, result: 'none' };
    const incomplete =
      record === null ? 0 : record.windowsPartial + record.windowsSuspicious + record.windowsFailed;
    const result = state === 'completed' && incomplete > 0 ? 'partial' : state;
    const kind = kindOf(activityInfo().workflowType);
    runMetrics.finished(kind, result);
    logger[state === 'failed' ? 'error' : 'info']({ run, kind, result, error }, 'run finished');
    return { run, result };
  };
}

/** The kind of run that a workflow is. */
function kindOf(workflowType: string | undefined): RunKind {
  if (workflowType === 'reingest' || workflowType === 'markStale') return workflowType;
  return workflowType === 'pruneHistory' ? 'prune' : 'ingest';
}
