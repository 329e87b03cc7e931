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
  /** How the second of them is asked for; what is asked alike can be compared. */
  readonly sumsAsked: string;
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
  const slowest = Math.max(0, ...first.producers.map((one) => intervalOf(one, scope)));
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

function intervalOf({ samples }: ProducerCensus, { window }: CounterScope): number {
  return samples > 1 ? lengthOf(window) / samples : 0;
}

async function count({ dialect, ask }: Asking, scope: CounterScope, nearMillis: number) {
  const { labels } = scope;
  const questions = dialect.presence.map((counter, index) =>
    partsOf(counter, index, scope, nearMillis),
  );
  const { samples, warnings } = await ask(questions.flat().join(' or '));
  const byProducer = new Map<
    string,
    { -readonly [Key in keyof ProducerCensus]: ProducerCensus[Key] }
  >();
  let [opening, closing] = [0, 0];
  for (const { labels: all, value } of samples) {
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
    sumsAsked: dialect.presence.map((counter) => sumBefore(counter, scope, 0)).join(' or '),
    warnings,
  };
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
