import { continueAsNew, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import { nextWindow } from '../domain/window.ts';
import { records, windowActivities } from './activity-proxies.ts';
import { recordedRun, runId } from './recorded-run.ts';
import type { ReingestInput } from './types.ts';

/** Reads the windows of a range again, late: they mend holes and never move the frontier. */
export async function reingest(input: ReingestInput): Promise<void> {
  await recordedRun(() => readAgain(input));
}

async function readAgain(input: ReingestInput): Promise<void> {
  const { source, fromMillis, toMillis } = input;
  const { intervalMillis, windowsPerExecution } = await records.readSource(source);
  const { ingestWindow } = windowActivities(intervalMillis);
  const { workflowId, startTime } = workflowInfo();
  await records.openRun({
    run: runId(),
    workflowId,
    kind: 'reingest',
    source,
    startedAtMillis: startTime.getTime(),
    fromMillis,
    toMillis,
    beginMillis: null,
  });

  let windows = 0;
  for (let start = fromMillis; start < toMillis; windows += 1) {
    if (windows >= windowsPerExecution || workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof reingest>({ ...input, fromMillis: start });
    }
    const next = nextWindow(start, intervalMillis);
    const window = { ...next, endMillis: Math.min(next.endMillis, toMillis) };
    setCurrentDetails(`Reading the window that ends ${new Date(window.endMillis).toISOString()}.`);
    await ingestWindow({ source, run: runId(), window, late: true });
    start = window.endMillis;
  }
}
