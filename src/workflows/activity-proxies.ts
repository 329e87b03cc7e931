import {
  ActivityCancellationType,
  type ActivityFunctionWithOptions,
  proxyActivities,
} from '@temporalio/workflow';
import type { Activities } from './types.ts';

const minute = 60_000;

/** Calls an activity with a line that says, in Temporal's UI, what this call is about. */
export function summed<Input, Output>(
  activity: ActivityFunctionWithOptions<(input: Input) => Promise<Output>>,
  summary: string,
  input: Input,
): Promise<Awaited<Output>> {
  return activity.executeWithOptions({ summary }, [input]);
}

/** Passes over all there is; an attempt goes on where the one before was cut off. */
export const passes = proxyActivities<Pick<Activities, 'markStale' | 'pruneHistory'>>({
  scheduleToCloseTimeout: '6h',
  heartbeatTimeout: '1m',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '5s', backoffCoefficient: 2, maximumInterval: '5m' },
});

/** Reading many windows of the past; an attempt goes on after the last window that was closed. */
export const past = proxyActivities<Pick<Activities, 'readPast'>>({
  scheduleToCloseTimeout: '6h',
  heartbeatTimeout: '30s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '30s', backoffCoefficient: 2, maximumInterval: '5m' },
});

/** Failed attempts are repeated without a limit of attempts, so that crashes do not use it up. */
const retry = { initialInterval: '30s', backoffCoefficient: 2, maximumInterval: '5m' } as const;

/** Steps that only touch the record. */
export const records = proxyActivities<
  Pick<Activities, 'readSource' | 'openRun' | 'closeRun' | 'listSources' | 'nextReread'>
>({
  startToCloseTimeout: '1m',
  scheduleToCloseTimeout: '1h',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
});

/** Each step of reading a window, given up after one interval, or ten minutes where that is longer. */
export function windowActivities(intervalMillis: number) {
  return proxyActivities<Pick<Activities, 'planWindow' | 'ingestShard' | 'closeWindow'>>({
    scheduleToCloseTimeout: Math.max(intervalMillis, 10 * minute),
    heartbeatTimeout: '30s',
    // A cancelled run has ended only when nothing writes for it any more.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry,
  });
}
