import type { Window } from '../domain/window.ts';
import { type CounterLabels, notOfProducer } from './counter-labels.ts';
import type { Flavour } from './flavour.ts';
import { byLabels, type Series, selectorOf, withoutLabels } from './series.ts';

/** What is a count: no NaN, and so small that adding series stays exact and none hides the others. */
const countable = `>= 0 <= ${Number.MAX_SAFE_INTEGER}`;

/** What a question about a counter needs to know besides the counter. */
export interface CounterScope {
  readonly window: Window;
  /** PromQL matchers of the part that is asked about, those of the source included. */
  readonly matchers: readonly string[];
  readonly labels: CounterLabels;
  /** How far before the window the previous value of a series is looked for, in milliseconds. */
  readonly reachMillis: number;
  /** How often the source samples, as far as it can be seen, in milliseconds. */
  readonly scrapeIntervalMillis: number;
  readonly flavour: Flavour;
}

/**
 * The label that marks the series that are to be looked at closer, and its values: those that the sums
 * leave out, and those that they hold but may hold wrongly.
 */
export const mark = { label: 'topolog', leftOut: 'out', doubtful: 'look' } as const;

/** A duration as PromQL writes it; what is less than a millisecond is left out. */
export function promDuration(millis: number): string {
  const whole = Math.floor(millis);
  return whole % 1000 === 0 ? `${whole / 1000}s` : `${whole}ms`;
}

/** A range of a selector that ends some time before the instant that is asked about. */
export function rangeOf(selector: string, millis: number, offsetMillis = 0): string {
  const offset = offsetMillis === 0 ? '' : ` offset ${promDuration(offsetMillis)}`;
  return `${selector}[${promDuration(millis)}]${offset}`;
}

export function lengthOf({ startMillis, endMillis }: Window): number {
  return endMillis - startMillis;
}

/**
 * Each series once, where copies of it differ in a label.
 *
 * Of copies of a counter the largest value is the latest, so a gap in one copy is filled by the
 * others, on either end of a window alike.
 */
export function onceOf(vector: string, { replicas }: Pick<CounterLabels, 'replicas'>): string {
  return replicas.length === 0 ? vector : `max ${withoutLabels(replicas)} (${vector})`;
}

/**
 * The increments of a counter in a window, per pair, and marked beside them the series for which the
 * samples at both ends do not say all; evaluated at the window's end.
 *
 * What is marked was absent before, fell, was reset in between, holds what is no count, or has fewer
 * samples than a series that was there all the time, so that it may have gone and come again.
 */
export function incrementsQuestion(counter: Series, scope: CounterScope): string {
  const { labels, window, reachMillis } = scope;
  const selector = selectorOf(counter, scope.matchers);
  const length = lengthOf(window);
  const last = onceOf(`last_over_time(${rangeOf(selector, length)})`, labels);
  const before = onceOf(`last_over_time(${rangeOf(selector, reachMillis, length)})`, labels);
  const settled = `((${last} >= 0) - (${before} >= 0)) ${countable}`;
  const doubts = [resetsOf(selector, lengthOf(window) + scope.reachMillis, scope)];
  const fewest = fewestSamples(scope);
  if (fewest !== null) {
    const counted = onceOf(`count_over_time(${rangeOf(selector, length)})`, labels);
    doubts.push(`(${counted} < ${fewest})`);
  }
  const marked = (vector: string, value: string) =>
    `label_replace(${vector}, "${mark.label}", "${value}", "", "")`;
  return [
    `sum ${byLabels(labels.identity)} (${settled})`,
    marked(`${last} unless (${settled})`, mark.leftOut),
    marked(doubts.join(' or '), mark.doubtful),
  ].join(' or ');
}

/** Thanos smooths resets away before it counts them; there a rise beyond the difference shows them. */
function resetsOf(selector: string, millis: number, { flavour, labels }: CounterScope) {
  const range = rangeOf(selector, millis);
  if (flavour !== 'thanos') return `(${onceOf(`resets(${range})`, labels)} > 0)`;
  return `(${onceOf(`increase(${range})`, labels)} > ${onceOf(`delta(${range})`, labels)})`;
}

/** With fewer samples a series may have been away for longer than the reach; `null` where none tells. */
function fewestSamples({ window, reachMillis, scrapeIntervalMillis }: CounterScope): number | null {
  const fewest = Math.floor((lengthOf(window) - reachMillis) / scrapeIntervalMillis);
  return fewest < 2 ? null : fewest;
}

/** All samples of some series from one reach before the window to its end; a range selector. */
export function samplesQuestion(counter: Series, scope: CounterScope): string {
  const range = lengthOf(scope.window) + scope.reachMillis;
  return rangeOf(selectorOf(counter, scope.matchers), range);
}

/** Of series that were absent before the window: their least and number of values, and their resets. */
export function outlineQuestions(counter: Series, scope: CounterScope) {
  const { labels, window, reachMillis, scrapeIntervalMillis } = scope;
  const selector = selectorOf(counter, scope.matchers);
  const length = lengthOf(window);
  const inWindow = rangeOf(selector, length);
  const before = onceOf(`last_over_time(${rangeOf(selector, reachMillis, length)})`, labels);
  const appeared = (vector: string) => `${onceOf(vector, labels)} unless ${before}`;
  const nearEnd = rangeOf(selector, Math.min(length, 2.5 * scrapeIntervalMillis));
  return {
    last: appeared(`last_over_time(${nearEnd})`),
    least: appeared(`min_over_time(${inWindow})`),
    samples: appeared(`count_over_time(${inWindow})`),
    resets: `${resetsOf(selector, length, scope)} unless ${before}`,
  };
}

/** The last values of a time that ends so long before the reach of the window. */
export function pastQuestion(
  counter: Series,
  scope: CounterScope,
  millis: number,
  skipMillis = 0,
): string {
  const { labels, window, reachMillis } = scope;
  const offset = lengthOf(window) + reachMillis + skipMillis;
  const range = rangeOf(selectorOf(counter, scope.matchers), millis, offset);
  return onceOf(`last_over_time(${range})`, labels);
}

/** Steps by which it is asked when a producer was there; more say nothing more. */
const mostSteps = 400;

/**
 * When the producers of some counters were there, from one reach before the window on.
 *
 * A step says that there was a sample since the step before it.
 */
export function presenceQuestion(counters: readonly Series[], scope: CounterScope): string {
  const range = lengthOf(scope.window) + scope.reachMillis;
  const step = Math.ceil(Math.max(scope.scrapeIntervalMillis / 2, range / mostSteps, 1000));
  const there = producersIn(counters, scope, step, 0);
  return `(${there})[${promDuration(range)}:${promDuration(step)}]`;
}

/** The producers that had samples in the hours before the reach of the window. */
export function earlierProducersQuestion(
  counters: readonly Series[],
  scope: CounterScope,
  millis: number,
): string {
  return producersIn(counters, scope, millis, lengthOf(scope.window) + scope.reachMillis);
}

function producersIn(
  counters: readonly Series[],
  { labels, matchers }: CounterScope,
  millis: number,
  offsetMillis: number,
): string {
  const without = withoutLabels(notOfProducer(labels));
  return counters
    .map((counter) => {
      const range = rangeOf(selectorOf(counter, matchers), millis, offsetMillis);
      return `group ${without} (last_over_time(${range}))`;
    })
    .join(' or ');
}
