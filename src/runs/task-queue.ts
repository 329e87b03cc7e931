import { inTemporal, type Temporal } from './temporal.ts';

/** A poll lasts up to a minute, so a worker that lives was seen within a little more. */
const seenWithinMillis = 90_000;

/** TASK_QUEUE_TYPE_WORKFLOW, in gRPC's numbers. */
const workflowTasks = 1;

/** How many workers have lately asked the task queue for something to do. */
export function workersPolling(
  { client, taskQueue, latestFailure }: Temporal,
  nowMillis: number,
): Promise<number> {
  return inTemporal({ latestFailure }, () =>
    client.withDeadline(nowMillis + 5000, async () => {
      const { pollers } = await client.workflowService.describeTaskQueue({
        namespace: client.options.namespace,
        taskQueue: { name: taskQueue },
        taskQueueType: workflowTasks,
      });
      const lately = (pollers ?? []).filter(
        ({ lastAccessTime }) =>
          Number(lastAccessTime?.seconds ?? 0) * 1000 > nowMillis - seenWithinMillis,
      );
      return new Set(lately.map(({ identity }) => identity)).size;
    }),
  );
}
