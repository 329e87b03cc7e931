import { continueAsNew, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import { nextWindow } from '../domain/window.ts';
import { addTally, textOfTally } from '../domain/window-tally.ts';
import { records, summed } from './activity-proxies.ts';
import { readWindow } from './read-window.ts';
import { recordedRun, runId } from './recorded-run.ts';
import type { ReadResult, ReingestInput } from './types.ts';

/** Reads the windows of a range again, late: they mend holes and never move the frontier. */
export async function reingest(input: ReingestInput): Promise<ReadResult> {
  return recordedRun(() => readAgain(input));
}

async function readAgain(input: ReingestInput): Promise<ReadResult> {
  const { source, fromMillis, toMillis, requestId } = input;
  const asked = { source, ...(requestId === undefined ? {} : { requestId }) };
  const settings = await summed(records.readSource, `${source}: its settings`, source);
  const { workflowId, startTime } = workflowInfo();
  await summed(records.openRun, 'record the start of the run', {
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

  let tally = input.tally ?? {};
  let windows = 0;
  for (let start = fromMillis; start < toMillis; windows += 1) {
    if (windows >= settings.windowsPerExecution || workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof reingest>({ ...input, fromMillis: start, tally });
    }
    const next = nextWindow(start, settings.intervalMillis);
    const window = { ...next, endMillis: Math.min(next.endMillis, toMillis) };
    setCurrentDetails(`Reading the window that ends ${new Date(window.endMillis).toISOString()}.`);
    const outcome = await readWindow({ ...asked, run: runId(), window, late: true }, settings);
    tally = addTally(tally, outcome);
    start = window.endMillis;
  }
  setCurrentDetails(`Read again: ${textOfTally(tally)}.`);
  return { source, windows: tally };
}
