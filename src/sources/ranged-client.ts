import type { ValuesAnswer, VectorAnswer } from './answer.ts';
import { indexScope, isCutOff, isRefusal } from './asking.ts';
import type { PrometheusClient, Steps } from './prometheus-client.ts';

/** Values of answers that are kept for windows to come; what is beyond is asked for again. */
const maxKeptSamples = 1_000_000;
/** So few windows are asked singly rather than halved again, once a range of them has a warning. */
const fewWindows = 6;

/**
 * How a window is asked for: in one range with others; in one range with others that have warnings
 * of their own, so that it is no matter whose the range's is; or alone, because a range with it has a
 * warning and nobody knows whose.
 */
type Manner = 'together' | 'warned' | 'alone';

/**
 * A client that answers the windows of a grid from few range queries.
 *
 * The same expression is asked of each window, at its end: the first time it is asked of one it is
 * asked of those that follow, and their answers are kept until they are taken. A range that is
 * refused or cut off is asked in halves, down to a single instant. A range with a warning, which is
 * of an unknown part of it, is looked into once, down to the windows that have it: what is away for
 * one expression is away for all, so the others are asked in ranges of either kind.
 */
export function createRangedClient(
  client: PrometheusClient,
  { firstMillis, count, stepMillis }: Steps,
): Omit<PrometheusClient, 'queryRange'> {
  const kept = new Map<string, Map<number, VectorAnswer>>();
  let keptSamples = 0;
  const manners: Manner[] = Array.from({ length: count }, () => 'together');

  function take(expression: string, index: number): VectorAnswer | undefined {
    const answers = kept.get(expression);
    const answer = answers?.get(index);
    if (answer === undefined) return undefined;
    answers?.delete(index);
    keptSamples -= answer.samples.length;
    return answer;
  }

  function keep(expression: string, from: number, answers: readonly VectorAnswer[]): void {
    const byIndex = kept.get(expression) ?? new Map<number, VectorAnswer>();
    kept.set(expression, byIndex);
    for (const [offset, answer] of answers.entries()) {
      take(expression, from + offset);
      if (keptSamples + answer.samples.length > maxKeptSamples) break;
      keptSamples += answer.samples.length;
      byIndex.set(from + offset, answer);
    }
  }

  /** How many windows from one on are asked for in one range with it. */
  function runFrom(index: number): number {
    const manner = manners[index];
    if (manner === 'alone') return 1;
    const end = manners.findIndex((other, at) => at > index && other !== manner);
    return (end === -1 ? count : end) - index;
  }

  async function askOne(expression: string, index: number, signal: AbortSignal | undefined) {
    const answer = await client.query(expression, firstMillis + index * stepMillis, signal);
    if (manners[index] === 'together' && isWarned([answer])) manners[index] = 'warned';
    return answer;
  }

  /** `null` where less may be answered. */
  async function askRange(
    expression: string,
    from: number,
    windows: number,
    signal: AbortSignal | undefined,
  ): Promise<VectorAnswer[] | null> {
    const asked = { firstMillis: firstMillis + from * stepMillis, count: windows, stepMillis };
    try {
      const answers = await client.queryRange(expression, asked, signal);
      return answers.some(isCutOff) ? null : answers;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return null;
    }
  }

  /** Asks from one window on; keeps what was answered beside that of the first. */
  async function askAhead(
    expression: string,
    from: number,
    windows: number,
    signal: AbortSignal | undefined,
  ): Promise<VectorAnswer> {
    if (windows === 1) return askOne(expression, from, signal);
    const answers = await askRange(expression, from, windows, signal);
    if (answers === null) return askAhead(expression, from, Math.ceil(windows / 2), signal);
    if (isWarned(answers) && manners[from] === 'together') {
      await lookInto(expression, from, windows, signal);
      return take(expression, from) ?? askOne(expression, from, signal);
    }
    const [first, ...ahead] = answers;
    keep(expression, from + 1, ahead);
    return first ?? { samples: [], warnings: [] };
  }

  /** Finds which windows of a range that has a warning have it; keeps what is answered on the way. */
  async function lookInto(
    expression: string,
    from: number,
    windows: number,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    if (windows <= fewWindows) return lookAtEach(expression, from, windows, signal);
    const half = Math.ceil(windows / 2);
    for (const [start, length] of [
      [from, half],
      [from + half, windows - half],
    ] as const) {
      const answers = await askRange(expression, start, length, signal);
      if (answers === null) continue;
      if (isWarned(answers)) await lookInto(expression, start, length, signal);
      else keep(expression, start, answers);
    }
  }

  async function lookAtEach(
    expression: string,
    from: number,
    windows: number,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const indexes = Array.from({ length: windows }, (_, offset) => from + offset);
    for (const index of indexes) {
      try {
        keep(expression, index, [await askOne(expression, index, signal)]);
      } catch (error) {
        // Said to whoever asks for this window.
        if (!isRefusal(error)) throw error;
      }
    }
    if (indexes.some((index) => manners[index] === 'warned')) return;
    for (const index of indexes) manners[index] = 'alone';
  }

  /** What the index tells is asked once, of all windows together. */
  const told = new Map<string, Promise<ValuesAnswer>>();
  const whole = {
    startMillis: firstMillis - stepMillis,
    endMillis: firstMillis + (count - 1) * stepMillis,
  };
  function tellOnce(key: string, tell: () => Promise<ValuesAnswer>): Promise<ValuesAnswer> {
    const known = told.get(key);
    if (known !== undefined) return known;
    const answer = tell();
    told.set(key, answer);
    answer.catch(() => told.delete(key));
    return answer;
  }

  return {
    query(expression, atMillis, signal) {
      const index = (atMillis - firstMillis) / stepMillis;
      const isOfGrid = Number.isInteger(index) && index >= 0 && index < count;
      if (!isOfGrid) return client.query(expression, atMillis, signal);
      const known = take(expression, index);
      if (known !== undefined) return Promise.resolve(known);
      return askAhead(expression, index, runFrom(index), signal);
    },
    queryRaw: (expression, atMillis, signal) => client.queryRaw(expression, atMillis, signal),
    labelValues: (label, { matchers }, signal) =>
      tellOnce(JSON.stringify([label, matchers]), () =>
        client.labelValues(label, indexScope(matchers, whole), signal),
      ),
    labelNames: ({ matchers }, signal) =>
      tellOnce(JSON.stringify([matchers]), () =>
        client.labelNames(indexScope(matchers, whole), signal),
      ),
    flavour: (signal) => client.flavour(signal),
  };
}

function isWarned(answers: readonly VectorAnswer[]): boolean {
  return answers.some(({ warnings }) => warnings.length > 0);
}
