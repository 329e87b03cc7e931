import type { ProducerCensus } from '../domain/producers.ts';
import type { Census } from '../domain/window-outcome.ts';
import type { Asking } from './asking.ts';
import { notOfProducer, producerLabelsOf, textOfLabels } from './counter-labels.ts';
import { type CounterScope, lengthOf, onceOf, rangeOf } from './counter-questions.ts';
import { type Series, selectorOf, withoutLabels } from './series.ts';

/** What a reading has in a window, all of it and by producer. */
export interface ReadingCensus extends Census {
  readonly producers: readonly ProducerCensus[];
  /** How often the source samples, as far as it can be seen, in milliseconds. */
  readonly scrapeIntervalMillis: number;
  /** The sums of all series by their last samples before both ends of the window. */
  readonly opening: number;
  readonly closing: number;
  readonly warnings: readonly string[];
}

const what = 'topolog';

/**
 * Counts the series of each producer in the window and near both its ends.
 *
 * How near depends on how often a producer is sampled, which its samples tell: where the configured
 * interval is too short for one, it is asked once more.
 */
export async function takeCensus(asking: Asking, scope: CounterScope): Promise<ReadingCensus> {
  const configured = asking.source.scrapeIntervalMillis;
  const first = await count(asking, scope, 2 * configured);
  const slowest = slowestOf(first, scope);
  const looksSlow = first.producers.some(({ nearStart, nearEnd }) => nearStart * nearEnd === 0);
  if (!looksSlow || slowest <= 1.25 * configured || 2.5 * slowest > lengthOf(scope.window)) {
    return { ...first, scrapeIntervalMillis: observed(configured, slowest) };
  }
  const again = await count(asking, scope, 2.5 * slowest);
  const warnings = [...first.warnings, ...again.warnings];
  return { ...again, warnings, scrapeIntervalMillis: observed(configured, slowest) };
}

/** The configured interval where it is about right, else what is seen, in whole seconds. */
function observed(configured: number, slowest: number): number {
  if (slowest === 0) return configured;
  const isAbout = slowest > 0.75 * configured && slowest < 1.25 * configured;
  return isAbout ? configured : Math.max(1, Math.round(slowest / 1000)) * 1000;
}

/** As how many parts a window's samples are counted. */
const thirds = [0, 1, 2] as const;
/** So many samples in one third tell how often a producer is sampled that was not there all the time. */
const fewestInThird = 3;

/** The interval of the producer that is sampled least often, in milliseconds; 0 where none tells. */
function slowestOf({ producers, inThirds }: Counted, scope: CounterScope): number {
  const told = producers.flatMap(({ id }) => intervalOf(inThirds.get(id) ?? [], scope) ?? []);
  if (told.length > 0) return Math.max(...told);
  // Of what is there for a part of the window only, the samples tell less; but nobody tells more.
  const guessed = producers.map(({ samples }) =>
    samples > 1 ? lengthOf(scope.window) / samples : 0,
  );
  return Math.max(0, ...guessed);
}

/**
 * How often a producer is sampled, by its samples in each third; `null` where they do not tell.
 *
 * One that comes or goes within the window has fewer samples than it would have, so its fullest third
 * tells.
 */
function intervalOf(samples: readonly number[], { window }: CounterScope): number | null {
  const [first = 0, middle = 0, last = 0] = samples;
  const most = Math.max(first, middle, last);
  const byMost = most >= fewestInThird ? lengthOf(window) / thirds.length / most : null;
  if (first === 0 || last === 0) return byMost;
  return Math.min(lengthOf(window) / (first + middle + last), byMost ?? Number.POSITIVE_INFINITY);
}

interface Counted extends Omit<ReadingCensus, 'scrapeIntervalMillis'> {
  /** The most samples of one series in each third of the window, by producer. */
  readonly inThirds: ReadonlyMap<string, readonly number[]>;
}

async function count(
  { dialect, ask }: Asking,
  scope: CounterScope,
  nearMillis: number,
): Promise<Counted> {
  const { labels } = scope;
  const questions = dialect.presence.map((counter, index) =>
    partsOf(counter, index, scope, nearMillis),
  );
  const { samples, warnings } = await ask(questions.flat().join(' or '));
  const byProducer = new Map<
    string,
    { -readonly [Key in keyof ProducerCensus]: ProducerCensus[Key] }
  >();
  const inThirds = new Map<string, number[]>();
  let [opening, closing] = [0, 0];
  for (const { labels: all, value } of samples) {
    const [part, , third] = (all[what] ?? '').split('/');
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
    else if (part === 'samples') {
      const counts = inThirds.get(id) ?? thirds.map(() => 0);
      inThirds.set(id, counts);
      counts[Number(third)] = Math.max(counts[Number(third)] ?? 0, value);
      one.samples = counts.reduce((sum, inThird) => sum + inThird, 0);
    }
  }
  const producers = [...byProducer.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const sum = (key: 'series' | 'nearStart' | 'nearEnd') =>
    producers.reduce((total, one) => total + one[key], 0);
  return {
    producers,
    inThirds,
    series: sum('series'),
    nearStart: sum('nearStart'),
    nearEnd: sum('nearEnd'),
    opening,
    closing,
    warnings,
  };
}

function partsOf(
  counter: Series,
  index: number,
  scope: CounterScope,
  nearMillis: number,
): string[] {
  const { labels, window, matchers, reachMillis } = scope;
  const selector = selectorOf(counter, matchers);
  const length = lengthOf(window);
  const near = Math.min(nearMillis, length);
  const without = withoutLabels(notOfProducer(labels));
  const last = (millis: number, offsetMillis: number) =>
    onceOf(`last_over_time(${rangeOf(selector, millis, offsetMillis)})`, labels);
  const counted = (part: string, vector: string, third = '') =>
    `label_replace(${vector}, "${what}", "${part}/${index}/${third}", "", "")`;
  const countable = `>= 0 <= ${Number.MAX_SAFE_INTEGER}`;
  return [
    counted('series', `count ${without} (${last(length, 0)})`),
    counted('nearStart', `count ${without} (${last(near, length - near)})`),
    counted('nearEnd', `count ${without} (${last(near, 0)})`),
    ...thirds.map((third) => {
      const end = Math.round(((thirds.length - 1 - third) * length) / thirds.length);
      const start = Math.round(((thirds.length - third) * length) / thirds.length);
      const samples = `count_over_time(${rangeOf(selector, start - end, end)})`;
      return counted('samples', `max ${without} (${samples})`, `${third}`);
    }),
    counted('opening', `sum(${last(reachMillis, length)} ${countable})`),
    counted('closing', `sum(${last(reachMillis, 0)} ${countable})`),
  ];
}
