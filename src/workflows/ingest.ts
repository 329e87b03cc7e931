import {
  ApplicationFailure,
  continueAsNew,
  log,
  patched,
  setCurrentDetails,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import {
  boundedFrontier,
  floorToGrid,
  initialFrontier,
  isAhead,
  latestSettledEnd,
  nextPassSlot,
  nextWindow,
  pastChunk,
} from '../domain/window.ts';
import { addTally, textOfTally } from '../domain/window-tally.ts';
import { passes, past, records, summed } from './activity-proxies.ts';
import { readWindow } from './read-window.ts';
import { recordedRun, runId } from './recorded-run.ts';
import type { IngestInput, OpenedRun, ReadResult, SourceSettings } from './types.ts';

/**
 * The actor of a source: walks its windows from the frontier until it has caught up, reads some again
 * that lacked something, then ends.
 *
 * It is woken by a schedule or by a person; its frontier, not the schedule, says what to read.
 */
export async function ingest(input: IngestInput): Promise<ReadResult> {
  return recordedRun(() => walk(input));
}

async function walk(input: IngestInput): Promise<ReadResult> {
  const { source, requestId } = input;
  const asked = { source, ...(requestId === undefined ? {} : { requestId }) };
  const settings = await summed(records.readSource, `${source}: its settings`, source);
  refuseAhead(input.source, settings.frontierMillis);
  let frontierMillis = startOfWalk(input, settings);
  const pastUntil = endOfPast(frontierMillis, input, settings);
  let isOpen = false;
  const opened = async () => {
    if (!isOpen) await openRun(input, frontierMillis, pastUntil);
    isOpen = true;
  };
  if (input.requested || hasNext(frontierMillis, input, settings)) await opened();

  let tally = input.tally ?? {};
  let windows = 0;
  let again = 0;
  for (;;) {
    if (!hasNext(frontierMillis, input, settings)) {
      const window = again < mostAgain ? await windowToReadAgain(source, settings) : null;
      if (window !== null) {
        again += 1;
        await opened();
        setCurrentDetails(`Reading again the window that ended ${iso(window.endMillis)}.`);
        const read = { ...asked, run: runId(), window, late: true };
        tally = addTally(tally, await readWindow(read, settings));
        continue;
      }
      const waitMillis = untilSettled(frontierMillis, input, settings);
      if (waitMillis === null) {
        const readUntil = iso(frontierMillis);
        setCurrentDetails(`Read ${textOfTally(tally)}. Read up to ${readUntil}.`);
        return { source, windows: tally, readUntil };
      }
      setCurrentDetails('Waiting for late samples of the next window.');
      await sleep(waitMillis);
      continue;
    }
    await opened();
    if (windows >= settings.windowsPerExecution || workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof ingest>({ ...input, continued: true, tally });
    }
    windows += 1;
    await markPast(source, frontierMillis, pastUntil, settings);
    const chunk =
      pastUntil === null
        ? null
        : pastChunk(frontierMillis, pastUntil, settings.intervalMillis, windowsTogether);
    if (chunk !== null && pastUntil !== null) {
      const { startMillis: fromMillis, endMillis: toMillis } = chunk;
      setCurrentDetails(`Reading the past: from ${iso(fromMillis)}, until ${iso(pastUntil)}.`);
      const nowMillis = Date.now();
      const reading = { ...asked, run: runId(), fromMillis, toMillis, nowMillis };
      const summary = `${source}: read the past from ${iso(fromMillis)} to ${iso(toMillis)}`;
      const done = await summed(past.readPast, summary, reading);
      // Histories of the version before have no result.
      tally = addTally(tally, done?.windows ?? {});
      frontierMillis = toMillis;
      continue;
    }
    const window = nextWindow(frontierMillis, settings.intervalMillis);
    const end = iso(window.endMillis);
    setCurrentDetails(
      `Reading the window that ends ${end}; ${windows - 1} read in this execution.`,
    );
    const reading = { ...asked, run: runId(), window, late: false };
    tally = addTally(tally, await readWindow(reading, settings));
    frontierMillis = window.endMillis;
  }
}

/** So many windows are read again in one execution, so that they do not hold up the present. */
const mostAgain = 8;
/** Longer than this an actor does not wait for a window to settle: its schedule wakes it again. */
const longestWaitMillis = 10 * 60_000;
/** Windows of the past that are read in one activity. */
const windowsTogether = 96;
const iso = (millis: number): string => new Date(millis).toISOString();

/** One is taken at a time, because a window of the present that is due meanwhile comes first. */
async function windowToReadAgain(source: string, { readsAgain }: SourceSettings) {
  // A worker of the version before asks for nothing; its histories go on being replayed by this one.
  if (!readsAgain || !patched('reads-again')) return null;
  const question = { source, run: runId(), nowMillis: Date.now() };
  return summed(records.nextReread, `${source}: which window is to be read again`, question);
}

/**
 * How long to wait for the next window where it would be due by the configured settle, which is when
 * the schedule wakes the actor, and samples were seen to come later; `null` where it is not so.
 */
function untilSettled(
  frontierMillis: number,
  input: IngestInput,
  { intervalMillis, settleMillis, configuredSettleMillis }: SourceSettings,
): number | null {
  if (configuredSettleMillis === undefined) return null;
  const configured = { intervalMillis, settleMillis: configuredSettleMillis };
  const nowMillis = Date.now();
  const { endMillis } = nextWindow(frontierMillis, intervalMillis);
  const isDue = endMillis <= latestSettledEnd(nowMillis, configured);
  const waitMillis = endMillis + settleMillis - nowMillis;
  const isWanted = endMillis <= (input.toMillis ?? Number.POSITIVE_INFINITY);
  return isDue && isWanted && waitMillis > 0 && waitMillis <= longestWaitMillis ? waitMillis : null;
}

/** Up to where what a walk reads is the past of its source; `null` where it has none. */
function endOfPast(
  frontierMillis: number,
  input: IngestInput,
  settings: SourceSettings,
): number | null {
  if (settings.backfillMillis === undefined) return null;
  if (settings.frontierMillis !== null) return settings.backfillUntilMillis ?? null;
  const latest = latestSettledEnd(Date.now(), settings);
  const until = Math.min(latest, input.toMillis ?? latest);
  return until - frontierMillis > settings.intervalMillis ? until : null;
}

/** While the past is read, a stale pass goes over it at each 02:00 UTC; its breaker only reports. */
async function markPast(
  source: string,
  frontierMillis: number,
  pastUntil: number | null,
  { intervalMillis }: SourceSettings,
): Promise<void> {
  if (pastUntil === null || frontierMillis > pastUntil) return;
  const slot = nextPassSlot(frontierMillis);
  if (slot >= nextWindow(frontierMillis, intervalMillis).endMillis) return;
  const summary = `${source}: mark what its past did not show for long, as of ${iso(slot)}`;
  const marked = await summed(passes.markStale, summary, {
    source,
    context: 'backfill',
    run: runId(),
    nowMillis: slot,
    override: true,
  });
  if (marked.tripped) {
    const { fresh, unseen } = marked;
    log.warn('much of the past went stale at once', { source, at: iso(slot), fresh, unseen });
  }
}

/** A frontier in the future would end every walk without a word until its time has come. */
function refuseAhead(source: string, frontierMillis: number | null): void {
  if (!isAhead(frontierMillis, Date.now())) return;
  throw ApplicationFailure.nonRetryable(
    `Source ${source} has been read up to ${iso(frontierMillis)}, which has not come yet: a clock was ahead. Set the clocks right, then say "topolog sources rewind ${source}".`,
    'FrontierAhead',
  );
}

function startOfWalk(input: IngestInput, settings: SourceSettings): number {
  const { frontierMillis, intervalMillis, maxCatchupMillis } = settings;
  const { fromMillis, toMillis } = input;
  if (frontierMillis !== null) {
    if (input.continued) return frontierMillis;
    if (fromMillis !== undefined) {
      const end = new Date(frontierMillis).toISOString();
      throw ApplicationFailure.nonRetryable(
        `Source ${input.source} has been read up to ${end}, so a walk cannot begin elsewhere; ask for the range again to read it late.`,
        'InvalidRange',
      );
    }
    if (toMillis !== undefined) return frontierMillis;
    // The catch-up bound is about outages; a past that was asked for is read to its end.
    if (frontierMillis < (settings.backfillUntilMillis ?? 0)) return frontierMillis;
    const bounded = boundedFrontier(frontierMillis, Date.now(), settings, maxCatchupMillis);
    if (bounded > frontierMillis) {
      log.warn('the outage was longer than may be caught up; the rest stays a hole', {
        source: input.source,
        from: new Date(frontierMillis).toISOString(),
        to: new Date(bounded).toISOString(),
      });
    }
    return bounded;
  }
  if (fromMillis !== undefined) return floorToGrid(fromMillis, intervalMillis);
  if (toMillis !== undefined) return floorToGrid(toMillis, intervalMillis) - intervalMillis;
  return initialFrontier(Date.now(), settings, settings.backfillMillis);
}

function hasNext(frontierMillis: number, input: IngestInput, settings: SourceSettings): boolean {
  const { endMillis } = nextWindow(frontierMillis, settings.intervalMillis);
  const until = Math.min(
    latestSettledEnd(Date.now(), settings),
    input.toMillis ?? Number.POSITIVE_INFINITY,
  );
  return endMillis <= until;
}

function openRun(
  { source, fromMillis, toMillis, requestKey }: IngestInput,
  beginMillis: number,
  backfillUntilMillis: number | null,
): Promise<OpenedRun> {
  const { workflowId, startTime } = workflowInfo();
  return summed(records.openRun, 'record the start of the run', {
    run: runId(),
    workflowId,
    kind: 'ingest',
    source,
    startedAtMillis: startTime.getTime(),
    fromMillis: fromMillis ?? null,
    toMillis: toMillis ?? null,
    beginMillis,
    backfillUntilMillis,
    ...(requestKey === undefined ? {} : { requestKey }),
  });
}
