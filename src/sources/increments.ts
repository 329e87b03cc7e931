import type { Window } from '../domain/window.ts';
import { byLabels, labelList, type Series, selectorOf, withoutLabels } from './series.ts';

/** What is a count: no NaN, and so small that adding series stays exact and none hides the others. */
const countable = `>= 0 <= ${Number.MAX_SAFE_INTEGER}`;

/** What an increments question needs to know besides the counter. */
export interface IncrementsOptions {
  readonly window: Window;
  /** PromQL matchers of the part that is asked about. */
  readonly matchers: readonly string[];
  /** How far before the window a series' previous value is looked for. */
  readonly reachMillis: number;
  /** Labels that name the producer of a series: it was absent only if its producer was present. */
  readonly producerLabels: readonly string[];
  /** Labels that name the pair; everything else is added up. */
  readonly identityLabels: readonly string[];
  /** A counter that every producer writes from its start; shows whether the producer was present. */
  readonly presence: Series;
  /** Whether every producer is known to have been present before the window. */
  readonly everyProducerBefore: boolean;
  /** Labels by which copies of one series differ; a copy adds nothing. */
  readonly replicaLabels: readonly string[];
}

/** A duration as PromQL writes it. */
export function promDuration(millis: number): string {
  return millis % 1000 === 0 ? `${millis / 1000}s` : `${millis}ms`;
}

/**
 * The increments of a counter in a window, per pair; evaluated at the window's end.
 *
 * Judged per series, before any sum:
 * 1. last value in the window minus last value at or before its start: exact, and windows add up;
 * 2. where the series was reset, or had no earlier value in reach: `increase()`, if above zero;
 * 3. where that shows nothing: the whole value of a series born in the window, which is one that
 *    was absent while its producer had samples.
 */
export function incrementsQuery(counter: Series, options: IncrementsOptions): string {
  return `sum ${byLabels(options.identityLabels)} (${perSeries(counter, options)} ${countable})`;
}

function perSeries(counter: Series, options: IncrementsOptions): string {
  const selector = selectorOf(counter, options.matchers);
  const { inWindow, before, wholeRange, appeared, producers } = parts(counter, options);
  const resets = onceOf(`resets(${selector}[${wholeRange}])`, options);
  // Below zero where the copy that saw the reset is not the one that goes on.
  const difference = `(${inWindow} - ${before}${options.replicaLabels.length > 0 ? ' >= 0' : ''})`;
  const exact = `(${difference} unless (${resets} > 0))`;
  const estimated = `(${onceOf(`increase(${selector}[${windowRange(options)}])`, options)} > 0)`;
  const born = options.everyProducerBefore ? `(${appeared})` : `((${appeared}) and ${producers})`;
  return `(${exact} or ${estimated} or ${born})`;
}

/** How many series of a counter have a last value that is no count: NaN, infinite or negative. */
export function brokenQuery(counter: Series, options: IncrementsOptions): string {
  const { inWindow } = parts(counter, options);
  return `count(${inWindow} unless (${inWindow} ${countable}))`;
}

/** How many series cannot be told to be new from having been unobserved: their producer was absent too. */
export function cannotTellQuery(counter: Series, options: IncrementsOptions): string {
  const selector = selectorOf(counter, options.matchers);
  const { appeared, producers } = parts(counter, options);
  const estimated = `(${onceOf(`increase(${selector}[${windowRange(options)}])`, options)} > 0)`;
  return `count(((${appeared}) unless ${producers}) unless ${estimated})`;
}

/**
 * How many producers of the window had no samples before it.
 *
 * Where there are none, whatever appeared in the window was born in it; asked once, that spares
 * every other question to look at all producers again.
 */
export function newProducersQuery(options: IncrementsOptions): string {
  const by = byLabels(options.producerLabels);
  const selector = selectorOf(options.presence, []);
  const range = windowRange(options);
  const before = `last_over_time(${selector}[${promDuration(options.reachMillis)}] offset ${range})`;
  return `count(group ${by} (last_over_time(${selector}[${range}])) unless group ${by} (${before}))`;
}

/**
 * Each series once, where copies of it differ in a label.
 *
 * Of copies of a counter the largest value is the latest, so a gap in one copy is filled by the
 * others, on either end of a window alike.
 */
export function onceOf(
  vector: string,
  { replicaLabels }: Pick<IncrementsOptions, 'replicaLabels'>,
): string {
  return replicaLabels.length === 0 ? vector : `max ${withoutLabels(replicaLabels)} (${vector})`;
}

function windowRange({ window }: IncrementsOptions): string {
  return promDuration(window.endMillis - window.startMillis);
}

function parts(counter: Series, options: IncrementsOptions) {
  const selector = selectorOf(counter, options.matchers);
  const range = windowRange(options);
  const inWindow = onceOf(`last_over_time(${selector}[${range}])`, options);
  const reach = promDuration(options.reachMillis);
  const lastBefore = (one: string) => `last_over_time(${one}[${reach}] offset ${range})`;
  const before = onceOf(lastBefore(selector), options);
  // Whether a producer was there does not depend on which of its series are asked about.
  const present = lastBefore(selectorOf(options.presence, []));
  const by = labelList(options.producerLabels);
  return {
    inWindow,
    before,
    wholeRange: promDuration(
      options.window.endMillis - options.window.startMillis + options.reachMillis,
    ),
    appeared: `${inWindow} unless ${before}`,
    producers: `on ${by} group by ${by} (${present})`,
  };
}
