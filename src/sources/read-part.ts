import { createNormalizer, type Normalized, type Normalizer } from '../domain/normalize.ts';
import { AppError } from '../runtime/errors.ts';
import { type Sample, tooMuch } from './answer.ts';
import { type Asking, isCutOff, isRefusal, isTooHeavy, timedOut } from './asking.ts';
import type { Question } from './dialect.ts';
import { relabelFact } from './relabel-fact.ts';

/** What one part of a window shows. */
export interface PartReading extends Normalized {
  /** Values read for all questions, dropped ones included. */
  readonly valuesRead: number;
  /** New series whose producer had no samples before either, so their traffic is not known. */
  readonly cannotTell: number;
  /** Series whose last value is no count (NaN, infinite, negative); they are left out. */
  readonly brokenSeries: number;
  /** Warnings on the questions that decide which pairs are seen. */
  readonly presenceWarnings: readonly string[];
  readonly otherWarnings: readonly string[];
  /** Questions the part is whole without, and that were not answered whole. */
  readonly unanswered: number;
}

/** What a part is put together from, question by question, so that one answer is held at a time. */
interface Reading {
  readonly normalizer: Normalizer;
  failures: 'known' | 'unknown';
  valuesRead: number;
  unanswered: number;
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
  const { source, window, dialect, ask, everyProducerBefore } = asking;
  const scope = { source, window, matchers, everyProducerBefore };
  const reading: Reading = {
    normalizer: createNormalizer(asking.aliases),
    failures: 'known',
    valuesRead: 0,
    unanswered: 0,
    presenceWarnings: [],
    otherWarnings: [],
  };
  const take = (kind: Question['kind'], samples: readonly Sample[]) => {
    for (const sample of samples) {
      reading.normalizer.add(relabelFact(source, dialect.read(source, kind, sample)));
    }
    reading.valuesRead += samples.length;
  };

  for (const question of dialect.questions(scope)) {
    if (question.kind === 'failedRequests') await askFailures(question);
    else await askPresence(question);
  }
  const counts = dialect.census(scope);
  const cannotTell = everyProducerBefore ? 0 : await askCount(counts.cannotTell);
  const brokenSeries = await askCount(counts.broken);
  await askLatency(dialect.latencyQuestions(scope));

  async function askPresence({ kind, expression }: Question): Promise<void> {
    const answer = await ask(expression);
    if (isCutOff(answer) && (await canSplit())) throw tooMuch(cutOff);
    reading.presenceWarnings.push(...answer.warnings);
    take(kind, answer.samples);
  }

  async function askFailures({ kind, expression }: Question): Promise<void> {
    try {
      const answer = await ask(expression);
      if (isCutOff(answer)) throw tooMuch(cutOff);
      reading.otherWarnings.push(...answer.warnings);
      if (answer.warnings.length === 0) return take(kind, answer.samples);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (isTooHeavy(error) && (await canSplit())) throw error;
    }
    reading.unanswered += 1;
    reading.failures = 'unknown';
  }

  async function askCount(expression: string): Promise<number> {
    try {
      const { samples, warnings } = await ask(expression);
      reading.otherWarnings.push(...warnings);
      const count = samples[0]?.value ?? 0;
      return Number.isFinite(count) ? count : 0;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      reading.unanswered += 1;
      return 0;
    }
  }

  /** A server that did not answer one is not asked the others: each would cost its time. */
  async function askLatency(questions: readonly Question[]): Promise<void> {
    for (const [index, { kind, expression }] of questions.entries()) {
      try {
        const { samples, warnings } = await ask(expression);
        reading.otherWarnings.push(...warnings);
        if (warnings.length === 0) take(kind, samples);
        else reading.unanswered += 1;
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        const away = error.code === 'PrometheusUnavailable' || timedOut(error);
        if (!away && !isRefusal(error)) throw error;
        reading.unanswered += away ? questions.length - index : 1;
        if (away) return;
      }
    }
  }

  const { valuesRead, unanswered, presenceWarnings, otherWarnings } = reading;
  return {
    ...reading.normalizer.finish(reading.failures),
    valuesRead,
    cannotTell,
    brokenSeries,
    presenceWarnings,
    otherWarnings,
    unanswered,
  };
}
