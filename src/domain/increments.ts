import {
  type Birth,
  beginsInWindow,
  birthsOf,
  livesOfSeries,
  tallyReturns,
} from './counter-births.ts';
import { handOver } from './counter-hand-over.ts';
import {
  anyWriterGrew,
  type CounterSample,
  endsByRule,
  gainOf,
  hasSeveralWriters,
  livesOf,
} from './counter-samples.ts';
import {
  type CounterPast,
  type CounterSeries,
  type CounterTimes,
  ruleSlackScrapes,
  type SeriesIncrements,
  smallCount,
} from './counter-series.ts';

export type {
  CounterPast,
  CounterSeries,
  CounterTimes,
  PastCount,
  SeriesIncrements,
} from './counter-series.ts';
export { smallCount } from './counter-series.ts';

/** Which of some series have a life that begins in the window, so that it matters what was before. */
export function appearedOf(series: readonly CounterSeries[], times: CounterTimes): CounterSeries[] {
  return series.filter((one) =>
    livesOfSeries(one, times).some((life) => beginsInWindow(life, times)),
  );
}

/** Series with a first value in the window before which their producer is not known to have been there. */
export function unaccompaniedOf(
  appeared: readonly CounterSeries[],
  beside: readonly CounterSeries[],
  past: CounterPast,
  times: CounterTimes,
): CounterSeries[] {
  const births = birthsOf(appeared, beside, past, times);
  const alone = new Set(births.filter((one) => !one.isAccompanied).map(({ series }) => series));
  return appeared.filter((one) => alone.has(one));
}

/**
 * What some series counted in a window, from their samples.
 *
 * A sample says what was counted since the one before it. The first sample of a life says nothing by
 * itself: a counter may be new, may have got another label, may come back from a gap, or may have been
 * there for years and be looked at for the first time. What was there before of the same family, and
 * when the producer was there, tells these apart; where it does not, nothing is counted and that is said.
 *
 * Three things hold throughout. What may have been counted before the reach is of no window, whether a
 * counter went on or began anew in that gap. What a producer came back with is judged together, per
 * return: one lower count makes all new, unless a large one is exactly what it was. And a start that a
 * process tells of is believed only where it is near the window and later than the count before.
 *
 * @param listed the series to judge, their samples in order of time; `beside` are the others of their
 *   families
 */
export function judgeCounters(
  listed: readonly CounterSeries[],
  beside: readonly CounterSeries[],
  past: CounterPast,
  times: CounterTimes,
): SeriesIncrements[] {
  const severalWriters = listed.map(({ samples }) => hasSeveralWriters(samples, times.reachMillis));
  const births = birthsOf(listed, beside, past, times).filter(
    ({ index }) => !severalWriters[index],
  );
  const readTwice = handOver(births, [...listed, ...beside], past, times);
  tallyReturns(births);

  const firsts = new Map<number, First[]>();
  for (const birth of births) {
    const ofSeries = firsts.get(birth.index) ?? [];
    firsts.set(birth.index, ofSeries);
    ofSeries.push(readTwice.has(birth) ? nothing : firstOf(birth, past, times));
  }
  return listed.map((series, index) =>
    severalWriters[index]
      ? ofSeveralWriters(series.samples, index, times)
      : ofOneWriter(series, index, firsts.get(index) ?? [], times),
  );
}

function ofSeveralWriters(
  samples: readonly CounterSample[],
  index: number,
  { startMillis }: CounterTimes,
): SeriesIncrements {
  const count = anyWriterGrew(samples, startMillis) ? null : 0;
  return { index, count, unattributed: 0, cannotTell: false, severalWriters: true };
}

function ofOneWriter(
  series: CounterSeries,
  index: number,
  firsts: readonly First[],
  times: CounterTimes,
): SeriesIncrements {
  const lives = livesOfSeries(series, times);
  const gain = lives.reduce((sum, life) => sum + gainOf(life, times.startMillis), 0);
  const count = firsts.reduce((sum, first) => sum + first.count, gain);
  const unattributed = firsts.reduce((sum, first) => sum + first.unattributed, 0);
  return {
    index,
    count: count === 0 && unattributed > 0 ? null : count,
    unattributed,
    cannotTell: firsts.some(({ cannotTell }) => cannotTell),
    severalWriters: false,
  };
}

/** What a first value comes to. */
interface First {
  readonly count: number;
  readonly unattributed: number;
  readonly cannotTell: boolean;
}

const nothing: First = { count: 0, unattributed: 0, cannotTell: false };
const unknown: First = { ...nothing, cannotTell: true };

/** What the first value of a life says of the window. */
function firstOf(birth: Birth, past: CounterPast, times: CounterTimes): First {
  const { value, before, back } = birth;
  if (value === 0) return nothing;
  const whole = () => gained(value, lastKnownAt(birth, past, times), times);
  if (startedSince(birth, past, times) !== undefined) return whole();
  const isInSight = before?.own === true || before?.at !== undefined;
  if (!isInSight && past.isRefused?.(birth.series)) return unknown;
  if (birth.isAccompanied) return accompanied(birth, times);
  if (before === undefined) return birth.isKnown ? whole() : unknown;
  const isNewProcess = back.lower > 0 && !back.goesOn;
  if (isNewProcess || value < before.value) return whole();
  if (value > before.value) return gained(value - before.value, before.at, times);
  // As it was: nothing, unless it is as small as what begins anew again and again.
  if (value > smallCount || back.heldOrGrew > 1) return nothing;
  return before.own && isForgotten(birth, past, times) ? whole() : unknown;
}

/** A first value whose producer was there shortly before, without a counter of these labels. */
function accompanied({ at, value, before }: Birth, times: CounterTimes): First {
  if (before === undefined || value < before.value) return gained(value, at, times);
  const more = value - before.value;
  if (before.own) {
    return value <= smallCount ? gained(value, at, times) : gained(more, before.at, times);
  }
  // Its labels changed, if the other was large or ended in the scrape before.
  const isNext = at - (before.at ?? 0) <= 1.5 * times.scrapeIntervalMillis;
  return gained(value > smallCount || isNext ? more : value, at, times);
}

/** What was counted since some time: of this window where that is near, else of no window. */
function gained(count: number, since: number | undefined, times: CounterTimes): First {
  const isNear = since !== undefined && since > times.startMillis - times.reachMillis;
  return isNear ? { ...nothing, count } : { ...nothing, unattributed: count };
}

/** The latest time at which a counter that began anew is known not to have been there. */
function lastKnownAt(birth: Birth, past: CounterPast, times: CounterTimes): number {
  const known = [birth.before?.at, birth.producerSeenAt, startedSince(birth, past, times)];
  return Math.max(...known.map((at) => at ?? Number.NEGATIVE_INFINITY));
}

/**
 * When the process of a birth started, where it says that it did so near the window and since the count
 * that the birth would go on with.
 *
 * A time that is too old is that of something else, such as a parent process, and tells nothing; nor
 * does one of a producer whose counts went on.
 */
function startedSince(
  { at, before, series, back }: Birth,
  past: CounterPast,
  { startMillis, reachMillis }: CounterTimes,
): number | undefined {
  const startedAt = past.startOf(series.producer);
  if (startedAt === undefined || startedAt > at || startedAt <= startMillis - reachMillis) {
    return undefined;
  }
  const isSameProcess = before?.at !== undefined && before.agrees && before.at >= startedAt;
  return isSameProcess || back.goesOn ? undefined : startedAt;
}

/** Whether a series stood still equally long before each of its ends, so that something forgets it. */
function isForgotten({ at, series }: Birth, past: CounterPast, times: CounterTimes): boolean {
  const from = series.samples[0]?.[0] ?? at;
  const before = past.samplesOf(series).filter((sample) => sample[0] < from);
  const samples = [...before, ...series.samples.filter((sample) => sample[0] <= at)];
  const slackMillis = ruleSlackScrapes * times.scrapeIntervalMillis;
  return endsByRule(livesOf(samples, times.reachMillis), slackMillis);
}
