import { type Normalized, normalize } from '../domain/normalize.ts';
import type { PairFact } from '../domain/observation.ts';
import type { Window } from '../domain/window.ts';
import { type Census, judgeOutcome, type WindowOutcome } from '../domain/window-outcome.ts';
import type { Dialect } from './dialect.ts';
import { tempo } from './dialects/tempo.ts';
import type { PrometheusClient } from './prometheus-client.ts';
import type { Source } from './source.ts';

const dialects: Readonly<Record<Source['dialect'], Dialect>> = { tempo };

/** What one window of a source shows. */
export interface WindowReading extends Normalized {
  readonly outcome: WindowOutcome;
  readonly census: Census;
  /** Values read for all questions, dropped ones included. */
  readonly valuesRead: number;
  readonly warnings: readonly string[];
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
  const dialect = dialects[source.dialect];
  const warnings: string[] = [];
  const ask = async (expression: string) => {
    const answer = await client.query(expression, window.endMillis, signal);
    warnings.push(...answer.warnings);
    return answer.samples;
  };

  const facts: PairFact[] = [];
  for (const question of dialect.questions(source, window)) {
    for (const sample of await ask(question.expression)) {
      facts.push(dialect.read(source, question.kind, sample));
    }
  }
  const census = { series: 0, nearStart: 0, nearEnd: 0, cannotTell: 0, broken: 0 };
  const counts = dialect.census(source, window);
  for (const name of Object.keys(census) as (keyof Census)[]) {
    const count = (await ask(counts[name]))[0]?.value ?? 0;
    census[name] = Number.isFinite(count) ? count : 0;
  }
  return {
    ...normalize(facts),
    outcome: judgeOutcome(census, warnings.length),
    census,
    valuesRead: facts.length,
    warnings: [...new Set(warnings)],
  };
}
