import { doAgree } from '../domain/counter-hand-over.ts';
import { isCount } from '../domain/counter-samples.ts';
import {
  type CounterPast,
  type CounterSeries,
  type CounterTimes,
  type PastCount,
  smallCount,
  unaccompaniedOf,
} from '../domain/increments.ts';
import type { Sample } from './answer.ts';
import { isRefusal } from './asking.ts';
import { boxesOf, matchersOfLabels } from './boxes.ts';
import type { CounterAsking } from './counter-asking.ts';
import {
  familyOf,
  nameLabelOf,
  producerLabelsOf,
  textOfLabels,
  withoutReplicas,
} from './counter-labels.ts';
import {
  type CounterScope,
  earlierProducersQuestion,
  lengthOf,
  pastQuestion,
  presenceQuestion,
  promDuration,
} from './counter-questions.ts';
import { counterSeries } from './read-samples.ts';
import { anyOf, selectorOf, series } from './series.ts';

const hour = 3_600_000;

/** How far before the reach of a window the last value of what appeared is looked for, in turn. */
const looksBack = [hour, 6 * hour];
/** And of what has counted much, because a large count that is taken for new is the worst error. */
const looksFarBack = 24 * hour;
/** Of more series it is not asked what was there a day before, or how their lives ended. */
const mostLookedFar = 200;
const mostSampled = 20;
/** So often the time that is looked back is halved where it is too much for a single series. */
const mostCuts = 3;
/** So many characters of labels one question has room for. */
const mostCharacters = 6000;
/** Of so many clients a producer's series are asked for where all of them are too many. */
const mostClients = 16;

/**
 * Asks what was there before of series that appeared, and when their producers were there.
 *
 * What is refused is not known: then less is counted, and nothing that was not there.
 */
export async function askPast(
  asking: CounterAsking,
  appeared: readonly CounterSeries[],
  all: readonly CounterSeries[],
  times: CounterTimes,
): Promise<CounterPast> {
  const counts = new Map<string, PastCount[]>();
  const texts = new Set<string>();
  const refused = new Set<string>();
  /** The series of each family of which what is no count hides the last count. */
  const broken = new Map<string, CounterSeries['labels'][]>();
  const presence = new Map<string, number[]>();
  const there = new Set<string>();
  const starts = new Map<string, number>();
  const samples = new Map<string, CounterSeries['samples']>();
  const { labels } = asking.scope;
  const producerOf = (sample: Readonly<Record<string, string>>) =>
    textOfLabels(producerLabelsOf(labels, sample));

  /** Asks for the last values of some series; what is too much is asked in parts, and then not known. */
  async function lookBack(
    some: readonly CounterSeries[],
    millis: number,
    { skipMillis = 0, cuts = 0 } = {},
  ): Promise<void> {
    for (const { matchers, members } of boxesOf(some, labels, (one) => one.labels)) {
      const question = pastQuestion(asking.counter, asking.part(matchers), millis, skipMillis);
      const answer = await orNothing(asking.ask(question));
      if (answer !== null) {
        takeCounts(answer.samples);
        // What a warning says is left out may be what was asked for.
        if (answer.warnings.length > 0) refuse(members.filter(isOpen));
      } else if (members.length > 1) {
        const half = Math.ceil(members.length / 2);
        await lookBack(members.slice(0, half), millis, { skipMillis, cuts });
        await lookBack(members.slice(half), millis, { skipMillis, cuts });
      } else if (cuts < mostCuts) {
        const half = Math.ceil(millis / 2);
        await lookBack(members, half, { skipMillis, cuts: cuts + 1 });
        if (!members.some(isOpen)) continue;
        await lookBack(members, half, { skipMillis: skipMillis + half, cuts: cuts + 1 });
      } else refuse(members);
    }
  }

  function refuse(some: readonly CounterSeries[]): void {
    for (const one of some) refused.add(textOfLabels(one.labels));
  }

  function addBroken(family: string, own: CounterSeries['labels']): void {
    const known = broken.get(family) ?? [];
    broken.set(family, known);
    known.push(own);
  }

  function takeCounts(found: readonly Sample[]): void {
    for (const sample of found) {
      const own = withoutReplicas(labels, sample.labels);
      const text = textOfLabels(own);
      if (texts.has(text)) continue;
      const family = familyOf(labels, own);
      // Before what is no count there may be one that it goes on with.
      if (!isCount(sample.value)) {
        refused.add(text);
        addBroken(family, own);
        continue;
      }
      texts.add(text);
      const known = counts.get(family) ?? [];
      counts.set(family, known);
      known.push({ labels: own, value: sample.value });
    }
  }

  for (const one of all) if (one.samples.length === 0) addBroken(one.family, one.labels);
  /** Whether the same process has a series that may have counted more than is known, and ended. */
  const isBehindBroken = ({ family, labels: own }: CounterSeries) =>
    (broken.get(family) ?? []).some((one) => doAgree(one, own));
  const inWindow = new Set(all.map((one) => textOfLabels(one.labels)));
  /** Whether a count is known that it may go on with: its own, or that of the same process before. */
  const isAnswered = ({ family, labels: own }: CounterSeries) =>
    texts.has(textOfLabels(own)) ||
    (counts.get(family) ?? []).some(
      (one) => !inWindow.has(textOfLabels(one.labels)) && doAgree(one.labels, own),
    );
  const isOpen = (one: CounterSeries) => !isAnswered(one) && !refused.has(textOfLabels(one.labels));
  for (const millis of looksBack) {
    const open = appeared.filter(isOpen);
    if (open.length > 0) await lookBack(open, millis);
  }
  const large = appeared.filter(
    (one) => isOpen(one) && one.samples.some(([, value]) => value > smallCount),
  );
  if (large.length > 0 && large.length <= mostLookedFar) await lookBack(large, looksFarBack);

  await askPresence(appeared);
  const past: CounterPast = {
    isRefused: (one) => {
      const text = textOfLabels(one.labels);
      return (refused.has(text) && !texts.has(text)) || isBehindBroken(one);
    },
    countsOf: (family) => counts.get(family) ?? [],
    samplesOf: (one) => samples.get(textOfLabels(one.labels)) ?? [],
    presenceOf: (producer) => presence.get(producer) ?? [],
    wasThere: (producer) => there.has(producer),
    startOf: (producer) => starts.get(producer),
  };
  const alone = unaccompaniedOf(appeared, all, past, times);
  if (alone.length > 0) await askProducers(alone);
  const rare = unaccompaniedOf(appeared, all, past, times).filter(isRare);
  if (rare.length > 0 && rare.length <= mostSampled) await askSamples(rare);
  return past;

  /** Whether a small count came back as it was: how its lives ended tells whether it began anew. */
  function isRare({ family, labels: own, samples: known }: CounterSeries): boolean {
    const first = known.find(([at]) => at > times.startMillis)?.[1];
    const text = textOfLabels(own);
    const before = past.countsOf(family).find((one) => textOfLabels(one.labels) === text);
    return first !== undefined && first <= smallCount && before?.value === first;
  }

  /** When the producers were there, by their own series. */
  async function askPresence(some: readonly CounterSeries[]): Promise<void> {
    const answers = await ofProducers(some, (part) =>
      asking.askRaw(presenceQuestion(asking.presence, part)),
    );
    for (const { labels: producer, samples: steps } of answers.flatMap(({ series: all }) => all)) {
      addTimes(
        producerOf(producer),
        steps.map(([at]) => at),
      );
    }
  }

  /** Asks about all series of some producers, which are taken together as far as a question has room. */
  async function ofProducers<T>(
    some: readonly CounterSeries[],
    ask: (part: CounterScope) => Promise<T>,
  ): Promise<T[]> {
    const answers: T[] = [];
    const producers = distinct(some.map((one) => producerLabelsOf(labels, one.labels)));
    for (const few of inQuestions(producers)) {
      const answer = await ofClients(matchersOfLabels(few), ask);
      if (answer !== null) answers.push(answer);
    }
    return answers;
  }

  /** Asks about all clients of some producers, or about fewer and fewer of them if need be. */
  async function ofClients<T>(
    producers: readonly string[],
    ask: (part: CounterScope) => Promise<T>,
  ): Promise<T | null> {
    const all = await orNothing(ask(asking.part(producers)));
    if (all !== null) return all;
    const clients = (await orNothing(asking.clientsOf(producers))) ?? [];
    for (let most = mostClients; most >= 1; most = Math.floor(most / 4)) {
      const few = [...producers, anyOf(nameLabelOf(labels, 'client'), clients.slice(0, most))];
      const answer = await orNothing(ask(asking.part(few)));
      if (answer !== null) return answer;
    }
    return null;
  }

  async function askProducers(some: readonly CounterSeries[]): Promise<void> {
    const earlier = await ofProducers(some, (part) =>
      asking.ask(earlierProducersQuestion(asking.presence, part, looksBack.at(-1) ?? hour)),
    );
    for (const { labels: producer } of earlier.flatMap(({ samples: all }) => all)) {
      there.add(producerOf(producer));
    }
    for (const targets of inQuestions(targetsOf(some))) await askTargets(some, targets);
  }

  async function askTargets(
    some: readonly CounterSeries[],
    targets: readonly Readonly<Record<string, string>>[],
  ): Promise<void> {
    const matchers = [...asking.sourceMatchers, ...matchersOfLabels(targets)];
    const { window, reachMillis } = asking.scope;
    const range = promDuration(lengthOf(window) + reachMillis);
    const up = await rawOf(asking.askRaw(`${selectorOf(series('up'), matchers)}[${range}]`));
    const started = `last_over_time(${selectorOf(series('process_start_time_seconds'), matchers)}[${range}])`;
    const processes = await samplesOf(asking.ask(started));
    const offset = promDuration(lengthOf(window) + reachMillis);
    const upBefore = await samplesOf(
      asking.ask(
        `last_over_time(${selectorOf(series('up'), matchers)}[${promDuration(looksBack.at(-1) ?? hour)}] offset ${offset}) == 1`,
      ),
    );
    for (const one of some) {
      const isTarget = isOfTarget(one);
      if (upBefore.some(({ labels: target }) => isTarget(target))) there.add(one.producer);
      const scraped = up.filter(({ labels: target }) => isTarget(target));
      for (const target of scraped) {
        addTimes(
          one.producer,
          target.samples.filter(([, value]) => value === 1).map(([at]) => at),
        );
      }
      const process = processes.find(({ labels: target }) => isTarget(target));
      if (process !== undefined) starts.set(one.producer, process.value * 1000);
    }
  }

  async function askSamples(some: readonly CounterSeries[]): Promise<void> {
    const { window, reachMillis } = asking.scope;
    const from = window.startMillis - reachMillis;
    const wide = {
      window: { startMillis: from, endMillis: window.endMillis },
      reachMillis: 6 * hour,
    };
    for (const { matchers } of boxesOf(some, labels, (one) => one.labels)) {
      const selector = selectorOf(asking.counter, asking.part(matchers).matchers);
      const range = promDuration(window.endMillis - from + wide.reachMillis);
      for (const one of counterSeries(
        await rawOf(asking.askRaw(`${selector}[${range}]`)),
        labels,
        wide,
      )) {
        samples.set(textOfLabels(one.labels), one.samples);
      }
    }
  }

  function addTimes(producer: string, more: readonly number[]): void {
    const known = presence.get(producer) ?? [];
    presence.set(producer, known);
    for (const at of more) known.push(at);
  }
}

/** What Prometheus scrapes is known by these two. */
const targetLabels = ['job', 'instance'] as const;

function targetsOf(some: readonly CounterSeries[]): Readonly<Record<string, string>>[] {
  return distinct(
    some.flatMap(({ labels }) => {
      const [job, instance] = targetLabels.map((name) => labels[name] ?? '');
      return job && instance ? [{ job, instance }] : [];
    }),
  );
}

function isOfTarget({ labels }: CounterSeries) {
  return (target: Readonly<Record<string, string>>) =>
    targetLabels.every((name) => (labels[name] ?? '') !== '' && labels[name] === target[name]);
}

/** Label sets in as many lists as keep the question about each of them short. */
function inQuestions<T extends Readonly<Record<string, string>>>(sets: readonly T[]): T[][] {
  const lists: T[][] = [];
  let room = 0;
  for (const one of sets) {
    const length = Object.values(one).join('|').length + 1;
    if (lists.length === 0 || length > room) {
      lists.push([]);
      room = mostCharacters;
    }
    lists.at(-1)?.push(one);
    room -= length;
  }
  return lists;
}

function distinct<T extends Readonly<Record<string, string>>>(sets: readonly T[]): T[] {
  return [...new Map(sets.map((one) => [textOfLabels(one), one])).values()];
}

async function samplesOf(answer: Promise<{ samples: readonly Sample[] }>) {
  return (await orNothing(answer))?.samples ?? [];
}

async function rawOf<T>(answer: Promise<{ series: readonly T[] }>) {
  return (await orNothing(answer))?.series ?? [];
}

async function orNothing<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return null;
  }
}
