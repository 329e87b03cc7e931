import type { ProducerCensus } from '../domain/producers.ts';
import type { Census } from '../domain/window-outcome.ts';
import type { Sample, VectorAnswer } from './answer.ts';
import { type Asking, isTooHeavy } from './asking.ts';
import { notOfProducer, producerLabelsOf, textOfLabels } from './counter-labels.ts';
import { type CounterScope, lengthOf, onceOf, rangeOf } from './counter-questions.ts';
import { sampleGapOf } from './sample-gaps.ts';
import { type Series, selectorOf, withoutLabels } from './series.ts';

/** What a reading has in a window, all of it and by producer. */
export interface ReadingCensus extends Census {
  readonly producers: readonly ProducerCensus[];
  /** How often the source samples, as far as it can be seen, in milliseconds. */
  readonly scrapeIntervalMillis: number;
  /** The sums of all series by their last samples before both ends of the window. */
  readonly opening: number;
  readonly closing: number;
  /** How the second of them is asked for; what is asked alike can be compared. */
  readonly sumsAsked: string;
  readonly warnings: readonly string[];
}

const what = 'topolog';

/**
 * Counts the series of each producer in the window and near both its ends.
 *
 * How near depends on how often a producer is sampled, which its samples tell: where the configured
 * interval is too short for one, series are counted once more.
 *
 * @param options.isSingly whether each part is a question by itself, for a source that has little room
 */
export async function takeCensus(
  asking: Asking,
  scope: CounterScope,
  { isSingly = false } = {},
): Promise<ReadingCensus> {
  const configured = asking.source.scrapeIntervalMillis;
  const first = await count(asking, scope, 2 * configured, isSingly);
  const length = lengthOf(scope.window);
  const rarest = await rarestGap(asking, scope, first.producers);
  if (rarest === null) {
    return { ...first, scrapeIntervalMillis: observedInterval(first.producers, configured, scope) };
  }
  const near = Math.min(intervalsNear * rarest, mostOfWindow * length);
  const again = await count(asking, scope, near, isSingly);
  return {
    ...again,
    warnings: [...first.warnings, ...again.warnings],
    scrapeIntervalMillis: observedInterval(again.producers, configured, scope),
  };
}

/** Of so many producers that are not near both ends is it asked how often they are sampled. */
const mostAsked = 6;

/**
 * How often the source samples where that is more rarely than was said; `null` where it is not.
 *
 * A producer that is not near both ends is sampled more rarely, or was not there all the time. How
 * many samples it has tells which may be; the time between them tells which it is.
 */
async function rarestGap(
  asking: Asking,
  scope: CounterScope,
  producers: readonly ProducerCensus[],
): Promise<number | null> {
  const isRare = (millis: number) =>
    millis > 1.25 * asking.source.scrapeIntervalMillis && millis <= lengthOf(scope.window) / 2;
  const suspects = producers
    .filter((one) => !isThroughout(one) && isRare(intervalOf(one, scope)))
    .sort((a, b) => a.samples - b.samples);
  // Those that began or ended together have about as many; one of them stands for all.
  const byCount = new Map(suspects.map((one) => [one.samples, one]));
  for (const one of [...byCount.values()].slice(0, mostAsked)) {
    const gapMillis = await sampleGapOf(asking, scope, one);
    if (gapMillis !== null && isRare(gapMillis)) return gapMillis;
  }
  return null;
}

/** A sample this many scrape intervals from an end of the window is near it. */
const intervalsNear = 2.5;
/** And no farther than this share of the window: what begins late is not near its start. */
const mostOfWindow = 0.85;

function isThroughout({ nearStart, nearEnd }: ProducerCensus): boolean {
  return nearStart > 0 && nearEnd > 0;
}

/**
 * How often the rarest of the producers is sampled that were there all the time; the configured
 * interval where that is about right, else what is seen. It is rounded, as a sample more or less in a
 * window must not make another question of it.
 */
function observedInterval(
  producers: readonly ProducerCensus[],
  configured: number,
  scope: CounterScope,
): number {
  const intervals = producers.filter(isThroughout).map((one) => intervalOf(one, scope));
  const rarest = Math.max(0, ...intervals);
  if (rarest === 0) return configured;
  const isAbout = rarest > 0.75 * configured && rarest < 1.25 * configured;
  if (isAbout) return configured;
  const grain = rarest < 10_000 ? 1000 : 5000;
  return Math.max(1, Math.round(rarest / grain)) * grain;
}

/** Several counts of different series as one. */
export function joinCensus(
  parts: readonly ReadingCensus[],
  configuredMillis: number,
): ReadingCensus {
  const producers = new Map<string, ProducerCensus>();
  for (const one of parts.flatMap((part) => part.producers)) {
    const known = producers.get(one.id);
    producers.set(one.id, known ? joined(known, one) : one);
  }
  const sum = (of: (part: ReadingCensus) => number) =>
    parts.reduce((total, part) => total + of(part), 0);
  return {
    producers: [...producers.values()],
    series: sum(({ series }) => series),
    nearStart: sum(({ nearStart }) => nearStart),
    nearEnd: sum(({ nearEnd }) => nearEnd),
    opening: sum(({ opening }) => opening),
    closing: sum(({ closing }) => closing),
    sumsAsked: '',
    warnings: parts.flatMap(({ warnings }) => warnings),
    scrapeIntervalMillis: Math.max(
      ...parts.map(({ scrapeIntervalMillis }) => scrapeIntervalMillis),
      parts.length === 0 ? configuredMillis : 0,
    ),
  };
}

function joined(left: ProducerCensus, right: ProducerCensus): ProducerCensus {
  return {
    ...left,
    series: left.series + right.series,
    nearStart: left.nearStart + right.nearStart,
    nearEnd: left.nearEnd + right.nearEnd,
    samples: Math.max(left.samples, right.samples),
  };
}

function intervalOf({ samples }: ProducerCensus, { window }: CounterScope): number {
  return samples > 1 ? lengthOf(window) / samples : 0;
}

async function count(
  { dialect, ask }: Asking,
  scope: CounterScope,
  nearMillis: number,
  isSingly: boolean,
) {
  const { labels } = scope;
  const questions = dialect.presence.map((counter, index) =>
    partsOf(counter, index, scope, nearMillis),
  );
  const { samples, warnings } = await (isSingly
    ? askSingly(ask, questions.flat())
    : askTogether(ask, questions));
  const byProducer = new Map<
    string,
    { -readonly [Key in keyof ProducerCensus]: ProducerCensus[Key] }
  >();
  let [opening, closing] = [0, 0];
  for (const { labels: all, value } of samples) {
    if (!Number.isFinite(value)) continue;
    const [part] = (all[what] ?? '').split('/');
    if (part === 'opening') opening += value;
    else if (part === 'closing') closing += value;
    if (part === 'opening' || part === 'closing') continue;
    const { [what]: _, ...rest } = all;
    // Of kinds that are not known before, only the labels' names tell.
    const own = producerLabelsOf(labels, rest);
    const id = textOfLabels(own);
    const one = byProducer.get(id) ?? {
      id,
      labels: own,
      series: 0,
      nearStart: 0,
      nearEnd: 0,
      samples: 0,
    };
    byProducer.set(id, one);
    if (part === 'series') one.series += value;
    else if (part === 'nearStart') one.nearStart += value;
    else if (part === 'nearEnd') one.nearEnd += value;
    else if (part === 'samples') one.samples = Math.max(one.samples, value);
  }
  const producers = [...byProducer.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const sum = (key: 'series' | 'nearStart' | 'nearEnd') =>
    producers.reduce((total, one) => total + one[key], 0);
  return {
    producers,
    series: sum('series'),
    nearStart: sum('nearStart'),
    nearEnd: sum('nearEnd'),
    opening,
    closing,
    sumsAsked: sumsQuestion(dialect, scope),
    warnings,
  };
}

/** How the sums at the end of a window are asked for. */
export function sumsQuestion({ presence }: Asking['dialect'], scope: CounterScope): string {
  return presence.map((counter) => sumBefore(counter, scope, 0)).join(' or ');
}

/** Asks all at once, or counter by counter where that is too much, or too long, for one question. */
async function askTogether(
  ask: Asking['ask'],
  questions: readonly (readonly string[])[],
): Promise<VectorAnswer> {
  try {
    return await ask(questions.flat().join(' or '));
  } catch (error) {
    if (!isTooHeavy(error) || questions.length <= 1) throw error;
  }
  const answers: VectorAnswer[] = [];
  for (const question of questions) answers.push(await ask(question.join(' or ')));
  return {
    samples: answers.flatMap(({ samples }) => samples),
    warnings: answers.flatMap(({ warnings }) => warnings),
  };
}

/** What is refused is not known, which counts as not there. */
async function askSingly(ask: Asking['ask'], questions: readonly string[]): Promise<VectorAnswer> {
  const samples: Sample[] = [];
  const warnings: string[] = [];
  for (const question of questions) {
    try {
      const answer = await ask(question);
      samples.push(...answer.samples);
      warnings.push(...answer.warnings);
    } catch (error) {
      if (!isTooHeavy(error)) throw error;
    }
  }
  return { samples, warnings };
}

/** The sum of a counter over all its series, by their last samples some time before the window's end. */
function sumBefore(counter: Series, scope: CounterScope, offsetMillis: number): string {
  const { labels, matchers, reachMillis } = scope;
  const range = rangeOf(selectorOf(counter, matchers), reachMillis, offsetMillis);
  return `sum(${onceOf(`last_over_time(${range})`, labels)} >= 0 <= ${Number.MAX_SAFE_INTEGER})`;
}

function partsOf(
  counter: Series,
  index: number,
  scope: CounterScope,
  nearMillis: number,
): string[] {
  const { labels, window, matchers } = scope;
  const selector = selectorOf(counter, matchers);
  const length = lengthOf(window);
  const near = Math.min(nearMillis, length);
  const without = withoutLabels(notOfProducer(labels));
  const last = (millis: number, offsetMillis: number) =>
    onceOf(`last_over_time(${rangeOf(selector, millis, offsetMillis)})`, labels);
  const counted = (part: string, vector: string) =>
    `label_replace(${vector}, "${what}", "${part}/${index}", "", "")`;
  return [
    counted('series', `count ${without} (${last(length, 0)})`),
    counted('nearStart', `count ${without} (${last(near, length - near)})`),
    counted('nearEnd', `count ${without} (${last(near, 0)})`),
    counted('samples', `max ${without} (count_over_time(${rangeOf(selector, length)}))`),
    counted('opening', sumBefore(counter, scope, length)),
    counted('closing', sumBefore(counter, scope, 0)),
  ];
}
