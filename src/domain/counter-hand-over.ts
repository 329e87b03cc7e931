import { type Birth, livesOfSeries } from './counter-births.ts';
import {
  type CounterPast,
  type CounterSeries,
  type CounterTimes,
  smallCount,
} from './counter-series.ts';

type Labels = Readonly<Record<string, string>>;

/** A series that has no sample after some time, whose count one other may go on with. */
interface Ended {
  readonly labels: Labels;
  readonly value: number;
  readonly at: number | undefined;
}

/** How many ended series are compared with one birth: where more share a label, it tells nothing. */
const mostCompared = 64;

/**
 * Gives births the count of before that they may go on with: their own last one, or that of a series of
 * their family that ended, each once and the most alike first.
 *
 * A producer that is known goes on with its own counts only, so there the labels must not contradict:
 * what appears beside a series of another process that ended is new. A producer that is not known may be
 * any other one under new labels.
 *
 * @returns the births that have the very count of a series that lives on: the same process, read twice
 */
export function handOver(
  births: readonly Birth[],
  all: readonly CounterSeries[],
  past: CounterPast,
  times: CounterTimes,
): ReadonlySet<Birth> {
  giveOwn(births, past);
  const byFamily = new Map<string, { born: Birth[]; series: CounterSeries[] }>();
  for (const birth of births) {
    const family = byFamily.get(birth.series.family) ?? { born: [], series: [] };
    byFamily.set(birth.series.family, family);
    family.born.push(birth);
  }
  for (const series of all) byFamily.get(series.family)?.series.push(series);

  const equal = [...byFamily.values()].flatMap(({ born, series }) =>
    equalLiving(born, series, times),
  );
  for (const { value, back } of equal) if (value > smallCount) back.isReadTwice = true;
  const readTwice = new Set(equal.filter(({ back }) => back.isReadTwice));

  for (const [family, { born, series }] of byFamily) {
    const present = new Set(series.map(({ labels }) => keyOf(labels)));
    const ended: Ended[] = series.flatMap((one) =>
      livesOfSeries(one, times).flatMap((life) => {
        const last = life.at(-1);
        return last ? [{ labels: one.labels, value: last[1], at: last[0] }] : [];
      }),
    );
    for (const { labels, value } of past.countsOf(family)) {
      if (!present.has(keyOf(labels))) ended.push({ labels, value, at: undefined });
    }
    giveEnded(
      born.filter((birth) => !readTwice.has(birth)),
      ended,
      times,
    );
  }
  return readTwice;
}

/** Gives each birth the last count that its own series had before the reach. */
function giveOwn(births: readonly Birth[], past: CounterPast): void {
  const counts = new Map<string, Map<string, number>>();
  for (const birth of births) {
    if (birth.before !== undefined) continue;
    const { family, labels } = birth.series;
    const ofFamily =
      counts.get(family) ??
      new Map(past.countsOf(family).map((one) => [keyOf(one.labels), one.value]));
    counts.set(family, ofFamily);
    const value = ofFamily.get(keyOf(labels));
    if (value !== undefined) birth.before = { value, at: undefined, own: true, agrees: true };
  }
}

/** A value that a series kept for some time. */
interface Stand {
  readonly one: CounterSeries;
  readonly value: number;
  readonly from: number;
  to: number;
}

/** The births whose count a series of another producer has at that time and lives on. */
function equalLiving(
  born: readonly Birth[],
  series: readonly CounterSeries[],
  times: CounterTimes,
): Birth[] {
  const unknown = born.filter(({ isKnown, before }) => !isKnown && before === undefined);
  const values = new Set(unknown.map(({ value }) => value));
  if (values.size === 0) return [];
  const holding = new Map<number, Stand[]>();
  for (const one of series) {
    let stand: Stand | undefined;
    for (const [at, value] of one.samples) {
      if (stand?.value === value && at - stand.to <= times.reachMillis) stand.to = at;
      else if (values.has(value)) {
        stand = { one, value, from: at, to: at };
        holding.set(value, holding.get(value) ?? []);
        holding.get(value)?.push(stand);
      } else stand = undefined;
    }
  }
  const near = times.scrapeIntervalMillis;
  return unknown.filter((birth) =>
    (holding.get(birth.value) ?? []).slice(0, mostCompared).some(({ one, from, to }) => {
      const [at, value] = one.samples.at(-1) ?? [0, 0];
      const since = one.samples[0]?.[0] ?? birth.at;
      return (
        one.producer !== birth.series.producer &&
        since < birth.at - near / 2 &&
        from - near <= birth.at &&
        to + near >= birth.at &&
        !hadEnded({ at, value }, birth, times)
      );
    }),
  );
}

/** Gives each birth the count of the ended series that is most like it; of these the latest. */
function giveEnded(born: readonly Birth[], ended: readonly Ended[], times: CounterTimes): void {
  const latestFirst = [...ended].sort((a, b) => (b.at ?? 0) - (a.at ?? 0));
  const alike = createAlike(latestFirst);
  const candidates = born.flatMap((birth) =>
    alike(birth.series.labels)
      .filter((one) => mayGoOn(one, birth, times))
      .map((one) => ({ birth, one, equal: countEqual(one.labels, birth.series.labels) })),
  );
  candidates.sort((a, b) => b.equal - a.equal || (b.one.at ?? 0) - (a.one.at ?? 0));
  const used = new Set<Ended>();
  const give = (birth: Birth, one: Ended) => {
    used.add(one);
    const agrees = doAgree(one.labels, birth.series.labels);
    birth.before = { value: one.value, at: one.at, own: false, agrees };
  };
  for (const { birth, one } of candidates) {
    if (birth.before?.own !== false && !used.has(one)) give(birth, one);
  }
  // What is like many others alike goes on with any of them: the latest births with the latest ends.
  const bare = born.filter(({ before }) => before === undefined).sort((a, b) => b.at - a.at);
  const left = latestFirst.filter((one) => !used.has(one));
  let from = 0;
  for (const birth of bare) {
    const isPassed = (one: Ended | undefined) =>
      one !== undefined && (used.has(one) || (one.at ?? 0) >= birth.at);
    while (isPassed(left[from])) from += 1;
    const one = left
      .slice(from, from + mostCompared)
      .find((other) => !used.has(other) && mayGoOn(other, birth, times));
    if (one !== undefined) give(birth, one);
  }
}

/** Finds the ended series that share a telling label with a birth; all of them where they are few. */
function createAlike(ended: readonly Ended[]): (labels: Labels) => Ended[] {
  if (ended.length <= mostCompared) return () => [...ended];
  const byLabel = new Map<string, Ended[]>();
  for (const one of ended) {
    for (const label of Object.entries(one.labels)) {
      const key = label.join('\u0000');
      const known = byLabel.get(key) ?? [];
      byLabel.set(key, known);
      known.push(one);
    }
  }
  return (labels) => {
    const lists = Object.entries(labels).map((label) => byLabel.get(label.join('\u0000')) ?? []);
    return [...new Set(lists.filter(({ length }) => length <= mostCompared).flat())];
  };
}

function mayGoOn(ended: Ended, birth: Birth, times: CounterTimes): boolean {
  if (!hadEnded(ended, birth, times)) return false;
  if (birth.before?.own === true) return isNextUnderOldLabels(ended, birth, times);
  if (!birth.isKnown) return true;
  if (!doAgree(ended.labels, birth.series.labels)) return false;
  if (!birth.isAccompanied) return true;
  return ended.at !== undefined && birth.at - ended.at <= times.reachMillis;
}

/**
 * Whether a series that had its labels before gets them back: another of the same process ended in the
 * scrape before, with a count that this one goes on with.
 */
function isNextUnderOldLabels(
  { labels, value, at }: Ended,
  birth: Birth,
  { scrapeIntervalMillis }: CounterTimes,
): boolean {
  if (at === undefined || birth.at - at > 1.5 * scrapeIntervalMillis) return false;
  return birth.value >= value && doAgree(labels, birth.series.labels);
}

/**
 * Whether a series had ended when another began: its next sample was due and did not come.
 *
 * Near the window's end the next may just not be due yet. What begins one scrape after it, and not
 * lower, is taken to go on with it; what is lower may as well be another process beside it.
 */
function hadEnded(
  { at, value }: Pick<Ended, 'at' | 'value'>,
  birth: Birth,
  { endMillis, scrapeIntervalMillis }: CounterTimes,
): boolean {
  if (at === undefined) return true;
  if (at >= birth.at) return false;
  if (endMillis - at > 1.5 * scrapeIntervalMillis) return true;
  return birth.at - at >= 0.9 * scrapeIntervalMillis && birth.value >= value;
}

/** Whether two series differ in no label that both have. */
export function doAgree(left: Labels, right: Labels): boolean {
  return Object.entries(left).every(
    ([name, value]) => value === '' || !right[name] || right[name] === value,
  );
}

function countEqual(left: Labels, right: Labels): number {
  return Object.entries(left).filter(([name, value]) => right[name] === value).length;
}

function keyOf(labels: Labels): string {
  return JSON.stringify(
    Object.entries(labels)
      .filter(([, value]) => value !== '')
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
