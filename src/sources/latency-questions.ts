import { type LatencySide, latencyQuantiles } from '../domain/latency.ts';
import type { Question } from './dialect.ts';
import { type IncrementsOptions, incrementsQuery, onceOf, promDuration } from './increments.ts';
import { byLabels, type Series, selectorOf, series } from './series.ts';

/** A classic histogram of latency, by its three kinds of series. */
export interface Histogram {
  readonly side: LatencySide;
  readonly bucket: Series;
  readonly sum: Series;
  readonly count: Series;
  readonly unit: 'seconds' | 'milliseconds';
}

/** A histogram whose series are called by its name and the usual endings. */
export function histogramNamed(
  name: string,
  side: LatencySide,
  options: { readonly unit?: Histogram['unit']; readonly matchers?: readonly string[] } = {},
): Histogram {
  const { unit = 'seconds', matchers = [] } = options;
  const ending = (one: string) => series(`${name}_${one}`, ...matchers);
  return { side, bucket: ending('bucket'), sum: ending('sum'), count: ending('count'), unit };
}

/**
 * One question for each latency of all pairs.
 *
 * Quantiles come from the buckets' `rate` over the window, which leaves out what happened between
 * the last sample before the window and its first one: judging every bucket as the request counter
 * is judged would cost several times more. The mean is exact, from increments. Idle pairs are left
 * out of the answers; their latency is not known.
 */
export function latencyQuestions(histogram: Histogram, options: IncrementsOptions): Question[] {
  const { side, bucket, sum, count, unit } = histogram;
  const inSeconds = unit === 'milliseconds' ? ' / 1000' : '';
  const range = promDuration(options.window.endMillis - options.window.startMillis);
  const by = byLabels(['le', ...options.identityLabels]);
  const rate = onceOf(`rate(${selectorOf(bucket, options.matchers)}[${range}])`, options);
  const rates = `sum ${by} (${rate} >= 0 < Inf)`;
  const names = Object.keys(latencyQuantiles) as (keyof typeof latencyQuantiles)[];
  return [
    ...names.map(
      (name): Question => ({
        kind: `${side}Latency${name}Seconds`,
        expression: `(histogram_quantile(${latencyQuantiles[name]}, ${rates}) >= 0 < Inf)${inSeconds}`,
      }),
    ),
    {
      kind: `${side}LatencySumSeconds`,
      expression: `${incrementsQuery(sum, options)}${inSeconds}`,
    },
    { kind: `${side}LatencyCount`, expression: `${incrementsQuery(count, options)} > 0` },
  ];
}
