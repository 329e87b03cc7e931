import { workflowInfo } from '@temporalio/workflow';

/**
 * The instant a pass is judged at, in epoch milliseconds: the one that was asked for, else the slot
 * of the schedule, however late the workflow runs, else when it was started.
 */
export function scheduledNow(askedMillis: number | undefined): number {
  if (askedMillis !== undefined) return askedMillis;
  const { searchAttributes, startTime } = workflowInfo();
  const slot: unknown = searchAttributes.TemporalScheduledStartTime?.[0];
  return slot instanceof Date ? slot.getTime() : startTime.getTime();
}
