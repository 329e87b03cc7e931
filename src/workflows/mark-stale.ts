import { ApplicationFailure, log, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import { passes, records, summed } from './activity-proxies.ts';
import { recordedRun, runId } from './recorded-run.ts';
import { scheduledNow } from './scheduled-now.ts';
import type { MarkedStale, MarkStaleInput } from './types.ts';

/** What a pass came to, source by source. */
export interface MarkStaleResult {
  readonly sources: Readonly<Record<string, MarkedStale>>;
}

/**
 * Goes over all sources and marks what was looked for long enough and not seen.
 *
 * A pass that would mark too much of a source leaves that source alone, and fails the run when the
 * others are done.
 */
export async function markStale(input: MarkStaleInput = {}): Promise<MarkStaleResult> {
  return recordedRun(() => markAll(input));
}

async function markAll(input: MarkStaleInput): Promise<MarkStaleResult> {
  const { workflowId, startTime } = workflowInfo();
  const nowMillis = scheduledNow(input.nowMillis);
  const run = runId();
  await summed(records.openRun, 'record the start of the run', {
    run,
    workflowId,
    kind: 'markStale',
    source: null,
    startedAtMillis: startTime.getTime(),
    fromMillis: null,
    toMillis: nowMillis,
    beginMillis: null,
    backfillUntilMillis: null,
    ...(input.requestKey === undefined ? {} : { requestKey: input.requestKey }),
  });
  const override = input.override ?? false;
  const done: string[] = [];
  const refused: string[] = [];
  const marked: Record<string, MarkedStale> = {};
  for (const source of await summed(records.listSources, 'list the sources', undefined)) {
    setCurrentDetails([...done, `${source}: under way`].join('\n\n'));
    const pass = { source, context: 'live', run, nowMillis, override } as const;
    const counts = await summed(passes.markStale, summaryOf(source, nowMillis), pass);
    marked[source] = counts;
    const { fresh, unseen, tripped, stale, removed } = counts;
    if (tripped) {
      const sentence = `${source} no longer shows ${unseen} of ${fresh} dependencies`;
      log.error(
        override
          ? 'the breaker was overridden: so many were marked stale'
          : 'so many would be marked stale that none was',
        { source, fresh, unseen },
      );
      if (!override) refused.push(sentence);
    }
    done.push(`${source}: ${stale} stale, ${removed} removed`);
    setCurrentDetails(done.join('\n\n'));
  }
  if (refused.length === 0) return { sources: marked };
  throw ApplicationFailure.nonRetryable(
    `Too much to believe, so nothing of it was marked: ${refused.join('; ')}. If that is true, say "topolog mark-stale --override".`,
    'StaleBreaker',
  );
}

function summaryOf(source: string, nowMillis: number): string {
  return `${source}: mark what was not seen for long, as of ${new Date(nowMillis).toISOString()}`;
}
