import { continueAsNew, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import { nextWindow } from '../domain/window.ts';
import { records } from './activity-proxies.ts';
import { readWindow } from './read-window.ts';
import { recordedRun, runId } from './recorded-run.ts';
import type { ReingestInput } from './types.ts';

/** Reads the windows of a range again, late: they mend holes and never move the frontier. */
export async function reingest(input: ReingestInput): Promise<void> {
  await recordedRun(() => readAgain(input));
}

async function readAgain(input: ReingestInput): Promise<void> {
  const { source, fromMillis, toMillis, requestId } = input;
  const asked = { source, ...(requestId === undefined ? {} : { requestId }) };
  const settings = await records.readSource(source);
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
    backfillUntilMillis: null,
    ...(input.requestKey === undefined ? {} : { requestKey: input.requestKey }),
  });

  let windows = 0;
  for (let start = fromMillis; start < toMillis; windows += 1) {
    if (windows >= settings.windowsPerExecution || workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof reingest>({ ...input, fromMillis: start });
    }
    const next = nextWindow(start, settings.intervalMillis);
    const window = { ...next, endMillis: Math.min(next.endMillis, toMillis) };
    setCurrentDetails(`Reading the window that ends ${new Date(window.endMillis).toISOString()}.`);
    await readWindow({ ...asked, run: runId(), window, late: true }, settings);
    start = window.endMillis;
  }
}
