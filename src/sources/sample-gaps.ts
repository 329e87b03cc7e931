import type { ProducerCensus } from '../domain/producers.ts';
import { type Asking, isTooHeavy } from './asking.ts';
import { matchersOfLabels } from './boxes.ts';
import {
  notOfProducer,
  producerLabelsOf,
  textOfLabels,
  withoutReplicas,
} from './counter-labels.ts';
import { type CounterScope, lengthOf, rangeOf } from './counter-questions.ts';
import { type Series, selectorOf, withoutLabels } from './series.ts';

/**
 * The median time between two samples of a producer, in milliseconds; `null` where it is not told.
 *
 * It is taken from the samples of one series, the one that has most. The number of samples in a window
 * tells less: a few that come fast, before a gap, are as many as a few that come evenly.
 */
export async function sampleGapOf(
  asking: Asking,
  scope: CounterScope,
  producer: ProducerCensus,
): Promise<number | null> {
  try {
    for (const counter of asking.dialect.presence) {
      const gap = await gapIn(asking, scope, producer, counter);
      if (gap !== null) return gap;
    }
  } catch (error) {
    if (!isTooHeavy(error)) throw error;
  }
  return null;
}

async function gapIn(
  { ask, askRaw }: Asking,
  { labels, matchers, window }: CounterScope,
  { id, labels: own }: ProducerCensus,
  counter: Series,
): Promise<number | null> {
  const ofProducer = rangeOf(
    selectorOf(counter, [...matchers, ...matchersOfLabels([own])]),
    lengthOf(window),
  );
  const without = withoutLabels(notOfProducer(labels));
  const { samples } = await ask(`topk ${without} (1, count_over_time(${ofProducer}))`);
  const isOwn = (of: Readonly<Record<string, string>>) =>
    textOfLabels(producerLabelsOf(labels, of)) === id;
  const longest = samples.find((one) => isOwn(one.labels))?.labels;
  if (longest === undefined) return null;
  const selector = selectorOf(counter, [...matchers, ...matchersOfLabels([longest])]);
  const { series } = await askRaw(rangeOf(selector, lengthOf(window)));
  const text = textOfLabels(withoutReplicas(labels, longest));
  const times = series
    .filter((one) => textOfLabels(withoutReplicas(labels, one.labels)) === text)
    .map((one) => one.samples.map(([atMillis]) => atMillis))
    .reduce((most, some) => (some.length > most.length ? some : most), []);
  return median(times.slice(1).map((at, index) => at - (times[index] ?? at)));
}

function median(values: readonly number[]): number | null {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? null;
}
