import { mergeCopies } from '../../src/domain/counter-samples.ts';
import {
  appearedOf,
  type CounterPast,
  type CounterSeries,
  type CounterTimes,
  judgeCounters,
} from '../../src/domain/increments.ts';
import type { CounterHistory, StoredSeries, TrueSample } from './counter-history.ts';

/** How far back a producer and its series are looked for. */
export const lookBackMillis = 6 * 3_600_000;

/** What a window's question and the samples after it say of one pair. */
export interface PairAnswer {
  readonly isSeen: boolean;
  /** What is known to be counted; a series that is counted with `null` adds nothing to it. */
  readonly count: number;
  readonly hasUnknownCount: boolean;
  readonly unattributed: number;
  readonly cannotTell: boolean;
  readonly severalWriters: boolean;
}

/** Whether so few samples lie in a window that a series may have been away in it. */
export type FewSamples = (inWindow: number, withReach: number, times: CounterTimes) => boolean;

/** Fewer than a window has whose longest gap is the reach; not asked where that is fewer than two. */
export const fewerThanScraped: FewSamples = (inWindow, _, times) => {
  const { startMillis, endMillis, reachMillis, scrapeIntervalMillis } = times;
  const fewest = Math.floor((endMillis - startMillis - reachMillis) / scrapeIntervalMillis);
  return fewest >= 2 && inWindow < fewest;
};

/** Asks one window of a history as a server is asked, and judges what the sums do not settle. */
export function askWindow(
  history: CounterHistory,
  startMillis: number,
  endMillis: number,
  isFew: FewSamples = fewerThanScraped,
): Map<string, PairAnswer> {
  const { reachMillis, intervalMillis } = history;
  const times = { startMillis, endMillis, reachMillis, scrapeIntervalMillis: intervalMillis };
  const from = startMillis - reachMillis;
  const sums = new Map<string, number>();
  const listed: CounterSeries[] = [];
  const others: CounterSeries[] = [];
  for (const series of history.series) {
    const copies = series.copies
      .map((samples) => between(samples, from, endMillis))
      .filter(({ length }) => length > 0);
    if (copies.length === 0) continue;
    const read = () => toSeries(series, copies);
    const inWindow = copies.map((samples) => between(samples, startMillis, endMillis));
    const now = highest(inWindow.map(lastOf));
    if (now === undefined) {
      others.push(read());
      continue;
    }
    const before = highest(copies.map((samples) => lastOf(between(samples, from, startMillis))));
    const difference = before === undefined ? Number.NaN : now - before;
    const few = isFew(
      Math.max(...inWindow.map(({ length }) => length)),
      Math.max(...copies.map(({ length }) => length)),
      times,
    );
    if (difference >= 0 && !copies.some(hasFall) && !few) {
      sums.set(series.pair, (sums.get(series.pair) ?? 0) + difference);
      others.push(read());
    } else listed.push(read());
  }
  const families = new Set(listed.map(({ family }) => family));
  const beside = others.filter(({ family }) => families.has(family));
  const appeared = new Set(appearedOf(listed, times).map(({ family }) => family));
  const past = pastOf(history, times, (family) => appeared.has(family));
  const answers = new Map<string, PairAnswer>();
  for (const [pair, count] of sums) answers.set(pair, { ...nothing, count, isSeen: count > 0 });
  for (const one of judgeCounters(listed, beside, past, times)) {
    const pair = listed[one.index]?.family ?? '';
    const before = answers.get(pair) ?? nothing;
    answers.set(pair, {
      isSeen: before.isSeen || one.count === null || one.count > 0,
      count: before.count + (one.count ?? 0),
      hasUnknownCount: before.hasUnknownCount || (one.count === null && one.unattributed === 0),
      unattributed: before.unattributed + one.unattributed,
      cannotTell: before.cannotTell || one.cannotTell,
      severalWriters: before.severalWriters || one.severalWriters,
    });
  }
  return answers;
}

export const nothing: PairAnswer = {
  isSeen: false,
  count: 0,
  hasUnknownCount: false,
  unattributed: 0,
  cannotTell: false,
  severalWriters: false,
};

/** The samples of a left-open range. */
export function between<T extends { at: number }>(
  samples: readonly T[],
  from: number,
  to: number,
): T[] {
  return samples.filter(({ at }) => at > from && at <= to);
}

function lastOf(samples: readonly TrueSample[]): number | undefined {
  return samples.at(-1)?.value;
}

function highest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function hasFall(samples: readonly TrueSample[]): boolean {
  return samples.some(({ value }, i) => value < (samples[i - 1]?.value ?? 0));
}

function toSeries(series: StoredSeries, copies: readonly TrueSample[][]): CounterSeries {
  const { pair, producer, labels } = series;
  const samples = mergeCopies(copies.map((copy) => copy.map(({ at, value }) => [at, value])));
  return { family: pair, producer, labels, samples };
}

function pastOf(
  history: CounterHistory,
  { startMillis, endMillis, reachMillis }: CounterTimes,
  isAsked: (family: string) => boolean,
): CounterPast {
  const to = startMillis - reachMillis;
  const past = history.series.map((series) => ({
    ...series,
    copies: series.copies.map((copy) => between(copy, to - lookBackMillis, to)),
  }));
  return {
    countsOf: (family) =>
      past.flatMap(({ pair, labels, copies }) => {
        const value = highest(copies.map(lastOf));
        return pair === family && isAsked(family) && value !== undefined ? [{ labels, value }] : [];
      }),
    samplesOf: ({ labels }) => {
      const key = JSON.stringify(labels);
      const one = past.find((series) => JSON.stringify(series.labels) === key);
      return one ? toSeries(one, one.copies).samples : [];
    },
    presenceOf: (producer) =>
      [
        ...(history.up.get(producer) ?? []),
        ...history.series
          .filter((one) => one.producer === producer)
          .flatMap(({ copies }) => copies.flat().map(({ at }) => at)),
      ]
        .filter((at) => at > to && at <= endMillis)
        .sort((a, b) => a - b),
    wasThere: (producer) =>
      (history.up.get(producer) ?? []).some((at) => at > to - lookBackMillis && at <= to) ||
      past.some((one) => one.producer === producer && one.copies.some(({ length }) => length > 0)),
    startOf: (producer) =>
      between(history.starts.get(producer) ?? [], to, endMillis).at(-1)?.startedAt,
  };
}
