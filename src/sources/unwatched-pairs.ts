import type { Aliases } from '../domain/alias.ts';
import type { Mode } from '../domain/dependency.ts';
import { createNormalizer } from '../domain/normalize.ts';
import type { LostProducer } from '../domain/producers.ts';
import type { Window } from '../domain/window.ts';
import { type Asking, isRefusal, type SourceClient, scopeOf } from './asking.ts';
import { matchersOfLabels } from './boxes.ts';
import { notOfProducer, producerLabelsOf, textOfLabels } from './counter-labels.ts';
import { lengthOf, rangeOf } from './counter-questions.ts';
import { openReading } from './open-readings.ts';
import type { Reading } from './readings.ts';
import { relabelFact } from './relabel-fact.ts';
import { byLabels, labelList, selectorOf, withoutLabels } from './series.ts';
import type { Source } from './source.ts';

/** A pair that only a producer showed that went. */
export interface UnwatchedPair {
  readonly producer: LostProducer;
  readonly dependencyId: string;
  readonly mode: Mode;
}

export interface UnwatchedPairs {
  readonly pairs: readonly UnwatchedPair[];
  /** Producers of which the source does not say what they showed. */
  readonly unknown: readonly LostProducer[];
}

export interface UnwatchedOptions {
  readonly aliases: Aliases;
  readonly signal?: AbortSignal | undefined;
  /** Most producers that are asked about one by one; the others are told by their jobs. */
  readonly mostProducers?: number;
  /** Most pairs that are told. */
  readonly mostPairs?: number;
}

/** How much longer ago a producer is looked for that has no samples about when it went. */
const lookbackMillis = 24 * 3_600_000;
const maxCharacters = 6000;

/**
 * Which pairs of a reading are not watched any more, because producers went that alone showed them.
 *
 * What others of the same reading show as well is watched. A pair that many showed goes with the
 * last of them, so that fewer pods of a service are no loss.
 */
export async function readUnwatchedPairs(
  client: SourceClient,
  source: Source,
  window: Window,
  reading: Reading,
  lost: readonly LostProducer[],
  options: UnwatchedOptions,
): Promise<UnwatchedPairs> {
  const { aliases, signal, mostProducers = 200, mostPairs = 20_000 } = options;
  const asking = await openReading(client, source, window, reading, { aliases, signal });
  const pairs: UnwatchedPair[] = [];
  const unknown: LostProducer[] = [];
  for (const box of boxesOf(lost, mostProducers)) {
    try {
      const found = await askBox(asking, box);
      if (pairs.length + found.length > mostPairs) unknown.push(...box.members);
      else pairs.push(...found);
    } catch (error) {
      if (!isRefusal(error) && !(error instanceof NotWhole)) throw error;
      unknown.push(...box.members);
    }
  }
  return { pairs, unknown };
}

/** An answer that came with a warning, which may be of anything that it lacks. */
class NotWhole extends Error {}

/** Producers that are asked about in one question. */
interface Box {
  readonly members: readonly LostProducer[];
  /** Whether only their jobs are told apart. */
  readonly byJob: boolean;
  readonly how: LostProducer['how'];
}

function boxesOf(lost: readonly LostProducer[], most: number): Box[] {
  const boxes: Box[] = [];
  const single = lost.filter(({ producer }) => !producer.isJob);
  const ofJobs = [...lost.filter(({ producer }) => producer.isJob), ...single.slice(most)];
  for (const how of ['absent', 'cutOff'] as const) {
    const members = single.slice(0, most).filter((one) => one.how === how);
    let open: LostProducer[] = [];
    let characters = 0;
    for (const one of members) {
      const longest = Object.values(one.producer.labels).map(({ length }) => length + 1);
      const longer = 2 * Math.max(0, ...longest);
      if (characters + longer > maxCharacters) {
        boxes.push({ members: open, byJob: false, how });
        [open, characters] = [[], 0];
      }
      open.push(one);
      characters += longer;
    }
    if (open.length > 0) boxes.push({ members: open, byJob: false, how });
  }
  if (ofJobs.length > 0) boxes.push({ members: ofJobs, byJob: true, how: 'cutOff' });
  return boxes;
}

async function askBox(asking: Asking, box: Box): Promise<UnwatchedPair[]> {
  const { window } = asking;
  const since = box.members.reduce((least, one) => Math.min(least, one.since), window.startMillis);
  const recently = window.endMillis - since + lengthOf(window);
  const there = await ask(asking, thereQuestion(asking, box, recently));
  const found = new Set(there.map((labels) => ownerOf(asking, box, labels)));
  const pairs = found.size === 0 ? [] : await askPairs(asking, box, recently);
  const others = box.members.filter((one) => !found.has(one));
  if (others.length === 0 || box.byJob) return pairs;
  const before = { ...box, members: others };
  return [...pairs, ...(await askPairs(asking, before, recently + lookbackMillis))];
}

async function ask({ ask: query }: Asking, expression: string) {
  const { samples, warnings } = await query(expression);
  if (warnings.length > 0) throw new NotWhole(warnings[0]);
  return samples.map(({ labels }) => labels);
}

async function askPairs(asking: Asking, box: Box, rangeMillis: number): Promise<UnwatchedPair[]> {
  const byOwner = new Map<LostProducer, Record<string, string>[]>();
  for (const labels of await ask(asking, unwatchedQuestion(asking, box, rangeMillis))) {
    const owner = ownerOf(asking, box, labels);
    if (owner === null) continue;
    const all = byOwner.get(owner) ?? [];
    byOwner.set(owner, all);
    all.push({ ...labels });
  }
  return [...byOwner].flatMap(([producer, all]) =>
    pairsOf(asking, all).map(({ dependencyId, mode }) => ({ producer, dependencyId, mode })),
  );
}

/** Which pairs some series are of; nothing is said of their traffic. */
function pairsOf({ source, dialect, aliases }: Asking, all: readonly Record<string, string>[]) {
  const normalizer = createNormalizer(aliases);
  for (const labels of all) {
    normalizer.add(relabelFact(source, dialect.read(source, 'requests', { labels, value: 0 })));
  }
  return normalizer.finish().observations;
}

/** Which of the producers asked about wrote a series; `null` where it is a stranger in their box. */
function ownerOf(
  { labels: names }: Asking,
  { members, byJob }: Box,
  labels: Readonly<Record<string, string>>,
): LostProducer | null {
  const own = producerLabelsOf(names, labels);
  const isOwner = byJob
    ? ({ producer }: LostProducer) => (producer.labels.job ?? '') === (own.job ?? '')
    : ({ producer }: LostProducer) => producer.id === textOfLabels(own);
  return members.find(isOwner) ?? null;
}

/** Matchers of the jobs, and of the label that tells most of the producers apart. */
function matchersOfBox({ members, byJob }: Box): string[] {
  const sets = members.map(({ producer }) => producer.labels);
  const valuesOf = (name: string) => new Set(sets.map((one) => one[name] ?? '')).size;
  const names = [...new Set(sets.flatMap((one) => Object.keys(one)))].sort();
  const [finest] = names.sort((a, b) => valuesOf(b) - valuesOf(a));
  const wanted = byJob || finest === undefined ? ['job'] : [...new Set(['job', finest])];
  return matchersOfLabels(
    sets.map((one) => Object.fromEntries(wanted.map((name) => [name, one[name] ?? '']))),
  );
}

function thereQuestion(asking: Asking, box: Box, rangeMillis: number): string {
  const { labels } = asking;
  return seriesOf(asking, matchersOfBox(box), rangeMillis)
    .map((series) => `group ${withoutLabels(notOfProducer(labels))} (${series})`)
    .join(' or ');
}

/** The pairs that series of a box were of, without those that any series is of still. */
function unwatchedQuestion(asking: Asking, box: Box, rangeMillis: number): string {
  const { labels, source, window } = asking;
  const near = Math.min(2 * source.scrapeIntervalMillis, lengthOf(window));
  // What was cut off has series in the window itself, which must not stand for others.
  const still = box.how === 'cutOff' ? near : lengthOf(window);
  const shown = seriesOf(asking, matchersOfBox(box), rangeMillis)
    .map((series) => `group ${withoutLabels([...labels.kinds, ...labels.replicas])} (${series})`)
    .join(' or ');
  const others = seriesOf(asking, [], still)
    .map((series) => `group ${byLabels(labels.identity)} (${series})`)
    .join(' or ');
  return `(${shown}) unless on ${labelList(labels.identity)} (${others})`;
}

function seriesOf(asking: Asking, matchers: readonly string[], rangeMillis: number): string[] {
  const scope = scopeOf(asking, matchers);
  return asking.dialect.presence.map(
    (counter) => `last_over_time(${rangeOf(selectorOf(counter, scope.matchers), rangeMillis)})`,
  );
}
