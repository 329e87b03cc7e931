import {
  anyWriterGrew,
  type CounterSample,
  endsByRule,
  gainOf,
  hasSeveralWriters,
  type Life,
  livesOf,
} from './counter-samples.ts';

/**
 * A first value up to which a counter that comes back as it was may as well have begun anew.
 *
 * A producer that forgets idle counters brings a rare one back at 1, 2 or 3 again and again. A larger
 * bound finds more of these and takes more idle counters for new ones: between 3 and 100 the known
 * histories are told alike, and 0 misses the rare ones.
 */
export const smallCount = 10;

/** A series of a counter that a window's sums do not settle, or one beside it. */
export interface CounterSeries {
  /** What it counts: series of one family differ in labels only, so one may go on with another's count. */
  readonly family: string;
  /** Who counts: the labels that are neither the pair's nor a kind's. */
  readonly producer: string;
  readonly labels: Readonly<Record<string, string>>;
  /** All counts from one reach before the window to its end, in order of time. */
  readonly samples: readonly CounterSample[];
  /** Set where only the first and the last sample of one unbroken life are known. */
  readonly isOutline?: boolean;
}

/** The last count of a series that had none within the reach of the window. */
export interface PastCount {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What is known of the time before, and of the producers. */
export interface CounterPast {
  /** The last counts of a family before the reach of the window. */
  countsOf(family: string): readonly PastCount[];
  /** All samples of the hours before of a series; empty where they were not asked for. */
  samplesOf(series: CounterSeries): readonly CounterSample[];
  /** When a producer is known to have been there, from one reach before the window on, in order. */
  presenceOf(producer: string): readonly number[];
  /** Whether a producer was there in the hours before the reach of the window. */
  wasThere(producer: string): boolean;
  /** When the process of a producer started, in epoch milliseconds, where something says so. */
  startOf(producer: string): number | undefined;
}

/** The times by which samples are judged, in milliseconds. */
export interface CounterTimes {
  readonly startMillis: number;
  readonly endMillis: number;
  /** How far before the window a sample is looked for; samples farther apart are of two lives. */
  readonly reachMillis: number;
  /** How often samples are taken, as far as it can be seen. */
  readonly scrapeIntervalMillis: number;
}

/** What one series counted in a window. */
export interface SeriesIncrements {
  readonly index: number;
  /** `null` where it counted and nobody can tell how much. */
  readonly count: number | null;
  /** What it counted in a gap that is longer than the reach: that belongs to no window. */
  readonly unattributed: number;
  /** Whether its first value may be of this window or of any time before. */
  readonly cannotTell: boolean;
  readonly severalWriters: boolean;
}

/** The first sample of a life that begins in the window. */
interface Birth {
  readonly index: number;
  readonly at: number;
  readonly value: number;
  readonly life: Life;
  /** The count it may go on with. */
  before: Before | undefined;
}

interface Before {
  readonly value: number;
  /** Whether it is its own or that of a series that ended. */
  readonly own: boolean;
  /** When, where that is within the reach of the window. */
  readonly at: number | undefined;
}

/** What a first value comes to. */
interface First {
  readonly count: number;
  readonly unattributed?: number;
  readonly cannotTell?: boolean;
}

/** Which of some series have a life that begins in the window, so that it matters what was before. */
export function appearedOf(series: readonly CounterSeries[], times: CounterTimes): CounterSeries[] {
  return series.filter((one) => birthsOf(one, 0, times).length > 0);
}

/** Series with a first value in the window before which their producer is not known to have been there. */
export function unaccompaniedOf(
  appeared: readonly CounterSeries[],
  all: readonly CounterSeries[],
  past: Pick<CounterPast, 'presenceOf'>,
  times: CounterTimes,
): CounterSeries[] {
  const presence = createPresence(all, past, times);
  return appeared.filter((one, index) =>
    birthsOf(one, index, times).some(({ at }) => !presence.accompanied(one.producer, at)),
  );
}

/**
 * What some series counted in a window, from their samples.
 *
 * A sample says what was counted since the one before it. The first sample of a life says nothing by
 * itself: a counter may be new, may have got another label, may come back from a gap, or may have been
 * there for years and be looked at for the first time. What was there before of the same family, and
 * when the producer was there, tells these apart; where it does not, nothing is counted and that is said.
 *
 * @param listed the series to judge; `beside` are the others of their families
 */
export function judgeCounters(
  listed: readonly CounterSeries[],
  beside: readonly CounterSeries[],
  past: CounterPast,
  times: CounterTimes,
): SeriesIncrements[] {
  const all = [...listed, ...beside];
  const presence = createPresence(all, past, times);
  const births = listed.flatMap((one, index) =>
    hasSeveralWriters(one.samples) ? [] : birthsOf(one, index, times),
  );
  handOver(births, listed, beside, past, times);
  const anew = producersAnew(births, listed, past, presence, times);

  const firsts = births.map((birth) => ({
    index: birth.index,
    first: firstOf(birth, { births, listed, beside, past, presence, anew, times }),
    gain: gainOf(birth.life, times.startMillis),
  }));
  return listed.map((one, index) => {
    if (hasSeveralWriters(one.samples)) return ofSeveralWriters(one, index, times);
    const ofSeries = firsts.filter((first) => first.index === index);
    const gain = livesOfSeries(one, times)
      .filter((life) => !beginsInWindow(life, times))
      .reduce((sum, life) => sum + gainOf(life, times.startMillis), 0);
    const count = ofSeries.reduce((sum, { first, gain: more }) => sum + first.count + more, gain);
    const unattributed = ofSeries.reduce((sum, { first }) => sum + (first.unattributed ?? 0), 0);
    return {
      index,
      count: count === 0 && unattributed > 0 ? null : count,
      unattributed,
      cannotTell: ofSeries.some(({ first }) => first.cannotTell === true),
      severalWriters: false,
    };
  });
}

function ofSeveralWriters(
  { samples }: CounterSeries,
  index: number,
  { startMillis }: CounterTimes,
): SeriesIncrements {
  const count = anyWriterGrew(samples, startMillis) ? null : 0;
  return { index, count, unattributed: 0, cannotTell: false, severalWriters: true };
}

function livesOfSeries({ samples, isOutline }: CounterSeries, { reachMillis }: CounterTimes) {
  return livesOf(samples, isOutline === true ? Number.POSITIVE_INFINITY : reachMillis);
}

function beginsInWindow(life: Life, { startMillis, endMillis }: CounterTimes): boolean {
  const at = life[0]?.[0] ?? Number.NEGATIVE_INFINITY;
  return at > startMillis && at <= endMillis;
}

function birthsOf(series: CounterSeries, index: number, times: CounterTimes): Birth[] {
  const lives = livesOfSeries(series, times);
  return lives.flatMap((life, place) => {
    const [first] = life;
    if (first === undefined || !beginsInWindow(life, times)) return [];
    const last = lives[place - 1]?.at(-1);
    const before = last && { value: last[1], own: true, at: last[0] };
    return [{ index, at: first[0], value: first[1], life, before }];
  });
}

/** Tells when each producer was there. */
function createPresence(
  all: readonly CounterSeries[],
  past: Pick<CounterPast, 'presenceOf'>,
  { reachMillis, scrapeIntervalMillis }: CounterTimes,
) {
  const known = new Map<string, number[]>();
  for (const { producer, samples } of all) {
    const times = known.get(producer) ?? [...past.presenceOf(producer)];
    known.set(producer, times);
    for (const [at] of samples) times.push(at);
  }
  for (const times of known.values()) times.sort((a, b) => a - b);
  return {
    /** Whether the producer was there shortly before, and not only in the same scrape. */
    accompanied(producer: string, at: number): boolean {
      const times = known.get(producer) ?? [];
      const latest = lastNotAfter(times, at - scrapeIntervalMillis / 2);
      return latest !== undefined && latest >= at - reachMillis;
    },
  };
}

function lastNotAfter(times: readonly number[], at: number): number | undefined {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return times[low - 1];
}

/** A series that ended, whose count another may go on with; once. */
interface Ended {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly at: number | undefined;
}

/** Gives births without a count of their own the counts of series of their family that ended before. */
function handOver(
  births: readonly Birth[],
  listed: readonly CounterSeries[],
  beside: readonly CounterSeries[],
  past: CounterPast,
  times: CounterTimes,
): void {
  const byFamily = new Map<string, Birth[]>();
  for (const birth of births) {
    const series = listed[birth.index];
    if (series === undefined || birth.before !== undefined) continue;
    const own = past
      .countsOf(series.family)
      .find(({ labels }) => equalLabels(labels, series.labels) === Number.POSITIVE_INFINITY);
    if (own !== undefined) birth.before = { value: own.value, own: true, at: undefined };
    else byFamily.set(series.family, [...(byFamily.get(series.family) ?? []), birth]);
  }
  const all = [...listed, ...beside];
  for (const [family, born] of byFamily) {
    const ofFamily = all.filter((one) => one.family === family);
    const present = ofFamily.map(({ labels }) => labels);
    const ended: Ended[] = [
      ...ofFamily.flatMap(({ labels, samples }) => {
        const last = samples.at(-1);
        return last ? [{ labels, value: last[1], at: last[0] }] : [];
      }),
      ...past
        .countsOf(family)
        .filter(({ labels }) => !present.some((one) => isSame(one, labels)))
        .map(({ labels, value }) => ({ labels, value, at: undefined })),
    ];
    const candidates = born.flatMap((birth) =>
      ended
        .filter((one) => endedBefore(one, birth, times))
        .map((one) => ({
          birth,
          one,
          equal: equalLabels(one.labels, listed[birth.index]?.labels ?? {}),
        })),
    );
    // The most alike first; of these the latest.
    candidates.sort((a, b) => b.equal - a.equal || (b.one.at ?? 0) - (a.one.at ?? 0));
    const used = new Set<Ended>();
    for (const { birth, one } of candidates) {
      if (birth.before !== undefined || used.has(one)) continue;
      used.add(one);
      birth.before = { value: one.value, own: false, at: one.at };
    }
  }
}

/** Whether a series had ended when another began: its next sample was due and did not come. */
function endedBefore(
  { at }: Ended,
  birth: Birth,
  { endMillis, scrapeIntervalMillis }: CounterTimes,
): boolean {
  if (at === undefined) return true;
  if (at >= birth.at) return false;
  return birth.at - at >= 0.9 * scrapeIntervalMillis || endMillis - at > 1.5 * scrapeIntervalMillis;
}

function isSame(
  left: Readonly<Record<string, string>>,
  right: Readonly<Record<string, string>>,
): boolean {
  return equalLabels(left, right) === Number.POSITIVE_INFINITY;
}

/** How many labels two series share; infinite where they share all. */
function equalLabels(
  left: Readonly<Record<string, string>>,
  right: Readonly<Record<string, string>>,
): number {
  const names = Object.keys(left);
  const equal = names.filter((name) => left[name] === right[name]).length;
  const isAll = equal === names.length && names.length === Object.keys(right).length;
  return isAll ? Number.POSITIVE_INFINITY : equal;
}

type Presence = ReturnType<typeof createPresence>;

/**
 * Producers that came with their series and are new processes: one count is lower than what it would
 * go on with, or the process says that it started since.
 */
function producersAnew(
  births: readonly Birth[],
  listed: readonly CounterSeries[],
  past: CounterPast,
  presence: Presence,
  { startMillis, reachMillis }: CounterTimes,
): ReadonlySet<string> {
  const anew = new Set<string>();
  for (const { index, at, value, before } of births) {
    const producer = listed[index]?.producer ?? '';
    if (presence.accompanied(producer, at)) continue;
    const startedAt = past.startOf(producer);
    const justStarted =
      startedAt !== undefined && startedAt <= at && startedAt > startMillis - reachMillis;
    if (justStarted || (before !== undefined && value < before.value)) anew.add(producer);
  }
  return anew;
}

interface Surroundings {
  readonly births: readonly Birth[];
  readonly listed: readonly CounterSeries[];
  readonly beside: readonly CounterSeries[];
  readonly past: CounterPast;
  readonly presence: Presence;
  readonly anew: ReadonlySet<string>;
  readonly times: CounterTimes;
}

const nothing: First = { count: 0 };
const unknown: First = { count: 0, cannotTell: true };

/** What the first value of a life says of the window. */
function firstOf(birth: Birth, around: Surroundings): First {
  const { value, before, at } = birth;
  const series = around.listed[birth.index];
  if (series === undefined) return nothing;
  const { producer } = series;
  if (around.presence.accompanied(producer, at)) {
    if (before === undefined) return { count: value };
    if (before.own) {
      return value < before.value || value <= smallCount ? { count: value } : since(birth, before);
    }
    const justEnded = before.at !== undefined && at - before.at <= around.times.reachMillis;
    const isMoved = justEnded && value >= before.value && value > smallCount;
    return { count: isMoved ? value - before.value : value };
  }
  if (around.anew.has(producer)) return { count: value };
  if (before !== undefined) {
    if (value > before.value) return since(birth, before);
    if (value > smallCount || othersHeld(birth, around)) return nothing;
    const { scrapeIntervalMillis, reachMillis } = around.times;
    const lives = livesOf([...around.past.samplesOf(series), [at, value]], reachMillis);
    return endsByRule(lives, 2 * scrapeIntervalMillis) ? { count: value } : unknown;
  }
  if (around.past.wasThere(producer)) return { count: value };
  return isSecondJob(birth, series, around) ? nothing : unknown;
}

/** What was counted since the count before: of this window where that is near, else of no window. */
function since({ value }: Birth, before: Before): First {
  const more = value - before.value;
  return before.at === undefined ? { count: 0, unattributed: more } : { count: more };
}

/** Whether another series of the producer came back as it was, or higher. */
function othersHeld({ index }: Birth, { births, listed }: Surroundings): boolean {
  const producer = listed[index]?.producer;
  return births.some(
    (other) =>
      other.index !== index &&
      listed[other.index]?.producer === producer &&
      other.before !== undefined &&
      other.value >= other.before.value,
  );
}

/** Whether a series that goes on has this very count: then somebody else began to scrape the same. */
function isSecondJob(
  { index, at, value }: Birth,
  { family, producer }: CounterSeries,
  { listed, beside, times }: Surroundings,
): boolean {
  return [...listed, ...beside].some(
    (other) =>
      other !== listed[index] &&
      other.family === family &&
      other.producer !== producer &&
      other.samples.some(
        ([otherAt, count]) =>
          count === value && Math.abs(otherAt - at) <= times.scrapeIntervalMillis,
      ),
  );
}
