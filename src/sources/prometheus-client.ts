import { setTimeout as delay } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { AppError } from '../runtime/errors.ts';
import { type Access, withoutOwnSecrets } from './access.ts';
import {
  parseMatrix,
  parseRaw,
  parseValues,
  parseVector,
  type RawAnswer,
  type ValuesAnswer,
  type VectorAnswer,
} from './answer.ts';
import { createFlavour, type Flavour, flavourOf, paramsOfQuery } from './flavour.ts';
import { labelNameInPath } from './label-name.ts';
import { createTransport } from './transport.ts';
import { createTries, type OnTryOfOne, type Question } from './tries.ts';

export type { OnTry } from './tries.ts';

/** Instants that a range query is evaluated at. */
export interface Steps {
  /** The first of them, in epoch milliseconds. */
  readonly firstMillis: number;
  readonly count: number;
  readonly stepMillis: number;
}

/** Which series an index is asked about. */
export interface LabelScope {
  /** Whole selectors, such as `x{a="b"}`; without any, all series. */
  readonly matchers: readonly string[];
  readonly startMillis: number;
  readonly endMillis: number;
}

/** Asks a Prometheus-compatible server. */
export interface PrometheusClient {
  /**
   * Evaluates an expression at an explicit time.
   *
   * @throws AppError `PrometheusUnavailable` when no proper answer came, after the retries;
   * `QueryTooHeavy` when less might be answered: the server gave up, took too long or cut its
   * answer off; `InvalidMetrics` when it refused the query or its answer is no vector.
   */
  query(expression: string, atMillis: number, signal?: AbortSignal): Promise<VectorAnswer>;
  /**
   * Evaluates an expression at several times by one request; an answer for each, otherwise as `query`.
   *
   * Every selector of the expression needs a range of its own: how far before a step a bare one
   * looks differs between servers.
   */
  queryRange(expression: string, steps: Steps, signal?: AbortSignal): Promise<VectorAnswer[]>;
  /** Reads the samples that a range selector (`x[20m]`) holds at an explicit time; errors as of `query`. */
  queryRaw(expression: string, atMillis: number, signal?: AbortSignal): Promise<RawAnswer>;
  /**
   * The values that a label has in the series of any of some selectors; errors as of `query`.
   *
   * Servers answer from their index, in which series lie longer than the samples say.
   */
  labelValues(label: string, scope: LabelScope, signal?: AbortSignal): Promise<ValuesAnswer>;
  /** The names of all labels that the series of any of some selectors have; otherwise as `labelValues`. */
  labelNames(scope: LabelScope, signal?: AbortSignal): Promise<ValuesAnswer>;
  /** Which server it is; asked once, and taken for Prometheus where it does not say. */
  flavour(signal?: AbortSignal): Promise<Flavour>;
}

export interface PrometheusClientOptions {
  readonly url: string;
  readonly dispatcher: Dispatcher;
  /** How the server knows us; sent to the URL and nowhere else. */
  readonly access?: Access | undefined;
  /** Waits between the tries of one request, in milliseconds; as many retries as entries. */
  readonly retryDelaysMillis?: readonly number[];
  /** Most time one try may take. */
  readonly timeoutMillis?: number;
  /** Largest accepted answer. */
  readonly maxAnswerBytes?: number;
  readonly onRetry?: (error: AppError, attempt: number) => void;
  readonly onTry?: OnTryOfOne;
  /** The time, in epoch milliseconds, and how it is waited for; those of the process if not said. */
  readonly now?: () => number;
  readonly wait?: (millis: number, signal: AbortSignal | undefined) => Promise<void>;
}

export const defaultRetryDelaysMillis: readonly number[] = [2000, 4000, 8000];

/** Most time one try may take, and the largest accepted answer, if not said. */
const defaultTimeoutMillis = 60_000;
const defaultMaxAnswerBytes = 64 * 1024 * 1024;
/** For longer a question does not wait itself, at the word of the server: it is given up for now. */
const longestWaitMillis = 30_000;
/** What a server is, it knows at once; nobody waits longer to hear it. */
const flavourTimeoutMillis = 10_000;

export function createPrometheusClient(options: PrometheusClientOptions): PrometheusClient {
  const { url, dispatcher, access, wait = waited, now = Date.now } = options;
  const { timeoutMillis = defaultTimeoutMillis, onTry } = options;
  const maxAnswerBytes = options.maxAnswerBytes ?? defaultMaxAnswerBytes;
  const send = createTransport({ url, dispatcher, access, maxAnswerBytes, now });
  const clean = (text: string) => withoutOwnSecrets(text, access);
  const tryEither = createTries({ url, send, clean, onTry });
  const delays = options.retryDelaysMillis ?? defaultRetryDelaysMillis;
  async function ask<T>(question: Question<T>, signal: AbortSignal | undefined): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      const tried = await tryEither(question, attempt, signal);
      if ('answer' in tried) return tried.answer;
      const usualWait = delays[attempt];
      const saidWait = tried.waitMillis ?? 0;
      if (!tried.again) throw tried.error;
      // Who asked to be left alone is not asked again until then, by whoever tries next.
      if (usualWait === undefined || saidWait > longestWaitMillis) {
        throw saidWait > 0 ? leftAlone(tried.error, saidWait) : tried.error;
      }
      options.onRetry?.(tried.error, attempt + 1);
      await wait(Math.max(saidWait, usualWait), signal);
      signal?.throwIfAborted();
    }
  }

  const cleanedOf = <T extends { readonly warnings: readonly string[] }>(answer: T): T => ({
    ...answer,
    warnings: answer.warnings.map(clean),
  });

  const flavour = createFlavour(async () => {
    const tried = await tryEither(
      {
        endpoint: 'status/buildinfo',
        form: [],
        method: 'GET',
        timeoutMillis: Math.min(timeoutMillis, flavourTimeoutMillis),
        parse: flavourOf,
      },
      0,
      undefined,
    );
    if ('answer' in tried) return tried.answer;
    throw tried.error;
  }, now);

  async function askQuery<T>(
    endpoint: 'query' | 'query_range',
    form: Question<T>['form'],
    parse: (text: string) => T,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const extra = paramsOfQuery(await flavour(signal), endpoint);
    const whole = [...form, ['timeout', `${timeoutMillis}ms`] as const, ...extra];
    return ask({ endpoint, form: whole, timeoutMillis, parse }, signal);
  }

  async function askIndex(
    endpoint: string,
    path: string,
    { matchers, startMillis, endMillis }: LabelScope,
    signal: AbortSignal | undefined,
  ): Promise<ValuesAnswer> {
    const form = [
      ...matchers.map((matcher) => ['match[]', matcher] as const),
      ['start', inSeconds(startMillis)] as const,
      ['end', inSeconds(endMillis)] as const,
    ];
    const question = {
      endpoint,
      path,
      form,
      method: 'GET',
      timeoutMillis,
      parse: parseValues,
    } as const;
    return cleanedOf(await ask(question, signal));
  }

  const instant = (expression: string, atMillis: number) =>
    [
      ['query', expression],
      ['time', inSeconds(atMillis)],
    ] as const;

  return {
    async query(expression, atMillis, signal) {
      const form = instant(expression, atMillis);
      return cleanedOf(await askQuery('query', form, parseVector, signal));
    },

    async queryRange(expression, { firstMillis, count, stepMillis }, signal) {
      const ends = Array.from({ length: count }, (_, index) => firstMillis + index * stepMillis);
      const form = [
        ['query', expression],
        ['start', inSeconds(firstMillis)],
        ['end', inSeconds(ends.at(-1) ?? firstMillis)],
        ['step', inSeconds(stepMillis)],
      ] as const;
      const parse = (text: string) => parseMatrix(text, ends);
      return (await askQuery('query_range', form, parse, signal)).map(cleanedOf);
    },

    async queryRaw(expression, atMillis, signal) {
      const form = instant(expression, atMillis);
      return cleanedOf(await askQuery('query', form, (text) => parseRaw(text), signal));
    },

    labelValues: (label, scope, signal) =>
      askIndex('label/{name}/values', `label/${labelNameInPath(label)}/values`, scope, signal),

    labelNames: (scope, signal) => askIndex('labels', 'labels', scope, signal),

    flavour,
  };
}

/** The error of a server that asked to be left alone, with how long. */
function leftAlone(
  { code, message, details, cause }: AppError,
  retryAfterMillis: number,
): AppError {
  return new AppError(code, message, { cause, details: { ...details, retryAfterMillis } });
}

const inSeconds = (millis: number): string => (millis / 1000).toFixed(3);

/** A wait that ends with the reason when it is called off. */
async function waited(millis: number, signal: AbortSignal | undefined): Promise<void> {
  await delay(millis, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
}
