import type { VectorAnswer } from './answer.ts';
import { isRefusal, type SourceClient } from './asking.ts';
import type { LabelAnswer, PrometheusClient, Steps } from './prometheus-client.ts';

/** Values of answers that are kept for windows to come; what is beyond is asked for again. */
const maxKeptSamples = 1_000_000;

/**
 * A client that answers the windows of a grid from few range queries.
 *
 * The same expression is asked of each window, at its end: the first time it is asked of one it is
 * asked of all that follow, and their answers are kept until they are taken. What a range query
 * cannot answer as an instant query would (it is refused, cut off, or has a warning, which is of an
 * unknown part of the range) is asked in halves, down to a single instant; so each window gets what
 * it would have got alone.
 */
export function createRangedClient(
  client: SourceClient & Pick<PrometheusClient, 'queryRange'>,
  { firstMillis, count, stepMillis }: Steps,
): SourceClient {
  const kept = new Map<string, Map<number, VectorAnswer>>();
  let keptSamples = 0;

  function take(expression: string, atMillis: number): VectorAnswer | undefined {
    const answers = kept.get(expression);
    const answer = answers?.get(atMillis);
    if (answer === undefined) return undefined;
    answers?.delete(atMillis);
    keptSamples -= answer.samples.length;
    return answer;
  }

  /** Asks from one window on; keeps what was answered, at least that of the first. */
  async function askAhead(
    expression: string,
    from: number,
    windows: number,
    signal: AbortSignal | undefined,
  ): Promise<VectorAnswer> {
    if (windows === 1) return client.query(expression, from, signal);
    const half = () => askAhead(expression, from, Math.ceil(windows / 2), signal);
    let answers: VectorAnswer[];
    try {
      const asked = { firstMillis: from, count: windows, stepMillis };
      answers = await client.queryRange(expression, asked, signal);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return half();
    }
    if (answers.some(({ warnings }) => warnings.length > 0)) return half();
    const [first, ...ahead] = answers;
    const byEnd = kept.get(expression) ?? new Map<number, VectorAnswer>();
    kept.set(expression, byEnd);
    for (const [index, answer] of ahead.entries()) {
      if (keptSamples + answer.samples.length > maxKeptSamples) break;
      keptSamples += answer.samples.length;
      byEnd.set(from + (index + 1) * stepMillis, answer);
    }
    return first ?? { samples: [], warnings: [] };
  }

  /** What the index tells is asked once, of all windows together. */
  const told = new Map<string, Promise<LabelAnswer>>();
  const whole = {
    startMillis: firstMillis - stepMillis,
    endMillis: firstMillis + (count - 1) * stepMillis,
  };
  function tellOnce(key: string, tell: () => Promise<LabelAnswer>): Promise<LabelAnswer> {
    const known = told.get(key);
    if (known !== undefined) return known;
    const answer = tell();
    told.set(key, answer);
    answer.catch(() => told.delete(key));
    return answer;
  }

  return {
    queryRaw: (expression, atMillis, signal) => client.queryRaw(expression, atMillis, signal),
    flavour: (signal) => client.flavour(signal),
    labelValues: (label, { matchers }, signal) =>
      tellOnce(JSON.stringify([label, matchers]), () =>
        client.labelValues(label, { matchers, ...whole }, signal),
      ),
    labelNames: ({ matchers }, signal) =>
      tellOnce(JSON.stringify([matchers]), () => client.labelNames({ matchers, ...whole }, signal)),
    query(expression, atMillis, signal) {
      const known = take(expression, atMillis);
      if (known !== undefined) return Promise.resolve(known);
      const index = (atMillis - firstMillis) / stepMillis;
      const isOfGrid = Number.isInteger(index) && index >= 0 && index < count;
      return isOfGrid
        ? askAhead(expression, atMillis, count - index, signal)
        : client.query(expression, atMillis, signal);
    },
  };
}
