import type { RunRecords } from '../graph/runs.ts';
import type { WindowRecords } from '../graph/windows.ts';
import type { Activities } from '../workflows/types.ts';
import { type CloseWindowDeps, createCloseWindow } from './close-window.ts';
import { toApplicationFailure } from './failures.ts';
import { createIngestShard, type IngestShardDeps } from './ingest-shard.ts';
import { createPlanWindow, type PlanWindowDeps } from './plan-window.ts';

export interface ActivitiesDeps extends PlanWindowDeps, IngestShardDeps, CloseWindowDeps {
  readonly windows: WindowRecords;
  readonly runs: RunRecords;
  readonly maxCatchupMillis: number;
  readonly windowsPerExecution?: number;
  readonly shardConcurrency: number;
}

/** The activities of a worker, closed over what they need; each maps its errors for Temporal. */
export function createActivities(deps: ActivitiesDeps): Activities {
  return {
    readSource: mapped(async (id) => {
      const { intervalMillis, settleMillis } = deps.sourceOf(id);
      const frontierMillis = await deps.windows.frontier(id);
      const { maxCatchupMillis, windowsPerExecution = 200, shardConcurrency } = deps;
      return {
        intervalMillis,
        settleMillis,
        maxCatchupMillis,
        windowsPerExecution,
        shardConcurrency,
        frontierMillis,
      };
    }),
    openRun: mapped(async ({ beginMillis, ...opening }) => {
      if (beginMillis !== null) await deps.windows.begin(opening.source, beginMillis);
      await deps.runs.open(opening);
    }),
    planWindow: mapped(createPlanWindow(deps)),
    ingestShard: mapped(createIngestShard(deps)),
    closeWindow: mapped(createCloseWindow(deps)),
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
