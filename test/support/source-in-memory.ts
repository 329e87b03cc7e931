import { Context } from '@temporalio/activity';
import type { Window } from '../../src/domain/window.ts';
import { noTotals } from '../../src/domain/window-totals.ts';
import type { Activities, CloseRunInput, SourceSettings } from '../../src/workflows/types.ts';

/** A source, and what was recorded of it, for tests of when and in what order workflows do things. */
export interface SourceInMemory {
  readonly activities: Activities;
  /** Windows in the order in which they were closed. */
  readonly closed: Window[];
  /** Every call of an activity, by its name. */
  readonly calls: string[];
  readonly ends: CloseRunInput[];
  /** The activity that waits until it is cancelled, and what is called when it begins to wait. */
  stuck: { readonly in: keyof Activities; readonly onStuck: () => void } | null;
  settings: SourceSettings;
}

export function sourceInMemory(given: Partial<SourceSettings> = {}): SourceInMemory {
  const source: SourceInMemory = {
    closed: [],
    calls: [],
    ends: [],
    stuck: null,
    settings: {
      intervalMillis: 3_600_000,
      settleMillis: 90_000,
      configuredSettleMillis: 90_000,
      maxCatchupMillis: 90 * 86_400_000,
      windowsPerExecution: 5,
      shardConcurrency: 2,
      frontierMillis: null,
      ...given,
    },
    activities: {
      readSource: called('readSource', async () => source.settings),
      openRun: called('openRun', async ({ run, kind, source: of, beginMillis }) => {
        readUpTo(source.settings.frontierMillis ?? beginMillis);
        return { run, kind, source: of };
      }),
      planWindow: called('planWindow', async () => planned),
      ingestShard: called('ingestShard', async () => noTotals),
      closeWindow: called('closeWindow', async ({ window, late }) => {
        source.closed.push(window);
        if (!late) readUpTo(window.endMillis);
        return { outcome: 'complete' as const };
      }),
      closeRun: called('closeRun', async (end) => {
        source.ends.push(end);
        return { run: end.run, result: end.state };
      }),
      nextReread: called('nextReread', async () => null),
      readPast: called('readPast', async ({ fromMillis, toMillis }) => {
        source.closed.push({ startMillis: fromMillis, endMillis: toMillis });
        readUpTo(toMillis);
        return { windows: { complete: 1 } };
      }),
      listSources: called('listSources', async () => ['shop']),
      markStale: called('markStale', async () => ({
        fresh: 0,
        unseen: 0,
        tripped: false,
        stale: 0,
        removed: 0,
      })),
      pruneHistory: called('pruneHistory', async () => ({
        beliefs: 0,
        changes: 0,
        evidence: 0,
        windows: 0,
        services: 0,
      })),
    },
  };
  function readUpTo(frontierMillis: number | null): void {
    source.settings = { ...source.settings, frontierMillis };
  }
  function called<Input, Output>(name: keyof Activities, work: (input: Input) => Promise<Output>) {
    return async (input: Input): Promise<Output> => {
      source.calls.push(name);
      if (source.stuck?.in === name) {
        const { onStuck } = source.stuck;
        source.stuck = null;
        onStuck();
        const context = Context.current();
        const beat = setInterval(() => context.heartbeat(), 200);
        await context.cancelled.finally(() => clearInterval(beat));
      }
      return work(input);
    };
  }
  return source;
}

const planned = {
  rejected: false,
  shards: 3,
  dialect: 'tempo',
  dialectVariant: null,
  series: 100,
  nearStart: 100,
  nearEnd: 100,
  presenceWarnings: 0,
  otherWarnings: 0,
  planSeconds: 0,
};
