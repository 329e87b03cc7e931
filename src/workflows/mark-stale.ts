import { ApplicationFailure, log, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import { passes, records } from './activity-proxies.ts';
import { recordedRun, runId } from './recorded-run.ts';
import { scheduledNow } from './scheduled-now.ts';
import type { MarkStaleInput } from './types.ts';

/**
 * Goes over all sources and marks what was looked for long enough and not seen.
 *
 * A pass that would mark too much of a source leaves that source alone, and fails the run when the
 * others are done.
 */
export async function markStale(input: MarkStaleInput = {}): Promise<void> {
  await recordedRun(() => markAll(input));
}

async function markAll(input: MarkStaleInput): Promise<void> {
  const { workflowId, startTime } = workflowInfo();
  const nowMillis = scheduledNow(input.nowMillis);
  const run = runId();
  await records.openRun({
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
  for (const source of await records.listSources()) {
    setCurrentDetails([...done, `${source}: under way`].join('\n\n'));
    const { fresh, unseen, tripped, stale, removed } = await passes.markStale({
      source,
      context: 'live',
      run,
      nowMillis,
      override,
    });
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
  if (refused.length === 0) return;
  throw ApplicationFailure.nonRetryable(
    `Too much to believe, so nothing of it was marked: ${refused.join('; ')}. If that is true, say "topolog mark-stale --override".`,
    'StaleBreaker',
  );
}
