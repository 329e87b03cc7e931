import {
  ScheduleNotFoundError,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import { detailsOfRun, summaryOfRun, summaryOfTick } from '../domain/run-summaries.ts';
import type { Source } from '../sources/source.ts';
import { inTemporal, type Temporal } from './temporal.ts';

/** What reconciling did to one schedule. */
export interface ScheduleChange {
  readonly scheduleId: string;
  readonly change: 'created' | 'updated' | 'unchanged' | 'removed';
}

/** When what keeps the graph in order is done. */
export interface Upkeep {
  /** Of stale passes, as cron in UTC. */
  readonly staleSchedule: string;
}

/**
 * Makes the schedules those of the configuration: one per source, which only wakes its actor, one of
 * stale passes and one of pruning.
 *
 * Safe to repeat. What an operator did to a schedule (a pause, a note) stays. A schedule of ours
 * whose source is no longer configured is removed; the source's data stay.
 */
export function reconcileSchedules(
  temporal: Temporal,
  sources: readonly Source[],
  upkeep: Upkeep,
): Promise<ScheduleChange[]> {
  return inTemporal(temporal, async () => {
    const changes: ScheduleChange[] = [];
    const schedules = [
      ...sources.map((source) => scheduleOf(temporal, source)),
      staleScheduleOf(temporal, upkeep),
      pruneScheduleOf(temporal),
    ];
    for (const options of schedules) changes.push(await reconcile(temporal, options));
    const wanted = new Set(sources.map(scheduleId));
    for await (const { scheduleId: id, memo } of temporal.client.schedule.list()) {
      const ours = memo?.taskQueue === temporal.taskQueue && id.startsWith('ingest/');
      if (!ours || wanted.has(id)) continue;
      await temporal.client.schedule.getHandle(id).delete();
      changes.push({ scheduleId: id, change: 'removed' });
    }
    return changes;
  });
}

/** Removes the schedule of a source, if there is one. */
export function removeSchedule(temporal: Temporal, source: string): Promise<void> {
  return inTemporal(temporal, async () => {
    const handle = temporal.client.schedule.getHandle(scheduleId({ id: source }));
    await handle.delete().catch(unlessMissing);
  });
}

/** Does something while the schedule of a source, if there is one, starts nothing. */
export async function whilePaused<T>(
  temporal: Temporal,
  source: string,
  work: () => Promise<T>,
): Promise<T> {
  const handle = temporal.client.schedule.getHandle(scheduleId({ id: source }));
  const before = await inTemporal(temporal, () => handle.describe().catch(unlessMissing));
  const ours = before !== undefined && !before.state.paused;
  if (ours) await inTemporal(temporal, () => handle.pause('topolog sources'));
  try {
    return await work();
  } finally {
    if (ours) await inTemporal(temporal, () => handle.unpause());
  }
}

function unlessMissing(error: unknown): undefined {
  if (!(error instanceof ScheduleNotFoundError)) throw error;
}

function scheduleId({ id }: Pick<Source, 'id'>): string {
  return `ingest/${id}`;
}

async function reconcile(temporal: Temporal, options: Scheduled): Promise<ScheduleChange> {
  const { schedule } = temporal.client;
  const { scheduleId: id } = options;
  const handle = schedule.getHandle(id);
  try {
    const { action } = await handle.describe();
    // Temporal gives specifications back compiled, so a digest of what was asked for is compared.
    if (action.memo?.digest === options.action.memo?.digest) {
      return { scheduleId: id, change: 'unchanged' };
    }
    await handle.update((previous) => ({ ...options, state: previous.state }));
    return { scheduleId: id, change: 'updated' };
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
  await schedule.create(options);
  return { scheduleId: id, change: 'created' };
}

/** Of the schedules that are made here; a new one has all of them made anew. */
const form = 2;

type Scheduled = ScheduleOptions & { readonly action: { readonly type: 'startWorkflow' } };

function staleScheduleOf(temporal: Temporal, { staleSchedule }: Upkeep): Scheduled {
  return upkeepSchedule(temporal, {
    id: 'mark-stale',
    workflowType: 'markStale',
    kind: 'markStale',
    cron: staleSchedule,
  });
}

/** Weekly, when nobody is there. */
function pruneScheduleOf(temporal: Temporal): Scheduled {
  return upkeepSchedule(temporal, {
    id: 'prune-history',
    workflowType: 'pruneHistory',
    kind: 'prune',
    cron: '30 3 * * 0',
  });
}

interface UpkeepSchedule {
  readonly id: string;
  readonly workflowType: string;
  readonly kind: 'markStale' | 'prune';
  readonly cron: string;
}

/** A slot that was missed for less than a day is made up for; the workflow is told which it was. */
function upkeepSchedule(
  { taskQueue }: Temporal,
  { id, workflowType, kind, cron }: UpkeepSchedule,
): Scheduled {
  const run = { kind, source: null, fromMillis: null, toMillis: null };
  return {
    scheduleId: id,
    spec: { cronExpressions: [cron] },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 day' },
    memo: { taskQueue },
    action: {
      type: 'startWorkflow',
      workflowType,
      workflowId: id,
      taskQueue,
      args: [{}],
      staticSummary: summaryOfRun(run),
      staticDetails: detailsOfRun(run),
      memo: { digest: JSON.stringify([form, cron, taskQueue]) },
    },
  };
}

function scheduleOf(temporal: Temporal, source: Source): Scheduled {
  const { intervalMillis, settleMillis } = source;
  const digest = JSON.stringify([form, intervalMillis, settleMillis, temporal.taskQueue]);
  return {
    scheduleId: scheduleId(source),
    // A window is read as soon as it has settled.
    spec: { intervals: [{ every: intervalMillis, offset: settleMillis % intervalMillis }] },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1m' },
    memo: { taskQueue: temporal.taskQueue },
    action: {
      type: 'startWorkflow',
      workflowType: 'tick',
      workflowId: `tick/${source.id}`,
      taskQueue: temporal.taskQueue,
      args: [source.id],
      staticSummary: summaryOfTick(source.id),
      memo: { digest },
      workflowExecutionTimeout: '10m',
    },
  };
}
