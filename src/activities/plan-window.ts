import type { AliasRecords } from '../graph/aliases.ts';
import type { WindowPlans } from '../graph/window-plans.ts';
import { isRefusal, timedOut } from '../sources/asking.ts';
import type { EncodedPlan, SourceReaders } from '../sources/readers.ts';
import type { PlannedWindow, WindowInput } from '../workflows/types.ts';
import { withHeartbeats } from './heartbeats.ts';
import { secondsSince } from './seconds.ts';
import { createWindowProducers, type WindowProducersDeps } from './window-producers.ts';

export interface PlanWindowDeps
  extends Pick<SourceReaders, 'sourceOf' | 'planWindow'>,
    WindowProducersDeps {
  readonly plans: WindowPlans;
  readonly aliases: Pick<AliasRecords, 'read'>;
}

/**
 * Looks what a window holds and keeps its plan, unless an earlier attempt of this run did.
 *
 * A source that refuses the questions fails the window, which is recorded: the walk goes on and a
 * re-ingestion mends it. A source that does not answer throws, and nothing of the window is written.
 */
export function createPlanWindow(deps: PlanWindowDeps) {
  const { sourceOf, planWindow, plans, aliases } = deps;
  const compareProducers = createWindowProducers(deps);
  return async ({ source: id, run, window, late }: WindowInput): Promise<PlannedWindow> => {
    const source = sourceOf(id);
    return withHeartbeats(async (report, signal) => {
      const since = performance.now();
      report('asking what there is to read');
      const table = await aliases.read();
      const plan = await planOrRefusal(() => planWindow(source, window, table.aliases, signal));
      report('asking what its producers showed that went');
      const { changes, ...producers } = await compareProducers(
        source,
        plan,
        { window, late },
        table.aliases,
        signal,
      );
      const key = { source: id, run, window };
      const { presenceWarnings, otherWarnings, census } = plan;
      signal.throwIfAborted();
      // What an earlier attempt kept stands as a whole: its shards, and what they were made from.
      const {
        shards,
        aliasVersion: _,
        ...kept
      } = await plans.keep(
        key,
        {
          ...census,
          ...producers,
          shards: plan.shards,
          dialect: joined(plan.readings.map(({ name }) => name)),
          dialectVariant: joined(plan.readings.flatMap(({ variant }) => variant ?? [])),
          aliasVersion: table.version,
          rejected: plan.error !== null,
          presenceWarnings: presenceWarnings.length,
          otherWarnings: otherWarnings.length,
        },
        { question: plan.question, changes, sums: sumsOf(plan) },
      );
      await plans.note(key, plan.error, [...presenceWarnings, ...otherWarnings]);
      const notRead = plan.notRead.reduce((sum, { series }) => sum + series, 0);
      const counts = { shards: shards.length, notRead, planSeconds: secondsSince(since) };
      return { ...kept, ...counts };
    });
  };
}

interface Attempt extends EncodedPlan {
  readonly error: string | null;
}

async function planOrRefusal(plan: () => Promise<EncodedPlan>): Promise<Attempt> {
  try {
    return { ...(await plan()), error: null };
  } catch (error) {
    if (!isRefusal(error) || timedOut(error)) throw error;
    return { ...noPlan, error: error.message };
  }
}

function sumsOf({ sumsAsked: asked, opening, closing }: EncodedPlan) {
  const areSums = Number.isFinite(opening) && Number.isFinite(closing);
  return asked === null || !areSums ? null : { asked, opening, closing };
}

/** Names as one text, each once; `null` where there are none. */
function joined(names: readonly string[]): string | null {
  return names.length === 0 ? null : [...new Set(names)].join(', ');
}

const noPlan: EncodedPlan = {
  readings: [],
  producers: [],
  sampled: [],
  opening: 0,
  closing: 0,
  sumsAsked: null,
  notRead: [],
  census: { series: 0, nearStart: 0, nearEnd: 0 },
  shards: [],
  question: null,
  presenceWarnings: [],
  otherWarnings: [],
};
