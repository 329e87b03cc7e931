import { type Asking, scopeOf } from '../../../sources/asking.ts';
import { notOfProducer, producerLabelsOf, textOfLabels } from '../../../sources/counter-labels.ts';
import { lengthOf, onceOf, rangeOf } from '../../../sources/counter-questions.ts';
import type { PlannedProducer } from '../../../sources/plan-window.ts';
import { nameOfReading, type Reading } from '../../../sources/readings.ts';
import { selectorOf, withoutLabels } from '../../../sources/series.ts';
import { orNull } from '../../../sources/survey.ts';
import type { ExaminedSource, SourceCheck } from '../examined-source.ts';
import type { Found } from '../finding.ts';
import { liveOrNull } from '../live-source.ts';
import { settingOf } from '../settings.ts';

type Labels = Readonly<Record<string, string>>;

/** Labels by which the same process may be known twice. */
const placeLabels: readonly string[] = [
  ...['job', 'instance', 'pod', 'node', 'host', 'hostname', 'container', 'endpoint', 'service'],
  'prometheus',
];

function isOfPlace(label: string): boolean {
  return placeLabels.includes(label) || label.toLowerCase().includes('replica');
}

/** Among more producers copies are not looked for. */
const mostCompared = 1000;
/** Producers that counted less may have counted the same by chance. */
const tellingRequests = 100;

/** Whether some producers are copies of others, so that their requests are counted twice. */
export const sourceCopies: SourceCheck = {
  name: 'copies',
  async check(examined) {
    const live = await liveOrNull(examined);
    if (live === null) return [];
    const { readings, askings } = live.opened;
    const found: Found[] = [];
    for (const [index, reading] of readings.entries()) {
      const asking = askings[index];
      const own = producersOf(live.plan.producers, reading);
      if (asking === undefined || own.length < 2 || own.length > mostCompared) continue;
      found.push(...copiesAmong(examined, reading, await sumsOf(asking)));
    }
    return found;
  },
};

interface Sums {
  readonly labels: Labels;
  /** By the last samples, and so long before. */
  readonly now: number;
  readonly before: number;
}

const [nowPart, beforePart] = ['now', 'before'] as const;
const partLabel = 'topolog';

/** What each producer has counted, at both ends of the window; by one request. */
async function sumsOf(asking: Asking): Promise<(Sums & { readonly intervals: number })[]> {
  const scope = scopeOf(asking, []);
  const { labels, window, matchers, scrapeIntervalMillis } = scope;
  const [counter] = asking.dialect.presence;
  if (counter === undefined) return [];
  const length = lengthOf(window);
  const without = withoutLabels(notOfProducer(labels));
  const sum = (part: string, offset: number) => {
    const last = `last_over_time(${rangeOf(selectorOf(counter, matchers), length, offset)})`;
    return `label_replace(sum ${without} (${onceOf(last, labels)}), "${partLabel}", "${part}", "", "")`;
  };
  const answer = await orNull(asking.ask(`${sum(nowPart, 0)} or ${sum(beforePart, length)}`));
  const byProducer = new Map<string, { labels: Labels; now: number; before: number }>();
  for (const { labels: all, value } of answer?.samples ?? []) {
    const { [partLabel]: part, ...rest } = all;
    const own = producerLabelsOf(labels, rest);
    const id = textOfLabels(own);
    const one = byProducer.get(id) ?? { labels: own, now: 0, before: 0 };
    byProducer.set(id, one);
    if (part === nowPart) one.now = value;
    else one.before = value;
  }
  return [...byProducer.values()].map((one) => ({
    ...one,
    intervals: length / scrapeIntervalMillis,
  }));
}

function copiesAmong(
  { config }: ExaminedSource,
  reading: Reading,
  sums: Awaited<ReturnType<typeof sumsOf>>,
): Found[] {
  const likely = sums.filter(({ now }) => now >= tellingRequests).sort((a, b) => a.now - b.now);
  const differing = new Map<string, number>();
  for (const [index, one] of likely.entries()) {
    const next = likely[index + 1];
    if (next === undefined) break;
    const labels = labelsThatDiffer(one.labels, next.labels);
    if (labels.length === 0 || !labels.every(isOfPlace)) continue;
    // Two that sample one process at different times differ by what it counts in between.
    const growth = Math.max(one.now - one.before, next.now - next.before, 0) / one.intervals;
    if (next.now - one.now > growth || Math.abs(next.before - one.before) > growth) continue;
    const text = labels.join(', ');
    differing.set(text, (differing.get(text) ?? 0) + 1);
  }
  return [...differing].map(([labels, pairs]): Found => {
    const setting = settingOf(config, 'replicaLabels');
    const message = `${pairs === 1 ? 'two producers' : `${pairs} pairs of producers`} of ${nameOfReading(reading)} have counted the same and differ in ${labels} alone: if they are copies, as of two jobs that scrape one process, name ${labels} as ${setting}`;
    return { outcome: 'doubtful', message, setting };
  });
}

function labelsThatDiffer(one: Labels, other: Labels): string[] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].filter((name) => (one[name] ?? '') !== (other[name] ?? '')).sort();
}

/** More producers than this, each with fewer series than this, are hardly processes. */
const manyProducers = 50;
const fewSeries = 4;

/** Whether a label that says something of requests is taken for one that tells producers apart. */
export const sourceFineness: SourceCheck = {
  name: 'producers',
  async check(examined) {
    const live = await liveOrNull(examined);
    if (live === null) return [];
    return live.opened.readings.flatMap((reading): Found[] => {
      const own = producersOf(live.plan.producers, reading);
      const series = own.reduce((sum, one) => sum + one.series, 0);
      if (own.length <= manyProducers || own.length * fewSeries <= series) return [];
      const label = finestLabel(own);
      const many = `${own.length} producers of ${nameOfReading(reading)} have ${series} series only`;
      if (label === null) return [];
      const setting = settingOf(examined.config, 'kindLabels');
      const message = `${many}: if ${label} says something of requests and not who counted them, name it as ${setting}`;
      return [{ outcome: 'doubtful', message, setting }];
    });
  },
};

/** The label with the most values, of those that do not say where a process is. */
function finestLabel(producers: readonly PlannedProducer[]): string | null {
  const values = new Map<string, Set<string>>();
  for (const { labels } of producers) {
    for (const [name, value] of Object.entries(labels)) {
      if (isOfPlace(name)) continue;
      const all = values.get(name) ?? new Set();
      values.set(name, all.add(value));
    }
  }
  const [finest] = [...values].sort(([, a], [, b]) => b.size - a.size);
  return finest === undefined || finest[1].size < 2 ? null : finest[0];
}

function producersOf(producers: readonly PlannedProducer[], { name, variant }: Reading) {
  return producers.filter(({ reading }) => reading.name === name && reading.variant === variant);
}
