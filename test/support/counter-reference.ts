import type { CounterHistory, StoredSeries, TrueSample } from './counter-history.ts';

/**
 * What the samples of a window allow to be said of a pair, by one who knows which counter of which
 * process each sample is of.
 */
export interface Allowed {
  /** The least and the most that may be counted, what belongs to no window included. */
  least: number;
  most: number;
  /** The most of it that belongs to no window. */
  mostUnattributed: number;
  /** Whether a request is shown by the samples, so that the pair must be seen. */
  mustBeSeen: boolean;
  /** Whether it may be said that a first value cannot be told. */
  mayBeUnknown: boolean;
  /** What was really counted since the sample before, and nothing where nobody can know. */
  truth: number;
  /** Whether the samples may look like those of several writers. */
  mayBeWriters: boolean;
  /** Whether they must. */
  areWriters: boolean;
  /** Why something is allowed that is not exact, for who reads a failure. */
  readonly because: string[];
}

const small = 10;
/** So far back it is asked for sure; for counts that are not small, and a few series, much farther. */
const lookBack = 6 * 3_600_000;
const farBack = 24 * 3_600_000;

interface Sample extends TrueSample {
  readonly series: StoredSeries;
}

/** Reads a window of a history as a person would, sample by sample. */
export function interpret(
  history: CounterHistory,
  start: number,
  end: number,
): Map<string, Allowed> {
  const allowed = new Map<string, Allowed>();
  for (const pair of new Set(history.series.map((one) => one.pair))) {
    const family = history.series.filter((one) => one.pair === pair);
    allowed.set(pair, interpretPair(history, family, start, end));
  }
  return allowed;
}

function interpretPair(
  history: CounterHistory,
  family: readonly StoredSeries[],
  start: number,
  end: number,
): Allowed {
  const allowed: Allowed = {
    least: 0,
    most: 0,
    mostUnattributed: 0,
    mustBeSeen: false,
    mayBeUnknown: false,
    truth: 0,
    mayBeWriters: false,
    areWriters: false,
    because: [],
  };
  const reach = start - history.reachMillis;
  for (const series of family.filter(({ hasTwoWriters }) => hasTwoWriters)) {
    readWriters(series, allowed, reach, start, end);
  }
  const streams = new Map<string, Sample[]>();
  for (const series of family.filter(({ hasTwoWriters }) => !hasTwoWriters)) {
    for (const sample of series.copies.flat()) {
      const key = `${sample.counter} ${series.labels.job}`;
      const stream = streams.get(key) ?? [];
      streams.set(key, stream);
      stream.push({ ...sample, series });
    }
    if (fallsBetween(ofOneSeries(series), reach, end) > 0) {
      looksLikeWriters(series, allowed, reach, end);
    }
    if (series.copies.length > 1) readCopies(series, allowed, reach - 4 * history.reachMillis, end);
  }
  for (const stream of streams.values()) {
    stream.sort((a, b) => a.at - b.at);
    for (const [place, sample] of stream.entries()) {
      if (sample.at <= start || sample.at > end) continue;
      const before = stream[place - 1];
      if (before === undefined) readFirst(history, family, sample, allowed, start);
      else readStep(history, family, before, sample, allowed, start);
    }
  }
  // Which copy saw the new process first is not told, and a small count may hide behind the old one.
  if (allowed.because.some((why) => why.startsWith('copies began anew')))
    allowed.mustBeSeen = false;
  return allowed;
}

/** A step of one counter: exact, unless its labels changed or it was away. */
function readStep(
  history: CounterHistory,
  family: readonly StoredSeries[],
  before: Sample,
  sample: Sample,
  allowed: Allowed,
  start: number,
): void {
  const more = sample.value - before.value;
  const isNear = before.at > start - history.reachMillis;
  const isAway = sample.at - before.at > history.reachMillis;
  allowed.most += more;
  allowed.truth += more;
  if (!isNear) allowed.mostUnattributed += more;
  if (before.series === sample.series && !isAway) {
    allowed.least += more;
    if (more > 0) allowed.mustBeSeen = true;
    return;
  }
  const doubt = doubtOf(history, family, sample, start, before);
  if (doubt === undefined) {
    allowed.least += more;
    if (more > 0) allowed.mustBeSeen = true;
    // As small as it was, it may be a new counter.
    if (more === 0 && sample.value <= small) allowed.mayBeUnknown = true;
    return;
  }
  allowed.because.push(`${doubt} at ${sample.at}`);
  allowed.mayBeUnknown = true;
  allowed.most += sample.value - more;
  allowed.mostUnattributed += sample.value - (isNear ? 0 : more);
}

/** What makes it possible that a value that goes on is taken for a new counter, or for another's. */
function doubtOf(
  history: CounterHistory,
  family: readonly StoredSeries[],
  sample: Sample,
  start: number,
  before?: Sample,
): string | undefined {
  const { series, at, value } = sample;
  const together = family.flatMap((one) => samplesAt(one, at)).length;
  const others = othersOf(history, family, sample, start);
  if (before === undefined) return undefined;
  if (before.series !== series) {
    const next = ofOneSeries(before.series).find((one) => one.at >= at);
    if (next && next.at - before.at <= history.reachMillis) return 'the old labels came back';
    if (others.ended > 1) return 'another series had ended too';
    if (others.livingEqual) return 'another series has that value';
    if (own(series, at, start - history.reachMillis - farBack) !== undefined)
      return 'it had these labels before';
    if (together > 1 && others.ended > 0 && family.some((one) => one.hasTwoWriters))
      return 'writers';
    if (value <= small && at - before.at > 1.4 * history.intervalMillis)
      return 'small, and a scrape is missing before its new labels';
    if (isNearEnd(history, before, sample)) return 'the other may not have ended';
  }
  if (cameBackLower(history, sample, start))
    return 'another series of its producer came back lower';
  if (before.at <= start - history.reachMillis - (value <= small ? lookBack : farBack)) {
    return 'longer ago than anybody looks';
  }
  if (before.series === series && value <= small && livesBefore(history, series, at, start) >= 3) {
    return 'small, and away again and again';
  }
  return undefined;
}

/** The first sample of a counter: shown to be new, or not. */
function readFirst(
  history: CounterHistory,
  family: readonly StoredSeries[],
  sample: Sample,
  allowed: Allowed,
  start: number,
): void {
  const { series, at, value } = sample;
  if (value === 0) return;
  // The first process may have counted before anybody looked.
  allowed.truth += sample.counter.split('/')[2] === '0' ? Number.NaN : value;
  const { reachMillis, intervalMillis } = history;
  const all = ofOneSeries(series);
  const previous = all
    .filter((one) => one.at < at && one.at > start - reachMillis - lookBack)
    .at(-1);
  const longAgo = own(series, at, start - reachMillis - farBack);
  const isAway = previous === undefined || at - previous.at > reachMillis;
  const presence = presenceOf(history, series.producer).filter(
    (one) => one <= at - intervalMillis / 2 && one > start - reachMillis - lookBack,
  );
  const seenAt = presence.at(-1);
  const isAccompanied = seenAt !== undefined && seenAt >= at - reachMillis;
  allowed.most += value;
  allowed.mostUnattributed += value;
  const shown = () => {
    allowed.least += value;
    allowed.mustBeSeen = true;
  };
  const notLessThan = (least: number, why: string) => {
    allowed.least += Math.max(0, least);
    if (least > 0) allowed.mustBeSeen = true;
    allowed.because.push(`${why} at ${at}`);
  };
  if (previous !== undefined && !isAway) {
    if (value < previous.value) shown();
    else notLessThan(value - previous.value, 'reset to more');
    return;
  }
  const others = othersOf(history, family, sample, start);
  if (previous === undefined && longAgo !== undefined) {
    allowed.mayBeUnknown = true;
    notLessThan(
      value > longAgo.value ? value - longAgo.value : 0,
      'looked for only if it is large',
    );
    return;
  }
  if (previous !== undefined && others.endedAlike > 0) {
    if (value <= small) allowed.mayBeUnknown = true;
    notLessThan(0, 'it may have had other labels between');
    return;
  }
  if (previous !== undefined && value < previous.value) {
    shown();
    return;
  }
  if (isAccompanied) {
    if (previous !== undefined) {
      if (value > small) {
        notLessThan(value - previous.value, 'as large as it was');
        return;
      }
      // In a short window, or after a short gap, nobody looks.
      if (previous.at > start - reachMillis) {
        notLessThan(value - previous.value, 'in sight all the time');
        return;
      }
      shown();
      return;
    }
    if (others.ended > 0) {
      notLessThan(0, 'another series had ended');
      return;
    }
    shown();
    return;
  }
  if (previous === undefined && others.ended === 0 && !others.livingEqual && seenAt !== undefined) {
    shown();
    return;
  }
  if (previous === undefined) allowed.mayBeUnknown = true;
  else if (value === previous.value && value <= small) allowed.mayBeUnknown = true;
  notLessThan(previous === undefined ? 0 : value - previous.value, 'not shown to be new');
}

/** Series of the family that ended before a sample, and whether one that lives on has its value. */
function othersOf(
  history: CounterHistory,
  family: readonly StoredSeries[],
  { series, at, value }: Sample,
  start: number,
) {
  const { reachMillis, intervalMillis } = history;
  let ended = 0;
  let endedAlike = 0;
  let livingEqual = false;
  for (const other of family) {
    if (other === series) continue;
    const all = ofOneSeries(other);
    const before = all.filter((one) => one.at < at && one.at > start - reachMillis - farBack);
    if (before.length === 0) continue;
    const next = all.find((one) => one.at >= at);
    const last = before.at(-1);
    if (last === undefined) continue;
    const hasEnded =
      next === undefined ||
      next.at - last.at > 1.5 * intervalMillis ||
      at - last.at >= 0.8 * intervalMillis;
    if (hasEnded) ended += 1;
    if (hasEnded && other.labels.instance === series.labels.instance) endedAlike += 1;
    livingEqual ||= all.some(
      (one) => one.value === value && Math.abs(one.at - at) <= 2 * intervalMillis,
    );
    livingEqual ||= last.value === value;
  }
  return { ended, endedAlike, livingEqual };
}

function isNearEnd(
  { intervalMillis, bounds }: CounterHistory,
  before: Sample,
  sample: Sample,
): boolean {
  return bounds.some((end) => sample.at <= end && end - before.at <= 1.6 * intervalMillis);
}

/** Whether in the same scrape another series of the producer is lower than it was before. */
function cameBackLower(history: CounterHistory, { series, at }: Sample, start: number): boolean {
  const from = start - history.reachMillis - farBack;
  return history.series.some((other) => {
    if (other === series || other.producer !== series.producer) return false;
    const now = samplesAt(other, at)[0];
    if (now === undefined) return false;
    // It, or one whose count it may have taken over.
    return history.series.some(
      (before) =>
        before.pair === other.pair &&
        ofOneSeries(before).some((one) => one.at < at && one.at > from && one.value > now.value),
    );
  });
}

function livesBefore(
  history: CounterHistory,
  series: StoredSeries,
  at: number,
  start: number,
): number {
  const from = start - history.reachMillis - lookBack;
  const all = ofOneSeries(series).filter((one) => one.at > from && one.at <= at);
  return (
    1 + all.filter((one, i) => one.at - (all[i - 1]?.at ?? one.at) > history.reachMillis).length
  );
}

function own(series: StoredSeries, at: number, from: number): TrueSample | undefined {
  return ofOneSeries(series)
    .filter((one) => one.at < at && one.at > from)
    .at(-1);
}

function samplesAt(series: StoredSeries, at: number): TrueSample[] {
  return series.copies.flat().filter((one) => one.at === at);
}

const merged = new WeakMap<StoredSeries, TrueSample[]>();

function ofOneSeries(series: StoredSeries): TrueSample[] {
  const known = merged.get(series);
  if (known !== undefined) return known;
  const all = series.copies.flat().sort((a, b) => a.at - b.at);
  merged.set(series, all);
  return all;
}

function presenceOf(history: CounterHistory, producer: string): number[] {
  return [
    ...(history.up.get(producer) ?? []),
    ...history.series
      .filter((one) => one.producer === producer)
      .flatMap((one) => ofOneSeries(one).map(({ at }) => at)),
  ].sort((a, b) => a - b);
}

function fallsBetween(samples: readonly TrueSample[], from: number, to: number): number {
  const all = samples.filter(({ at }) => at > from && at <= to);
  return all.filter(({ value }, i) => value < (all[i - 1]?.value ?? 0)).length;
}

/**
 * Where a process begins anew, no copy alone says when, so for a sample of each copy either the old or
 * the new may be counted.
 */
function readCopies(series: StoredSeries, allowed: Allowed, from: number, to: number): void {
  const all = ofOneSeries(series).filter(({ at }) => at > from && at <= to);
  const turns = all.filter(({ counter }, i) => i > 0 && counter !== all[i - 1]?.counter);
  for (const turn of turns) {
    const near = all.filter(({ counter }) => counter === turn.counter).slice(0, 4);
    const most = Math.max(...near.map(({ value }) => value));
    allowed.least -= most;
    allowed.most += 2 * most;
    allowed.because.push(`copies began anew at ${turn.at}`);
  }
}

/** One process that restarts again and again may be taken for several that write by turns. */
function looksLikeWriters(series: StoredSeries, allowed: Allowed, from: number, to: number): void {
  const all = ofOneSeries(series).filter(({ at }) => at > from && at <= to);
  const isRegained = all.some(({ value }, i) => {
    const high = all[i - 1]?.value ?? 0;
    if (value >= high) return false;
    const after = [all[i + 1]?.value ?? 0, all[i + 2]?.value ?? 0];
    const earlier = [all[i - 2]?.value ?? Number.NaN, all[i - 3]?.value ?? Number.NaN];
    return (
      after.some((one) => one >= high) || earlier.some((one) => one <= value && one >= value / 1.02)
    );
  });
  if (isRegained) allowed.mayBeWriters = true;
}

function readWriters(
  series: StoredSeries,
  allowed: Allowed,
  from: number,
  start: number,
  end: number,
): void {
  const all = ofOneSeries(series).filter(({ at }) => at > from && at <= end);
  if (all.length === 0 || (all.at(-1)?.at ?? 0) <= start) return;
  const writers = new Map<string, TrueSample[]>();
  for (const one of all) writers.set(one.counter, [...(writers.get(one.counter) ?? []), one]);
  const grew = [...writers.values()].some((ofOne) =>
    ofOne.some(({ at, value }, i) => at > start && value > (ofOne[i - 1]?.value ?? value)),
  );
  allowed.mayBeWriters = true;
  allowed.mayBeUnknown = true;
  allowed.most = Number.POSITIVE_INFINITY;
  allowed.mostUnattributed = Number.POSITIVE_INFINITY;
  allowed.because.push('two writers');
  // Two heights that do not meet, and enough of both, are surely found.
  const [one = [], other = [], ...more] = writers.values();
  const values = (samples: readonly TrueSample[]) => samples.map(({ value }) => value);
  const areApart =
    Math.min(...values(one)) > Math.max(...values(other)) ||
    Math.min(...values(other)) > Math.max(...values(one));
  if (more.length > 0 || !areApart || fallsBetween(all, from, end) < 3) return;
  const isByTurns = all.every(({ counter }, i) => i === 0 || counter !== all[i - 1]?.counter);
  if (!isByTurns) return;
  allowed.areWriters = true;
  if (grew) allowed.mustBeSeen = true;
}
