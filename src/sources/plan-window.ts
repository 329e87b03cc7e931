import type { Aliases } from '../domain/alias.ts';
import type { ProducerCensus } from '../domain/producers.ts';
import type { Window } from '../domain/window.ts';
import type { Census } from '../domain/window-outcome.ts';
import {
  type Asking,
  indexScope,
  isTooHeavy,
  readingAsking,
  type SourceClient,
  scopeOf,
} from './asking.ts';
import { joinCensus, type ReadingCensus, sumsQuestion, takeCensus } from './census.ts';
import { countSide } from './count-side.ts';
import { nameLabelOf } from './counter-labels.ts';
import { incrementsQuestion } from './counter-questions.ts';
import { openReadings } from './open-readings.ts';
import { nameOfReading, type Reading } from './readings.ts';
import { anyOf, selectorOf } from './series.ts';
import {
  matchersOf,
  type PlannedShard,
  type Shard,
  shardsOfClients,
  shardsOfServers,
} from './shard.ts';
import type { Source } from './source.ts';
import type { SurveyRow } from './survey.ts';

/** A producer of one reading. */
export interface PlannedProducer extends ProducerCensus {
  readonly reading: Reading;
}

/** How a window is to be read. */
export interface WindowPlan {
  /** How its metrics are spelled; empty where no service graph was found, and then there are no shards. */
  readonly readings: readonly Reading[];
  readonly census: Census;
  readonly producers: readonly PlannedProducer[];
  /** Readings of which only some series could be counted, and so not all producers. */
  readonly sampled: readonly Reading[];
  /** The sums of all series by their last samples before both ends; what came late changes them. */
  readonly opening: number;
  readonly closing: number;
  /** How these sums are asked for; `null` where they are of a part only, or of nothing. */
  readonly sumsAsked: string | null;
  readonly shards: readonly PlannedShard[];
  /** Series of service graphs that the configuration leaves out. */
  readonly notRead: readonly SurveyRow[];
  /** How requests are asked for in the whole window, by reading; `null` where they are not. */
  readonly question: string | null;
  /** Warnings on the questions that decide what is asked at all. */
  readonly presenceWarnings: readonly string[];
  readonly otherWarnings: readonly string[];
}

export interface PlanOptions {
  /** Most series of one shard. */
  readonly maxSeries: number;
  readonly aliases: Aliases;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Looks what a window holds, and cuts it into shards of at most `maxSeries` series.
 *
 * Each producer is read as it spells. A reading of one shard is asked without matchers, so its clients
 * need not be counted. What the source has too much of to answer is asked of its index, or of some.
 *
 * @throws AppError `InvalidMetrics` or `QueryTooHeavy` where the source refuses the questions,
 * `PrometheusUnavailable` where it does not answer.
 */
export async function planWindow(
  client: SourceClient,
  source: Source,
  window: Window,
  { maxSeries, aliases, signal }: PlanOptions,
): Promise<WindowPlan> {
  const { readings, notRead, askings, warnings } = await openReadings(client, source, window, {
    aliases,
    signal,
  });
  const plans: ReadingPlan[] = [];
  for (const [index, reading] of readings.entries()) {
    const asking = askings[index];
    if (asking !== undefined) plans.push(await planReading(asking, reading, maxSeries));
  }
  const sum = (of: (census: ReadingCensus) => number) =>
    plans.reduce((total, { census }) => total + of(census), 0);
  return {
    readings,
    notRead,
    census: {
      series: sum(({ series }) => series),
      nearStart: sum(({ nearStart }) => nearStart),
      nearEnd: sum(({ nearEnd }) => nearEnd),
    },
    producers: plans.flatMap(({ reading, census }) =>
      census.producers.map((producer) => ({ ...producer, reading })),
    ),
    sampled: plans.flatMap(({ reading, isWhole }) => (isWhole ? [] : [reading])),
    opening: sum(({ opening }) => opening),
    closing: sum(({ closing }) => closing),
    sumsAsked: sumsAsked(source, plans),
    shards: plans.flatMap(({ shards }) => shards),
    question: questionOf(plans),
    presenceWarnings: [...warnings, ...plans.flatMap((plan) => plan.warnings)],
    otherWarnings: plans.flatMap(({ census }) => census.warnings),
  };
}

/** The questions of all readings as one text; of several, each below a comment that names its reading. */
function questionOf(plans: readonly ReadingPlan[]): string | null {
  const [only] = plans;
  if (plans.length <= 1) return only?.question ?? null;
  return plans
    .map(({ reading, question }) => `# ${nameOfReading(reading)}\n${question}`)
    .join('\n');
}

/** Sums are compared only where the same was asked of the same server: settings and readings change. */
function sumsAsked({ url }: Source, plans: readonly ReadingPlan[]): string | null {
  // What a warning says is left out would look like samples that come late.
  const isUnclear = ({ isWhole, census }: ReadingPlan) => !isWhole || census.warnings.length > 0;
  if (plans.length === 0 || plans.some(isUnclear)) return null;
  return JSON.stringify([url, ...plans.map(({ census }) => census.sumsAsked)]);
}

interface ReadingPlan {
  readonly reading: Reading;
  readonly census: ReadingCensus;
  /** Whether all series were counted, and not those of some clients. */
  readonly isWhole: boolean;
  readonly shards: readonly PlannedShard[];
  readonly question: string;
  readonly warnings: readonly string[];
}

async function planReading(
  guessed: Asking,
  reading: Reading,
  maxSeries: number,
): Promise<ReadingPlan> {
  const { census, isWhole } = await censusOf(guessed);
  const traits = { ...guessed.traits, scrapeIntervalMillis: census.scrapeIntervalMillis };
  const asking = readingAsking(guessed, guessed.dialect, traits);
  const cut =
    isWhole && census.series <= maxSeries
      ? { shards: [{ clients: null, servers: null, series: census.series }], warnings: [] }
      : await shardsOf(asking, maxSeries);
  const [counter] = asking.dialect.counters;
  return {
    reading,
    census,
    isWhole,
    shards: cut.shards.map((shard) => ({ reading, traits, shard })),
    question: counter ? incrementsQuestion(counter.series, scopeOf(asking, [])) : '',
    warnings: cut.warnings,
  };
}

/** So many questions at most count all series, client by client, where one cannot. */
const mostCensusQuestions = 256;
/** Of so many clients at most the series are counted where those of all cannot be. */
const mostSampled = 64;

/**
 * Counts all series: at once, else in parts that the source can count. Where those are too many, it
 * counts the series of some clients, and nothing is said of producers.
 */
async function censusOf(asking: Asking): Promise<{ census: ReadingCensus; isWhole: boolean }> {
  try {
    return { census: await takeCensus(asking, scopeOf(asking, [])), isWhole: true };
  } catch (error) {
    if (!isTooHeavy(error)) throw error;
  }
  const label = nameLabelOf(asking.labels, 'client');
  const [counter] = asking.dialect.presence;
  if (counter === undefined) throw new Error('A dialect has no counter of its producers.');
  const { values } = await asking.labelValues(
    label,
    indexScope([selectorOf(counter, scopeOf(asking, []).matchers)], asking.window),
  );
  const whole = await censusInParts(asking, label, ['', ...values]);
  if (whole !== null) return { census: whole, isWhole: true };
  for (let most = mostSampled; ; most = Math.floor(most / 2)) {
    const step = Math.max(1, Math.floor(values.length / most));
    const some = values.filter((_, index) => index % step === 0).slice(0, most);
    try {
      const census = await takeCensus(asking, scopeOf(asking, [anyOf(label, some)]));
      return {
        census: { ...census, series: Math.max(census.series, values.length) },
        isWhole: false,
      };
    } catch (error) {
      if (!isTooHeavy(error)) throw error;
      if (most > 1) continue;
      return { census: await censusOfFew(asking, label, values), isWhole: false };
    }
  }
}

/** Halves the clients until the source can count the series of each part; `null` where it never can. */
async function censusInParts(
  asking: Asking,
  label: string,
  clients: readonly string[],
): Promise<ReadingCensus | null> {
  const parts: ReadingCensus[] = [];
  const open = [clients];
  for (let asked = 0; asked < mostCensusQuestions; asked += 1) {
    const some = open.pop();
    if (some === undefined) {
      const sumsAsked = sumsQuestion(asking.dialect, scopeOf(asking, []));
      return { ...joinCensus(parts, asking.source.scrapeIntervalMillis), sumsAsked };
    }
    try {
      parts.push(await takeCensus(asking, scopeOf(asking, [anyOf(label, some)])));
    } catch (error) {
      if (!isTooHeavy(error)) throw error;
      if (some.length === 1) return null;
      const half = Math.ceil(some.length / 2);
      open.push(some.slice(half), some.slice(0, half));
    }
  }
  return null;
}

/** Of so many clients the series are counted one by one, where even those of two are too many. */
const fewClients = 8;

async function censusOfFew(
  asking: Asking,
  label: string,
  clients: readonly string[],
): Promise<ReadingCensus> {
  const step = Math.max(1, Math.floor(clients.length / fewClients));
  const some = clients.filter((_, index) => index % step === 0).slice(0, fewClients);
  const counted: ReadingCensus[] = [];
  for (const client of some) {
    const scope = scopeOf(asking, [anyOf(label, [client])]);
    counted.push(await takeCensus(asking, scope, { isSingly: true }));
  }
  const together = joinCensus(counted, asking.source.scrapeIntervalMillis);
  return { ...together, series: Math.max(together.series, clients.length) };
}

async function shardsOf(asking: Asking, maxSeries: number) {
  const { groups, warnings: told } = await countSide(asking, 'client', []);
  const warnings = [...told];
  const shards: Shard[] = [];
  for (const shard of shardsOfClients(groups, maxSeries)) {
    const { clients, series } = shard;
    if (series <= maxSeries || clients === null) {
      shards.push(shard);
      continue;
    }
    const servers = await countSide(asking, 'server', matchersOf(asking.labels, shard));
    warnings.push(...servers.warnings);
    shards.push(...shardsOfServers(clients, servers.groups, maxSeries));
  }
  return { shards, warnings };
}
