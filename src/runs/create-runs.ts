import { type EndState, isUnderWay, type RunRow } from '../graph/runs.ts';
import { AppError } from '../runtime/errors.ts';
import { endOf, latestExecution, openStates } from './executions.ts';
import type { Runs, StartedRun } from './runs.ts';
import { createStartRun, type StartProgress, type StartRunDeps } from './start-run.ts';
import { inTemporalPatiently, inTemporalSoon, type OnWait } from './temporal.ts';

export interface RunsDeps extends StartRunDeps {
  /** Of somebody who sees it waiting: a start then takes as long as Temporal answers, not eight seconds. */
  readonly onWait?: OnWait;
}

/** Starts runs in Temporal and shows them from the record, completed by what Temporal knows. */
export function createRuns(deps: RunsDeps): Runs {
  const { temporal, records, now, onWait } = deps;
  const startRun = createStartRun(deps);

  async function found(id: string): Promise<RunRow> {
    const run = await records.find(id);
    if (run === null) throw new AppError('RunNotFound', `There is no run ${id}.`);
    return run;
  }

  /** A run that ended without its own word (terminated, timed out, joined at its end) must not be running for ever. */
  async function completed(run: RunRow): Promise<RunRow> {
    if (!isUnderWay(run.state)) return run;
    const execution = await latestExecution(temporal, run.workflowId);
    const own = execution?.firstRunId === run.id ? execution : null;
    if (own !== null && openStates.includes(own.status)) return run;
    // Another with the same id may have begun since, and says nothing about this one.
    const end =
      own === null ? await endOf(temporal, run.workflowId, run.id) : (ends[own.status] ?? 'failed');
    const state = end === 'forgotten' ? 'failed' : end;
    await records.close(run.id, state, errorOf(end), own?.closedAtMillis ?? now());
    return found(run.id);
  }

  function waited<T>(call: () => Promise<T>): Promise<T> {
    return onWait === undefined
      ? inTemporalSoon(temporal, call)
      : inTemporalPatiently(temporal, call, onWait);
  }

  /** What the record says stands where Temporal cannot be asked. */
  async function withTemporal(run: RunRow): Promise<RunRow> {
    return inTemporalSoon(temporal, () => completed(run)).catch(() => run);
  }

  return {
    async start(request) {
      const progress: StartProgress = { sent: false, taken: null, givenUp: false };
      try {
        return await waited(() => startRun(request, progress));
      } catch (error) {
        progress.givenUp = true;
        return afterFailure(progress, error);
      }
    },

    async find(id) {
      const run = await found(id);
      return withTemporal(run);
    },

    async page(filter, before, limit) {
      const { runs, hasMore } = await records.page(filter, before, limit);
      const known = await Promise.all(runs.map(withTemporal));
      return { runs: known, hasMore };
    },
  };
}

/**
 * What is true of a start that failed or took too long.
 *
 * A run that Temporal has taken was started, whatever became of its record, which it writes itself.
 */
function afterFailure({ sent, taken }: StartProgress, error: unknown): StartedRun {
  if (taken !== null) return taken;
  if (!sent) throw error;
  throw new AppError(
    'RunNotConfirmed',
    'Temporal was asked to start the run and did not confirm it, so it may have begun: look in the list of runs before asking again.',
    { cause: error },
  );
}

/** What the end of a workflow means for its run; any other end is a failure. */
const ends: Readonly<Record<string, EndState>> = {
  COMPLETED: 'completed',
  CANCELLED: 'cancelled',
};

function errorOf(end: EndState | 'forgotten'): string | null {
  if (end === 'forgotten')
    return 'Temporal no longer knows the workflow, so how it ended is not known.';
  return end === 'failed' ? 'The workflow ended without finishing its work.' : null;
}
