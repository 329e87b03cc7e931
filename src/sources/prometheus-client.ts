import { setTimeout as delay } from 'node:timers/promises';
import { type Dispatcher, request } from 'undici';
import { AppError, type ErrorCode, messageOf } from '../runtime/errors.ts';
import { type Access, revealedHeaders, withoutOwnSecrets } from './access.ts';
import {
  parseMatrix,
  parseRaw,
  parseVector,
  type RawAnswer,
  tooMuch,
  type VectorAnswer,
} from './answer.ts';

/** Instants that a range query is evaluated at. */
export interface Steps {
  /** The first of them, in epoch milliseconds. */
  readonly firstMillis: number;
  readonly count: number;
  readonly stepMillis: number;
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
  /** Evaluates an expression at several times by one request; an answer for each, otherwise as `query`. */
  queryRange(expression: string, steps: Steps, signal?: AbortSignal): Promise<VectorAnswer[]>;
  /** Evaluates a range selector at an explicit time: all samples of some series. */
  queryRaw(expression: string, atMillis: number, signal?: AbortSignal): Promise<RawAnswer>;
  labelValues(label: string, of: LabelScope, signal?: AbortSignal): Promise<LabelAnswer>;
  labelNames(of: LabelScope, signal?: AbortSignal): Promise<LabelAnswer>;
  flavour(signal?: AbortSignal): Promise<ServerFlavour>;
}

export const serverFlavours = ['prometheus', 'thanos', 'victoriametrics'] as const;
export type ServerFlavour = (typeof serverFlavours)[number];
export interface LabelScope {
  readonly matchers: readonly string[];
  readonly startMillis: number;
  readonly endMillis: number;
}
export interface LabelAnswer {
  readonly values: readonly string[];
  readonly warnings: readonly string[];
}

/** How one try of a request ended: `ok`, or the code of its error. */
export type TryOutcome = 'ok' | ErrorCode;

/** Told of each try of a request before it is sent; for metrics and traces. */
export type OnTry = (request: {
  readonly source: string;
  readonly url: string;
  readonly endpoint: string;
  /** From 0. */
  readonly attempt: number;
}) => {
  /** Sent with it. */
  readonly headers: Readonly<Record<string, string>>;
  answered(status: number): void;
  ended(outcome: TryOutcome): void;
};

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
  readonly onTry?: (request: Omit<Parameters<OnTry>[0], 'source'>) => ReturnType<OnTry>;
}

export const defaultRetryDelaysMillis: readonly number[] = [2000, 4000, 8000];

/** Most time one try may take, and the largest accepted answer, if not said. */
const defaultTimeoutMillis = 60_000;
const defaultMaxAnswerBytes = 64 * 1024 * 1024;

/** Statuses that another try may change. */
const passing = (status: number) => status === 429 || status >= 500;

/** How one try ended; `again` where another may bring an answer. */
type Try =
  | { readonly answers: readonly VectorAnswer[] }
  | { readonly error: AppError; readonly again: boolean };

export function createPrometheusClient(options: PrometheusClientOptions): PrometheusClient {
  const delays = options.retryDelaysMillis ?? defaultRetryDelaysMillis;
  const base = `${options.url.replace(/(?<!\/)\/+$/, '')}/api/v1`;

  interface Question {
    readonly endpoint: string;
    readonly form: Readonly<Record<string, string>>;
    readonly parse: (text: string) => readonly VectorAnswer[];
  }

  async function ask(question: Question, signal: AbortSignal | undefined) {
    for (let attempt = 0; ; attempt += 1) {
      const tried = await tryObserved(question, attempt, signal);
      if ('answers' in tried) return tried.answers;
      const wait = delays[attempt];
      if (!tried.again || wait === undefined) throw tried.error;
      options.onRetry?.(tried.error, attempt + 1);
      await delay(wait, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
    }
  }

  async function tryObserved(question: Question, attempt: number, signal?: AbortSignal) {
    const { endpoint } = question;
    const observed = options.onTry?.({ url: options.url, endpoint, attempt });
    let outcome: TryOutcome = 'Cancelled';
    try {
      const tried = await tryOnce(question, observed, signal);
      outcome = 'answers' in tried ? 'ok' : tried.error.code;
      return tried;
    } finally {
      observed?.ended(outcome);
    }
  }

  async function tryOnce(
    question: Question,
    observed: ReturnType<OnTry> | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Try> {
    const timeoutMillis = options.timeoutMillis ?? defaultTimeoutMillis;
    const timeout = AbortSignal.timeout(timeoutMillis);
    try {
      const response = await request(`${base}/${question.endpoint}`, {
        method: 'POST',
        dispatcher: options.dispatcher,
        headers: {
          ...observed?.headers,
          ...revealedHeaders(options.access),
          'content-type': 'application/x-www-form-urlencoded',
          accept: 'application/json',
          'accept-encoding': 'identity',
        },
        body: new URLSearchParams({
          ...question.form,
          timeout: `${timeoutMillis}ms`,
        }).toString(),
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      observed?.answered(response.statusCode);
      const refused = unreadable(response);
      if (refused !== null) {
        response.body.on('error', () => {}).destroy();
        return { error: refused, again: false };
      }
      const text = await readCapped(response.body, options.maxAnswerBytes ?? defaultMaxAnswerBytes);
      if (response.statusCode === 200) {
        const answers = question.parse(text).map(({ samples, warnings }) => ({
          samples,
          warnings: warnings.map((warning) => withoutOwnSecrets(warning, options.access)),
        }));
        return { answers };
      }
      return refusal(response.statusCode, withoutOwnSecrets(text, options.access));
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (error instanceof AppError) {
        return { error, again: error.code === 'PrometheusUnavailable' };
      }
      if (timeout.aborted) {
        const message = `Prometheus gave no answer within ${timeoutMillis} ms.`;
        return { error: tooLong(message, error), again: false };
      }
      const message = `Prometheus cannot be reached: ${messageOf(error)}.`;
      return { error: unavailable(message, error), again: true };
    }
  }

  async function get(path: string, of: LabelScope) {
    const form = new URLSearchParams(of.matchers.map((one): [string, string] => ['match[]', one]));
    form.set('start', inSeconds(of.startMillis));
    form.set('end', inSeconds(of.endMillis));
    const response = await request(`${base}/${path}?${form}`, {
      dispatcher: options.dispatcher,
      headers: revealedHeaders(options.access),
    });
    const text = await response.body.text();
    if (response.statusCode !== 200) throw unavailable(text);
    const body = JSON.parse(text) as { data: string[] };
    return { values: body.data, warnings: [] };
  }
  return {
    async queryRaw(expression, atMillis, signal) {
      let raw: RawAnswer = { series: [], warnings: [] };
      const form = { query: expression, time: inSeconds(atMillis) };
      const parse = (text: string) => {
        raw = parseRaw(text);
        return [];
      };
      await ask({ endpoint: 'query', form, parse }, signal);
      return raw;
    },
    labelValues: (label, of) => get(`label/${label}/values`, of),
    labelNames: (of) => get('labels', of),
    flavour: async () => 'prometheus',
    async query(expression, atMillis, signal) {
      const form = { query: expression, time: inSeconds(atMillis) };
      const question = { endpoint: 'query', form, parse: (text: string) => [parseVector(text)] };
      const [answer] = await ask(question, signal);
      return answer ?? { samples: [], warnings: [] };
    },

    async queryRange(expression, { firstMillis, count, stepMillis }, signal) {
      const ends = Array.from({ length: count }, (_, index) => firstMillis + index * stepMillis);
      const form = {
        query: expression,
        start: inSeconds(firstMillis),
        end: inSeconds(ends.at(-1) ?? firstMillis),
        step: inSeconds(stepMillis),
      };
      const parse = (text: string) => parseMatrix(text, ends);
      return [...(await ask({ endpoint: 'query_range', form, parse }, signal))];
    },
  };
}

const inSeconds = (millis: number): string => (millis / 1000).toFixed(3);

/** Why the body of an answer is not even read; `null` where it is. */
function unreadable({ statusCode, headers }: Dispatcher.ResponseData): AppError | null {
  if (statusCode >= 300 && statusCode < 400) {
    const to = placeOf(headers.location);
    return unavailable(
      `Prometheus answered ${statusCode}, a redirect${to}; redirects are not followed: give the source the URL that answers.`,
    );
  }
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return null;
  return unavailable(
    `Prometheus answered in the encoding "${String(encoding).slice(0, 40)}" although identity was asked for: switch compression off in the proxy before it.`,
  );
}

/** Where a redirect leads, without its query, which may hold a token. */
function placeOf(location: string | string[] | undefined): string {
  if (typeof location !== 'string') return '';
  return ` to ${location
    .replace(/[?#].*$/s, '')
    .replace(/\/\/[^/]*@/, '//')
    .slice(0, 200)}`;
}

/** What an answer other than 200 means; a wrong path or a refused key is not asked again. */
function refusal(status: number, text: string): Try {
  const { errorType, error } = promErrorOf(text);
  if (status === 400) {
    const message = `Prometheus rejected the query (400): ${error}`;
    return { error: new AppError('InvalidMetrics', message), again: false };
  }
  // A proxy says 413 of a question that is too long, which is one of too many names.
  if (status === 422 || status === 413) {
    const message = `Prometheus could not execute the query (${status}): ${error}`;
    const details = { reason: 'rejected' };
    return { error: new AppError('QueryTooHeavy', message, { details }), again: false };
  }
  const message = `Prometheus answered ${status}: ${error}`;
  if (status === 504 || (status === 503 && errorType === 'timeout')) {
    return { error: tooLong(message), again: false };
  }
  return { error: unavailable(message), again: passing(status) };
}

/** What took too long; not asked again at once, because who takes long has enough to do. */
function tooLong(message: string, cause?: unknown): AppError {
  return new AppError('QueryTooHeavy', message, { cause, details: { reason: 'timeout' } });
}

function unavailable(message: string, cause?: unknown): AppError {
  return new AppError('PrometheusUnavailable', message, { cause });
}

/** The error of a Prometheus answer, or the beginning of whatever a proxy sent instead. */
function promErrorOf(text: string): { errorType: string; error: string } {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null && 'error' in body) {
      const errorType = 'errorType' in body ? String(body.errorType) : '';
      return { errorType, error: String(body.error).slice(0, 500) };
    }
  } catch {
    // Not JSON: a proxy's page.
  }
  return { errorType: '', error: text.replace(/\s+/g, ' ').slice(0, 200) };
}

async function readCapped(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxBytes) {
      throw tooMuch(`Prometheus' answer is larger than ${maxBytes} bytes.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
