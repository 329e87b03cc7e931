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
  latestSettledEnd,
  nextPassSlot,
  nextWindow,
  pastChunk,
} from '../domain/window.ts';
import { passes, past, records } from './activity-proxies.ts';
import { readWindow } from './read-window.ts';
import { recordedRun, runId } from './recorded-run.ts';
import type { IngestInput, SourceSettings } from './types.ts';

/**
 * The actor of a source: walks its windows from the frontier until it has caught up, reads some again
 * that lacked something, then ends.
 *
 * It is woken by a schedule or by a person; its frontier, not the schedule, says what to read.
 */
export async function ingest(input: IngestInput): Promise<void> {
  await recordedRun(() => walk(input));
}

async function walk(input: IngestInput): Promise<void> {
  const { source, requestId } = input;
  const asked = { source, ...(requestId === undefined ? {} : { requestId }) };
  const settings = await records.readSource(input.source);
  let frontierMillis = startOfWalk(input, settings);
  const pastUntil = endOfPast(frontierMillis, input, settings);
  let isOpen = false;
  const opened = async () => {
    if (!isOpen) await openRun(input, frontierMillis, pastUntil);
    isOpen = true;
  };
  if (input.requested || hasNext(frontierMillis, input, settings)) await opened();

  let windows = 0;
  let again = 0;
  for (;;) {
    if (!hasNext(frontierMillis, input, settings)) {
      const window = again < mostAgain ? await windowToReadAgain(source, settings) : null;
      if (window !== null) {
        again += 1;
        await opened();
        setCurrentDetails(`Reading again the window that ended ${iso(window.endMillis)}.`);
        await readWindow({ ...asked, run: runId(), window, late: true }, settings);
        continue;
      }
      const waitMillis = untilSettled(frontierMillis, input, settings);
      if (waitMillis === null) return;
      setCurrentDetails('Waiting for late samples of the next window.');
      await sleep(waitMillis);
      continue;
    }
    await opened();
    if (windows >= settings.windowsPerExecution || workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof ingest>({ ...input, continued: true });
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
      await past.readPast({ ...asked, run: runId(), fromMillis, toMillis, nowMillis });
      frontierMillis = toMillis;
      continue;
    }
    const window = nextWindow(frontierMillis, settings.intervalMillis);
    const end = iso(window.endMillis);
    setCurrentDetails(
      `Reading the window that ends ${end}; ${windows - 1} read in this execution.`,
    );
    await readWindow({ ...asked, run: runId(), window, late: false }, settings);
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
  return records.nextReread({ source, run: runId(), nowMillis: Date.now() });
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
  const marked = await passes.markStale({
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
  { source, fromMillis, toMillis }: IngestInput,
  beginMillis: number,
  backfillUntilMillis: number | null,
): Promise<void> {
  const { workflowId, startTime } = workflowInfo();
  return records.openRun({
    run: runId(),
    workflowId,
    kind: 'ingest',
    source,
    startedAtMillis: startTime.getTime(),
    fromMillis: fromMillis ?? null,
    toMillis: toMillis ?? null,
    beginMillis,
    backfillUntilMillis,
  });
}
