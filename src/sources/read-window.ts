import { createNormalizer, type Normalized, normalize } from '../domain/normalize.ts';
import type { Window } from '../domain/window.ts';
import { type Census, judgeOutcome, type WindowOutcome } from '../domain/window-outcome.ts';
import { AppError } from '../runtime/errors.ts';
import type { Sample } from './answer.ts';
import { chooseDialect, type DialectChoice, surveyQuery } from './choose-dialect.ts';
import type { Question } from './dialect.ts';
import type { PrometheusClient } from './prometheus-client.ts';
import { relabelFact } from './relabel-fact.ts';
import type { Source } from './source.ts';

/** What one window of a source shows. */
export interface WindowReading extends Normalized {
  readonly outcome: WindowOutcome;
  readonly census: Census;
  /** Values read for all questions, dropped ones included. */
  readonly valuesRead: number;
  readonly warnings: readonly string[];
  /** The dialect the window was read in; `null` where none was found. */
  readonly dialect: Omit<DialectChoice, 'dialect'> | null;
  /** Questions about latency that were not answered whole; what they were about is not known. */
  readonly unanswered: number;
}

/**
 * Asks a source for one window and turns the answers into observations.
 *
 * @throws AppError `PrometheusUnavailable` or `InvalidMetrics`; then nothing of the window is known.
 */
export async function readWindow(
  client: PrometheusClient,
  source: Source,
  window: Window,
  signal?: AbortSignal,
): Promise<WindowReading> {
  const warnings: string[] = [];
  const ask = async (expression: string) => {
    const answer = await client.query(expression, window.endMillis, signal);
    warnings.push(...answer.warnings);
    return answer.samples;
  };

  const survey = surveyQuery(source, window);
  const choice = chooseDialect(source, survey === null ? [] : await ask(survey));
  if (choice === null) return nothingThere(warnings);
  const { dialect, name, variant } = choice;
  const scope = { source, window, matchers: [] };

  const normalizer = createNormalizer();
  let valuesRead = 0;
  const take = (kind: Question['kind'], samples: readonly Sample[]) => {
    for (const sample of samples) {
      normalizer.add(relabelFact(source, dialect.read(source, kind, sample)));
    }
    valuesRead += samples.length;
  };
  for (const { kind, expression } of dialect.questions(scope)) {
    take(kind, await ask(expression));
  }
  const census = { ...emptyCensus };
  const counts = dialect.census(scope);
  for (const what of Object.keys(census) as (keyof Census)[]) {
    const count = (await ask(counts[what]))[0]?.value ?? 0;
    census[what] = Number.isFinite(count) ? count : 0;
  }
  const latency = dialect.latencyQuestions(scope);
  const unanswered = await askAsFarAsItGoes(client, latency, window, take, signal);
  return {
    ...normalizer.finish(),
    outcome: judgeOutcome(census, warnings.length),
    census,
    valuesRead,
    warnings: [...new Set(warnings)],
    dialect: { name, variant },
    unanswered,
  };
}

/**
 * Asks questions a window is whole without, and says how many were not answered.
 *
 * A server that did not answer one is not asked the others: each would cost its retries.
 */
async function askAsFarAsItGoes(
  client: PrometheusClient,
  questions: readonly Question[],
  window: Window,
  take: (kind: Question['kind'], samples: readonly Sample[]) => void,
  signal?: AbortSignal,
): Promise<number> {
  let unanswered = 0;
  for (const [index, { kind, expression }] of questions.entries()) {
    try {
      const answer = await client.query(expression, window.endMillis, signal);
      if (answer.warnings.length === 0) take(kind, answer.samples);
      else unanswered += 1;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.code === 'PrometheusUnavailable') return unanswered + questions.length - index;
      if (error.code !== 'InvalidMetrics') throw error;
      unanswered += 1;
    }
  }
  return unanswered;
}

const emptyCensus: Census = { series: 0, nearStart: 0, nearEnd: 0, cannotTell: 0, broken: 0 };

function nothingThere(warnings: readonly string[]): WindowReading {
  return {
    ...normalize([]),
    outcome: judgeOutcome(emptyCensus, warnings.length),
    census: emptyCensus,
    valuesRead: 0,
    warnings: [...new Set(warnings)],
    dialect: null,
    unanswered: 0,
  };
}
