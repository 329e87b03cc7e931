import {
  createNormalizer,
  isOverflowFact,
  type Normalized,
  type Normalizer,
} from '../domain/normalize.ts';
import type { ServiceKind } from '../domain/service.ts';
import { AppError } from '../runtime/errors.ts';
import { type Sample, tooMuch } from './answer.ts';
import {
  type Asking,
  indexScope,
  isCutOff,
  isRefusal,
  isTooHeavy,
  scopeOf,
  timedOut,
} from './asking.ts';
import type { CounterAsking } from './counter-asking.ts';
import { type Counter, nameLabelOf } from './counter-labels.ts';
import { lengthOf, rangeOf } from './counter-questions.ts';
import { histogramsThere, latencyQuestions } from './latency-questions.ts';
import type { Question } from './question.ts';
import { type CounterReading, readCounter } from './read-counter.ts';
import { relabelFact } from './relabel-fact.ts';
import { byLabels, selectorOf } from './series.ts';

/** What one part of a window shows. */
export interface PartReading extends Normalized {
  /** Values read for all questions, dropped ones included. */
  readonly valuesRead: number;
  /** Series whose first value may be of this window or of any time before, so that it is not counted. */
  readonly cannotTell: number;
  /** Series whose last value is no count (NaN, infinite, negative); they are left out. */
  readonly brokenSeries: number;
  /** Series that several processes write by turns; nobody can tell what they count. */
  readonly severalWriters: number;
  /** Requests that were counted in gaps longer than the reach, and so belong to no window. */
  readonly unattributed: number;
  /** Requests of which the producer did not say whose they are, because it ran out of room. */
  readonly overflowRequests: number;
  /** Warnings on the questions that decide which pairs are seen. */
  readonly presenceWarnings: readonly string[];
  readonly otherWarnings: readonly string[];
  /** Questions the part is whole without, and that were not answered whole. */
  readonly unanswered: number;
}

/** What a part is put together from, question by question, so that one answer is held at a time. */
interface PartSoFar {
  readonly normalizer: Normalizer;
  failures: 'known' | 'unknown';
  valuesRead: number;
  unanswered: number;
  cannotTell: number;
  brokenSeries: number;
  severalWriters: number;
  unattributed: number;
  overflowRequests: number;
  readonly presenceWarnings: string[];
  readonly otherWarnings: string[];
}

const cutOff = 'Prometheus says that it cut its answer off.';

/**
 * Asks everything about one part of a window.
 *
 * Only requests, listed and used decide which pairs are seen. What else is refused, or answered
 * with a warning, is not known of the part's pairs.
 *
 * @param canSplit whether a smaller part could be asked instead
 * @throws AppError `QueryTooHeavy` where the part is too much for the source
 */
export async function readPart(
  asking: Asking,
  matchers: readonly string[],
  canSplit: () => Promise<boolean>,
): Promise<PartReading> {
  const { source, dialect, ask } = asking;
  let kinds: ReadonlyMap<string, ServiceKind> = new Map();
  const part: PartSoFar = {
    normalizer: createNormalizer(asking.aliases, (id) => kinds.get(id)),
    failures: dialect.tellsFailures(asking.traits.labelNames) ? 'known' : 'unknown',
    valuesRead: 0,
    unanswered: 0,
    cannotTell: 0,
    brokenSeries: 0,
    severalWriters: 0,
    unattributed: 0,
    overflowRequests: 0,
    presenceWarnings: [],
    otherWarnings: [],
  };
  const take = (kind: Question['kind'], samples: readonly Sample[]) => {
    for (const sample of samples) {
      const fact = dialect.read(source, kind, sample);
      if (kind === 'requests' && isOverflowFact(fact)) part.overflowRequests += fact.value;
      part.normalizer.add(relabelFact(source, fact));
    }
    part.valuesRead += samples.length;
  };
  const counterAsking = ({ series: counter }: Counter): CounterAsking => ({
    counter,
    presence: dialect.presence,
    scope: scopeOf(asking, matchers),
    sourceMatchers: source.matchers ?? [],
    ask,
    askRaw: asking.askRaw,
    part: (selecting) => scopeOf(asking, selecting),
    clientsOf: async (producers) => {
      const { matchers: selecting } = scopeOf(asking, producers);
      const label = nameLabelOf(asking.labels, 'client');
      const scope = indexScope([selectorOf(counter, selecting)], asking.window);
      return (await asking.labelValues(label, scope)).values;
    },
  });

  for (const counter of dialect.counters) {
    if (counter.kind !== 'failedRequests') await askPresence(counter);
    else if (part.failures === 'known') await askFailures(counter);
  }
  if (dialect.listed)
    await askListed(selectorOf(dialect.listed, scopeOf(asking, matchers).matchers));
  await askLatency();

  async function askPresence(counter: Counter): Promise<void> {
    const reading = await readCounter(counterAsking(counter), async (answer) => {
      if (isCutOff(answer) && (await canSplit())) throw tooMuch(cutOff);
    });
    part.presenceWarnings.push(...reading.warnings);
    part.cannotTell += reading.cannotTell;
    part.brokenSeries += reading.broken;
    part.severalWriters += reading.severalWriters;
    if (counter.kind === 'used') {
      take(
        'used',
        reading.samples.filter(({ value }) => value > 0),
      );
      return take('used', [...reading.uncounted, ...reading.used].map(asTrue));
    }
    part.unattributed += reading.unattributed;
    take('requests', reading.samples);
    take('uncounted', reading.uncounted.map(asTrue));
    take('used', reading.used.map(asTrue));
  }

  async function askListed(selector: string): Promise<void> {
    const range = rangeOf(selector, lengthOf(asking.window));
    const by = byLabels(asking.labels.identity);
    const answer = await ask(`max ${by} (last_over_time(${range})) > 0`);
    if (isCutOff(answer) && (await canSplit())) throw tooMuch(cutOff);
    part.presenceWarnings.push(...answer.warnings);
    take('listed', answer.samples);
  }

  async function askFailures(counter: Counter): Promise<void> {
    try {
      const reading = await readCounter(counterAsking(counter), (answer) => {
        if (isCutOff(answer)) throw tooMuch(cutOff);
      });
      part.otherWarnings.push(...reading.warnings);
      if (isWhole(reading)) return take('failedRequests', reading.samples);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (isTooHeavy(error) && (await canSplit())) throw error;
    }
    part.unanswered += 1;
    part.failures = 'unknown';
  }

  /** A server that did not answer one is not asked the others: each would cost its time. */
  async function askLatency(): Promise<void> {
    const { metrics } = asking.traits;
    const questions = histogramsThere(dialect.histograms, metrics, source.latencyUnit).flatMap(
      (histogram) => latencyQuestions(histogram, scopeOf(asking, matchers)),
    );
    for (const [index, { kind, expression }] of questions.entries()) {
      try {
        const { samples, warnings } = await ask(expression);
        part.otherWarnings.push(...warnings);
        if (warnings.length === 0) take(kind, samples);
        else part.unanswered += 1;
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        const away = error.code === 'PrometheusUnavailable' || timedOut(error);
        if (!away && !isRefusal(error)) throw error;
        part.unanswered += away ? questions.length - index : 1;
        if (away) return;
      }
    }
  }

  const { normalizer, failures, ...counts } = part;
  const open = normalizer.openQuestions();
  if (open.length > 0) kinds = await asking.kindsOf(open);
  return { ...normalizer.finish(failures), ...counts };
}

const isWhole = ({ warnings }: CounterReading) => warnings.length === 0;

const asTrue = (labels: Sample['labels']): Sample => ({ labels, value: 1 });
