import { type LatencySide, latencyQuantiles } from '../domain/latency.ts';
import { type CounterScope, lengthOf, onceOf, rangeOf } from './counter-questions.ts';
import type { LatencyUnit } from './latency-unit.ts';
import type { Question } from './question.ts';
import { byLabels, type Series, selectorOf, series } from './series.ts';

/** A histogram of latency: three kinds of series of numbers, or one of native histograms. */
export interface Histogram {
  readonly side: LatencySide;
  /** The metric's name without the endings of a classic histogram. */
  readonly metric: string;
  readonly form: 'classic' | 'native';
  readonly unit: LatencyUnit;
  readonly matchers: readonly string[];
}

/** A histogram as a producer may write it: under several names, each of a unit. */
export interface HistogramSpelling {
  readonly side: LatencySide;
  readonly matchers: readonly string[];
  /** The first is asked for where it is not known which there are. */
  readonly names: readonly { readonly metric: string; readonly unit: LatencyUnit }[];
}

/**
 * Which histograms to ask, given the names of all metrics that there are.
 *
 * @param metrics `null` where they are not known
 * @param told the unit of values whose name says seconds, or nothing
 */
export function histogramsThere(
  spellings: readonly HistogramSpelling[],
  metrics: readonly string[] | null,
  told: LatencyUnit = 'seconds',
): Histogram[] {
  return spellings.flatMap(({ side, matchers, names: spelled }) => {
    const names = spelled.map(({ metric, unit }) => ({
      metric,
      unit: unit === 'seconds' ? told : unit,
    }));
    const [usual] = names;
    if (metrics === null) {
      return usual ? [{ ...usual, side, matchers, form: 'classic' as const }] : [];
    }
    return names.flatMap(({ metric, unit }): Histogram[] => {
      // Producers of one name may differ in the form.
      const forms = [
        ...(metrics.includes(`${metric}_bucket`) ? ['classic' as const] : []),
        ...(metrics.includes(metric) ? ['native' as const] : []),
      ];
      return forms.map((form) => ({ side, metric, form, unit, matchers }));
    });
  });
}

/**
 * One question for each latency of all pairs.
 *
 * Quantiles come from the `rate` over the window, which leaves out what happened between the last
 * sample before the window and its first one: judging every bucket as the request counter is judged
 * would cost several times more. The mean is of the requests that the samples of both ends show, and
 * where a series was reset or appeared of those between its samples in the window. Idle pairs are left
 * out of the answers; their latency is not known.
 */
export function latencyQuestions(histogram: Histogram, scope: CounterScope): Question[] {
  const { side, metric, form, unit, matchers } = histogram;
  const { labels, window } = scope;
  const inSeconds = unit === 'milliseconds' ? ' / 1000' : '';
  const isNative = form === 'native';
  const buckets = series(isNative ? metric : `${metric}_bucket`, ...matchers);
  const range = rangeOf(selectorOf(buckets, scope.matchers), lengthOf(window));
  const rate = `rate(${range})`;
  const rates = isNative
    ? `sum ${byLabels(labels.identity)} (${rate})`
    : `sum ${byLabels(['le', ...labels.identity])} (${onceOf(rate, labels)} >= 0 < Inf)`;
  const names = Object.keys(latencyQuantiles) as (keyof typeof latencyQuantiles)[];
  const grown = (half: 'sum' | 'count') =>
    isNative
      ? `histogram_${half}(${rates}) > 0`
      : growthOf(series(`${metric}_${half}`, ...matchers), scope);
  return [
    ...names.map(
      (name): Question => ({
        kind: `${side}Latency${name}Seconds`,
        expression: `(histogram_quantile(${latencyQuantiles[name]}, ${rates}) >= 0 < Inf)${inSeconds}`,
      }),
    ),
    { kind: `${side}LatencySumSeconds`, expression: `(${grown('sum')})${inSeconds}` },
    { kind: `${side}LatencyCount`, expression: `(${grown('count')}) > 0` },
  ];
}

/** What a half of the mean grew by, over the same samples as the other half. */
function growthOf(counter: Series, scope: CounterScope): string {
  const { labels, window, reachMillis } = scope;
  const selector = selectorOf(counter, scope.matchers);
  const length = lengthOf(window);
  const last = onceOf(`last_over_time(${rangeOf(selector, length)})`, labels);
  const before = onceOf(`last_over_time(${rangeOf(selector, reachMillis, length)})`, labels);
  const resets = onceOf(`resets(${rangeOf(selector, length + reachMillis)})`, labels);
  const between = onceOf(`increase(${rangeOf(selector, length)})`, labels);
  const grown = `((${last} - ${before} >= 0) unless (${resets} > 0)) or (${between} > 0)`;
  return `sum ${byLabels(labels.identity)} ((${grown}) < Inf)`;
}
