import { settleOf } from '../domain/settle.ts';
import type { Rereads } from '../graph/rereads.ts';
import type { RunRecords } from '../graph/runs.ts';
import type { WindowRecords } from '../graph/windows.ts';
import { withLogContext } from '../runtime/log-context.ts';
import type { Activities } from '../workflows/types.ts';
import { contextOf } from './activity-context.ts';
import { type CloseRunDeps, createCloseRun } from './close-run.ts';
import { type CloseWindowDeps, createCloseWindow } from './close-window.ts';
import { createFailingRuns, type FailingRuns } from './failing-runs.ts';
import { toApplicationFailure } from './failures.ts';
import { createIngestShard, type IngestShardDeps } from './ingest-shard.ts';
import { createMarkStale, type MarkStaleDeps } from './mark-stale.ts';
import { createPlanWindow, type PlanWindowDeps } from './plan-window.ts';
import { createPruneHistory, type PruneHistoryDeps } from './prune-history.ts';
import { createReadPast, type ReadPastDeps } from './read-past.ts';

export interface ActivitiesDeps
  extends PlanWindowDeps,
    IngestShardDeps,
    CloseWindowDeps,
    CloseRunDeps,
    ReadPastDeps,
    MarkStaleDeps,
    PruneHistoryDeps {
  readonly windows: WindowRecords;
  readonly runs: RunRecords;
  readonly rereads: Rereads;
  readonly maxCatchupMillis: number;
  readonly windowsPerExecution?: number;
  readonly shardConcurrency: number;
  readonly backfillMillis: number;
}

/** The activities of a worker, closed over what they need; each maps its errors for Temporal. */
export function createActivities(deps: ActivitiesDeps): Activities {
  const mapped = mappedWith(createFailingRuns(deps));
  return {
    readSource: mapped(async (id) => {
      const { intervalMillis, settleMillis: configuredMillis } = deps.sourceOf(id);
      const { learntSettleMillis, ...progress } = await deps.windows.progress(id);
      const { maxCatchupMillis, windowsPerExecution = 200, shardConcurrency } = deps;
      return {
        intervalMillis,
        settleMillis: settleOf(learntSettleMillis, { configuredMillis, intervalMillis }),
        configuredSettleMillis: configuredMillis,
        readsAgain: deps.rereadWithinMillis > 0,
        maxCatchupMillis,
        windowsPerExecution,
        shardConcurrency,
        backfillMillis: deps.backfillMillis,
        ...progress,
      };
    }),
    openRun: mapped(async ({ beginMillis, backfillUntilMillis, ...opening }) => {
      if (beginMillis !== null && opening.source !== null) {
        await deps.windows.begin(opening.source, beginMillis, backfillUntilMillis);
      }
      await deps.runs.open(opening);
      const { run, kind, source } = opening;
      return { run, kind, source };
    }),
    planWindow: mapped(createPlanWindow(deps)),
    ingestShard: mapped(createIngestShard(deps)),
    closeWindow: mapped(createCloseWindow(deps)),
    nextReread: mapped(({ source, nowMillis }) =>
      deps.rereads.next(source, { nowMillis, withinMillis: deps.rereadWithinMillis }),
    ),
    closeRun: mapped(createCloseRun(deps)),
    readPast: mapped(createReadPast(deps)),
    listSources: () => mapped((_: undefined) => deps.stalePasses.sources())(undefined),
    markStale: mapped(createMarkStale(deps)),
    pruneHistory: mapped(createPruneHistory(deps)),
  };
}

/** An activity: its log says what it is part of, and its errors are such as Temporal understands. */
function mappedWith(failingRuns: FailingRuns) {
  return <Input, Output>(work: (input: Input) => Promise<Output>) =>
    (input: Input): Promise<Output> => {
      const context = contextOf(input);
      return withLogContext(context, async () => {
        const { run } = context;
        try {
          const output = await work(input);
          if (run !== undefined) await failingRuns.wentWell(run);
          return output;
        } catch (error) {
          const failure = toApplicationFailure(error);
          if (run !== undefined) await failingRuns.failed(run, failure);
          throw failure;
        }
      });
    };
}
