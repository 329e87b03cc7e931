import { setTimeout as delay } from 'node:timers/promises';
import { ApplicationFailure, activityInfo, Context } from '@temporalio/activity';
import type { RunRecords } from '../graph/runs.ts';
import type { ErrorCode } from '../runtime/errors.ts';
import type { Logger } from '../runtime/logger.ts';

export interface FailingRunsDeps {
  readonly runs: Pick<RunRecords, 'failing' | 'recovered'>;
  readonly logger: Logger;
}

/** Keeps the record of what a run is failing of while Temporal tries it again. */
export interface FailingRuns {
  /** An attempt of the present activity failed; nothing is kept of what is not tried again. */
  failed(run: string, failure: Error): Promise<void>;
  /** An attempt went well; the first one has nothing to take back. */
  wentWell(run: string): Promise<void>;
}

/** Shorter than a heartbeat timeout: an attempt that failed must not end as one that was lost. */
const patienceMillis = 5000;

/** What the graph cannot be told, because it is about the graph. */
const ofTheGraph: readonly (ErrorCode | string | null | undefined)[] = [
  'GraphUnavailable',
  'SchemaMissing',
];

/** The record is a courtesy to whoever looks: that it cannot be written fails no activity. */
export function createFailingRuns({ runs, logger }: FailingRunsDeps): FailingRuns {
  async function soon(run: string, write: Promise<void>): Promise<void> {
    const timer = new AbortController();
    const late = delay(patienceMillis, 'late' as const, { signal: timer.signal });
    late.catch(() => {});
    const written = write.catch((err: unknown) => {
      logger.warn({ run, err }, 'that a run is failing could not be recorded');
    });
    await Promise.race([written, late]);
    timer.abort();
  }

  return {
    async failed(run, failure) {
      const isTriedAgain = failure instanceof ApplicationFailure && !failure.nonRetryable;
      if (!isTriedAgain || ofTheGraph.includes(failure.type)) return;
      if (Context.current().cancellationSignal.aborted) return;
      const error = failure.message.slice(0, 1000);
      await soon(run, runs.failing(run, stepOf(), error, Date.now()));
    },
    async wentWell(run) {
      if (activityInfo().attempt > 1) await soon(run, runs.recovered(run, stepOf()));
    },
  };
}

/** The activity with its input; its number alone is used again by the next execution of a run. */
function stepOf(): string {
  const { activityId, activityType, workflowExecution } = activityInfo();
  return `${activityType} ${activityId} of ${workflowExecution?.runId ?? ''}`;
}
