import { setTimeout as delay } from 'node:timers/promises';
import { type Dispatcher, request } from 'undici';
import { AppError, messageOf } from '../runtime/errors.ts';
import { type Access, revealedHeaders, withoutSecrets } from './access.ts';
import { parseVector, type VectorAnswer } from './answer.ts';

/** Asks a Prometheus-compatible server instant queries. */
export interface PrometheusClient {
  /**
   * Evaluates an expression at an explicit time.
   *
   * @throws AppError `PrometheusUnavailable` when no proper answer came, after the retries;
   * `InvalidMetrics` when the server refused the query or its answer is no vector.
   */
  query(expression: string, atMillis: number, signal?: AbortSignal): Promise<VectorAnswer>;
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
}

export const defaultRetryDelaysMillis: readonly number[] = [2000, 4000, 8000];

/** Statuses by which Prometheus says that the query itself is at fault. */
const rejected = new Set([400, 422]);
/** Statuses that another try may change. */
const passing = (status: number) => status === 429 || status >= 500;

/** How one try ended; `again` where another may bring an answer. */
type Try =
  | { readonly answer: VectorAnswer }
  | { readonly error: AppError; readonly again: boolean };

export function createPrometheusClient(options: PrometheusClientOptions): PrometheusClient {
  const delays = options.retryDelaysMillis ?? defaultRetryDelaysMillis;
  const endpoint = `${options.url.replace(/\/+$/, '')}/api/v1/query`;

  async function query(expression: string, atMillis: number, signal?: AbortSignal) {
    for (let attempt = 0; ; attempt += 1) {
      const tried = await tryOnce(expression, atMillis, signal);
      if ('answer' in tried) return tried.answer;
      const wait = delays[attempt];
      if (!tried.again || wait === undefined) throw tried.error;
      options.onRetry?.(tried.error, attempt + 1);
      await delay(wait, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
    }
  }

  async function tryOnce(expression: string, atMillis: number, signal?: AbortSignal): Promise<Try> {
    const timeoutMillis = options.timeoutMillis ?? 60_000;
    const timeout = AbortSignal.timeout(timeoutMillis);
    try {
      const response = await request(endpoint, {
        method: 'POST',
        dispatcher: options.dispatcher,
        headers: {
          ...revealedHeaders(options.access),
          'content-type': 'application/x-www-form-urlencoded',
          accept: 'application/json',
          'accept-encoding': 'identity',
        },
        body: new URLSearchParams({
          query: expression,
          time: (atMillis / 1000).toFixed(3),
          timeout: `${timeoutMillis}ms`,
        }).toString(),
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      const text = await readCapped(response.body, options.maxAnswerBytes ?? 256 * 1024 * 1024);
      if (response.statusCode === 200) return { answer: parseVector(text) };
      return refusal(response.statusCode, withoutSecrets(text, options.access));
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (error instanceof AppError) {
        return { error, again: error.code === 'PrometheusUnavailable' };
      }
      const why = timeout.aborted ? `no answer within ${timeoutMillis} ms` : messageOf(error);
      return { error: unavailable(`Prometheus cannot be reached: ${why}.`, error), again: true };
    }
  }

  return { query };
}

/** What an answer other than 200 means; a wrong path or a refused key is not asked again. */
function refusal(status: number, text: string): Try {
  if (status >= 300 && status < 400) {
    const message = `Prometheus answered ${status}, a redirect, which is not followed: set the url to where the server is.`;
    return { error: unavailable(message), again: false };
  }
  const said = promErrorOf(text);
  if (rejected.has(status)) {
    const message = `Prometheus rejected the query (${status}): ${said}`;
    return { error: new AppError('InvalidMetrics', message), again: false };
  }
  return { error: unavailable(`Prometheus answered ${status}: ${said}`), again: passing(status) };
}

function unavailable(message: string, cause?: unknown): AppError {
  return new AppError('PrometheusUnavailable', message, { cause });
}

/** The error text of a Prometheus answer, or the beginning of whatever a proxy sent instead. */
function promErrorOf(text: string): string {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null && 'error' in body) {
      return String(body.error).slice(0, 500);
    }
  } catch {
    // Not JSON: a proxy's page.
  }
  return text.replace(/\s+/g, ' ').slice(0, 200);
}

async function readCapped(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxBytes) {
      throw new AppError('InvalidMetrics', `Prometheus' answer is larger than ${maxBytes} bytes.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
