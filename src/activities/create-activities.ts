import type { RunRecords } from '../graph/runs.ts';
import type { Activities } from '../workflows/types.ts';
import { toApplicationFailure } from './failures.ts';
import { createIngestWindow, type IngestWindowDeps } from './ingest-window.ts';

export interface ActivitiesDeps extends IngestWindowDeps {
  readonly runs: RunRecords;
  readonly maxCatchupMillis: number;
  readonly windowsPerExecution?: number;
}

/** The activities of a worker, closed over what they need; each maps its errors for Temporal. */
export function createActivities(deps: ActivitiesDeps): Activities {
  const ingestWindow = createIngestWindow(deps);
  return {
    readSource: mapped(async (id) => {
      const { intervalMillis, settleMillis } = deps.sourceOf(id);
      const frontierMillis = await deps.windows.frontier(id);
      const { maxCatchupMillis, windowsPerExecution = 200 } = deps;
      return {
        intervalMillis,
        settleMillis,
        maxCatchupMillis,
        windowsPerExecution,
        frontierMillis,
      };
    }),
    openRun: mapped(async ({ beginMillis, ...opening }) => {
      if (beginMillis !== null) await deps.windows.begin(opening.source, beginMillis);
      await deps.runs.open(opening);
    }),
    ingestWindow: mapped(ingestWindow),
    closeRun: mapped(({ run, state, error, finishedAtMillis }) =>
      deps.runs.close(run, state, error, finishedAtMillis),
    ),
  };
}

function mapped<Input, Output>(work: (input: Input) => Promise<Output>) {
  return async (input: Input): Promise<Output> => {
    try {
      return await work(input);
    } catch (error) {
      throw toApplicationFailure(error);
    }
  };
}
