import { isCount } from '../domain/counter-samples.ts';
import {
  appearedOf,
  type CounterSeries,
  type CounterTimes,
  judgeCounters,
  type SeriesIncrements,
} from '../domain/increments.ts';
import type { Sample, VectorAnswer } from './answer.ts';
import type { CounterAsking } from './counter-asking.ts';
import { textOfLabels, textOfValues } from './counter-labels.ts';
import { askPast } from './counter-past.ts';
import { incrementsQuestion, mark } from './counter-questions.ts';
import { readOutlines } from './read-outlines.ts';
import { type Looked, type ReadSeries, readSamples } from './read-samples.ts';

type Labels = Readonly<Record<string, string>>;

/** What one counter says of the pairs of one part of a window. */
export interface CounterReading {
  /** Increments by pair; those of series that were looked at closer are in them. */
  readonly samples: readonly Sample[];
  /** Labels of pairs that were used, of which nobody can tell how often. */
  readonly uncounted: readonly Labels[];
  /** Labels of pairs that were used in a gap; the window counts none of it. */
  readonly used: readonly Labels[];
  readonly cannotTell: number;
  /** Series whose last value is no count (NaN, infinite, negative). */
  readonly broken: number;
  /** Series that several processes write by turns. */
  readonly severalWriters: number;
  /** What was counted in gaps that are longer than the reach, and so belongs to no window. */
  readonly unattributed: number;
  readonly warnings: readonly string[];
}

/** From so many listed series on, those that are new are read by their outlines. */
const manyListed = 500;

/**
 * Asks what a counter counted in one part of a window.
 *
 * One question gives the sums where the samples at both ends of the window say all, and lists the
 * series for which they do not. Only these are looked at closer; what that finds takes the place of
 * what the sums hold of them.
 *
 * @param check is given the first answer, and may throw where it is not to be used
 */
export async function readCounter(
  asking: CounterAsking,
  check: (answer: VectorAnswer) => void | Promise<void>,
): Promise<CounterReading> {
  const answer = await asking.ask(incrementsQuestion(asking.counter, asking.scope));
  await check(answer);
  const { sums, listed, leftOut } = sortedOut(answer.samples);
  if (listed.size === 0) return { ...nothingListed, samples: sums, warnings: answer.warnings };
  const looked = await look(asking, [...listed.values()], sums.length);
  const broken = [...listed.values()].filter(({ value }) => !isCount(value)).length;
  const times = timesOf(asking);
  const all = [...looked.listed, ...looked.beside];
  const appeared = appearedOf(looked.listed, times);
  const past = appeared.length > 0 ? await askPast(asking, appeared, all, times) : nothingBefore;
  const judged = judgeCounters(looked.listed, looked.beside, past, times);
  return {
    ...combine(asking, sums, looked.listed, judged, leftOut),
    broken,
    cannotTell: judged.filter(({ cannotTell }) => cannotTell).length + looked.refused,
    severalWriters: judged.filter(
      ({ index, severalWriters }) => severalWriters && isInWindow(looked.listed[index], times),
    ).length,
    unattributed: judged.reduce((sum, { unattributed }) => sum + unattributed, 0),
    warnings: [...answer.warnings, ...looked.warnings],
  };
}

/** The sums of an answer, and what is listed beside them; of that `leftOut` is in no sum. */
function sortedOut(samples: readonly Sample[]) {
  const sums: Sample[] = [];
  const listed = new Map<string, Sample>();
  const leftOut = new Set<string>();
  for (const sample of samples) {
    // Nearly all are sums, and there may be very many.
    if (sample.labels[mark.label] === undefined) {
      sums.push(sample);
      continue;
    }
    const { [mark.label]: marked, __name__: _, ...labels } = sample.labels;
    const text = textOfLabels(labels);
    if (marked === mark.leftOut) leftOut.add(text);
    // Of a series that is listed twice its last value is kept, not what makes it doubtful.
    if (marked === mark.leftOut || !listed.has(text))
      listed.set(text, { labels, value: sample.value });
  }
  return { sums, listed, leftOut };
}

const nothingListed: Omit<CounterReading, 'samples' | 'warnings'> = {
  uncounted: [],
  used: [],
  cannotTell: 0,
  broken: 0,
  severalWriters: 0,
  unattributed: 0,
};

const nothingBefore = {
  countsOf: () => [],
  samplesOf: () => [],
  presenceOf: () => [],
  wasThere: () => false,
  startOf: () => undefined,
};

async function look(
  asking: CounterAsking,
  listed: readonly Sample[],
  others: number,
): Promise<Looked> {
  if (listed.length < manyListed || listed.length < others / 4) {
    return readSamples(
      asking,
      listed.map(({ labels }) => labels),
    );
  }
  const outlines = await readOutlines(asking);
  const outlined = new Set(outlines.map(({ labels }) => textOfLabels(labels)));
  const rest = listed.filter(({ labels }) => !outlined.has(textOfLabels(labels)));
  const looked = await readSamples(
    asking,
    rest.map(({ labels }) => labels),
  );
  const beside = looked.beside.filter(({ labels }) => !outlined.has(textOfLabels(labels)));
  return { ...looked, listed: [...looked.listed, ...outlines], beside };
}

export function timesOf({ scope }: Pick<CounterAsking, 'scope'>): CounterTimes {
  const { window, reachMillis, scrapeIntervalMillis } = scope;
  return { ...window, reachMillis, scrapeIntervalMillis };
}

/** Whether a series counted in the window: what was gone, or is no count, says nothing of its pair. */
function isInWindow(
  series: CounterSeries | undefined,
  { startMillis }: Pick<CounterTimes, 'startMillis'>,
): boolean {
  return series?.samples.some(([at]) => at > startMillis) ?? false;
}

/** Puts what was found by looking closer in the place of what the sums hold of the same series. */
function combine(
  { scope }: CounterAsking,
  sums: readonly Sample[],
  listed: readonly ReadSeries[],
  judged: readonly SeriesIncrements[],
  leftOut: ReadonlySet<string>,
) {
  const { identity } = scope.labels;
  interface Found {
    readonly labels: Labels;
    count: number;
    isKnown: boolean;
    isUncounted: boolean;
    isUsed: boolean;
  }
  const pairs = new Map<string, Found>();
  for (const { index, count, unattributed, cannotTell, severalWriters } of judged) {
    const series = listed[index];
    if (series === undefined || !isInWindow(series, scope.window)) continue;
    const key = textOfValues(series.labels, identity);
    const pair = pairs.get(key) ?? {
      labels: Object.fromEntries(
        identity.flatMap((name) => {
          const value = series.labels[name];
          return value === undefined ? [] : [[name, value]];
        }),
      ),
      count: 0,
      isKnown: false,
      isUncounted: false,
      isUsed: false,
    };
    pairs.set(key, pair);
    const inSums = leftOut.has(textOfLabels(series.labels)) ? 0 : series.inSums;
    pair.count += (count ?? 0) - inSums;
    if (!cannotTell || (count ?? 0) > 0) pair.isKnown = true;
    if (severalWriters && count === null) pair.isUncounted = true;
    if (unattributed > 0) pair.isUsed = true;
  }
  const samples = sums.map((sample) => {
    const key = textOfValues(sample.labels, identity);
    const pair = pairs.get(key);
    if (pair === undefined) return sample;
    const value = Math.max(0, sample.value + pair.count);
    pair.count = value;
    pair.isKnown = false;
    return { labels: sample.labels, value };
  });
  const found = [...pairs.values()];
  for (const { labels, count, isKnown } of found) {
    if (isKnown) samples.push({ labels, value: Math.max(0, count) });
  }
  const isWithoutCount = ({ isUncounted, isUsed, count }: Found) =>
    isUncounted || (isUsed && count <= 0);
  return {
    samples,
    uncounted: found.filter(isWithoutCount).map(({ labels }) => labels),
    used: found.filter((one) => one.isUsed && !isWithoutCount(one)).map(({ labels }) => labels),
  };
}
