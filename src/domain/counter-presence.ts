import type { CounterPast, CounterSeries, CounterTimes } from './counter-series.ts';

/** When producers were there, from one reach before the window to its end. */
export interface Presence {
  /** When a producer was last there before a scrape, the scrape itself left out. */
  lastBefore(producer: string, at: number): number | undefined;
}

/** Collects when each producer was there from its series and from what else is known of it. */
export function createPresence(
  all: Iterable<CounterSeries>,
  past: CounterPast,
  { scrapeIntervalMillis }: Pick<CounterTimes, 'scrapeIntervalMillis'>,
): Presence {
  const points = new Map<string, Set<number>>();
  const spans = new Map<string, [number, number][]>();
  for (const { producer, samples, isOutline } of all) {
    const known = points.get(producer) ?? new Set(past.presenceOf(producer));
    points.set(producer, known);
    if (isOutline !== true) for (const [at] of samples) known.add(at);
    const [first, last] = [samples[0], samples.at(-1)];
    if (isOutline !== true || first === undefined || last === undefined) continue;
    const ofProducer = spans.get(producer) ?? [];
    spans.set(producer, ofProducer);
    // An outline begins at the earliest that it can, and was there for sure a scrape later.
    ofProducer.push([first[0] + scrapeIntervalMillis, last[0]]);
  }
  const sorted = new Map([...points].map(([who, times]) => [who, Float64Array.from(times).sort()]));
  const joined = new Map([...spans].map(([who, ofProducer]) => [who, joinSpans(ofProducer)]));
  return {
    lastBefore(producer, at) {
      // Series of one scrape may differ by moments; what came with a series does not tell of before.
      const before = at - scrapeIntervalMillis / 2;
      const times = sorted.get(producer) ?? new Float64Array();
      const point = times[countNotAfter(times, before) - 1];
      const ofSpans = joined.get(producer) ?? { starts: [], ends: [] };
      const end = ofSpans.ends[countNotAfter(ofSpans.starts, before) - 1];
      if (end === undefined) return point;
      return Math.max(Math.min(end, before), point ?? Number.NEGATIVE_INFINITY);
    },
  };
}

function joinSpans(spans: readonly (readonly [number, number])[]) {
  const starts: number[] = [];
  const ends: number[] = [];
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = ends.at(-1);
    if (last === undefined || start > last) {
      starts.push(start);
      ends.push(end);
    } else ends[ends.length - 1] = Math.max(last, end);
  }
  return { starts, ends };
}

/** How many of some sorted times are not after a time. */
function countNotAfter(times: ArrayLike<number>, at: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
