import { type Dispatcher, request } from 'undici';
import { AppError } from '../runtime/errors.ts';
import { type Access, revealedHeaders, revealedParams } from './access.ts';
import { tooMuch } from './envelope.ts';
import { type Refusal, tooHeavy, tooLong, unavailable, unreachable } from './refusal.ts';

export type Method = 'POST' | 'GET';

/** What a server is asked for, however it is sent. */
export interface Sent {
  /** Behind `/api/v1/`. */
  readonly path: string;
  readonly form: readonly (readonly [name: string, value: string])[];
  readonly method: Method;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly timeoutMillis: number;
}

export interface Reply {
  readonly status: number;
  readonly text: string;
  /** The header `Retry-After` as a time to wait, bounded; `null` where it says none. */
  readonly waitMillis: number | null;
}

export interface TransportOptions {
  readonly url: string;
  readonly dispatcher: Dispatcher;
  readonly access: Access | undefined;
  readonly maxAnswerBytes: number;
  readonly now: () => number;
}

/** Longer URLs are cut off, or refused, by servers and proxies. */
const maxUrlLength = 8000;
/** No server is left alone for longer at its word: a header that is wrong must not stop the reading. */
const maxWaitMillis = 300_000;

/** Sends one request and reads its answer, whatever its status is. */
export function createTransport({ url, dispatcher, access, ...options }: TransportOptions) {
  const base = `${url.replace(/(?<!\/)\/+$/, '')}/api/v1`;
  const params = revealedParams(access);

  function urlOf({ path, form, method }: Sent): string {
    const inUrl = method === 'GET' ? [...params, ...form] : params;
    const query = encoded(inUrl);
    const whole = `${base}/${path}${query === '' ? '' : `?${query}`}`;
    if (method === 'GET' && whole.length > maxUrlLength) {
      throw tooHeavy(`The question is too long for a URL (${whole.length} characters).`);
    }
    return whole;
  }

  return async function send(
    sent: Sent,
    answered: (status: number) => void,
    signal: AbortSignal | undefined,
  ): Promise<Reply | Refusal> {
    const timeout = AbortSignal.timeout(sent.timeoutMillis);
    try {
      const isPost = sent.method === 'POST';
      const response = await request(urlOf(sent), {
        method: sent.method,
        dispatcher,
        headers: {
          ...sent.headers,
          ...revealedHeaders(access),
          ...(isPost ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
          accept: 'application/json',
          'accept-encoding': 'identity',
        },
        body: isPost ? encoded(sent.form) : null,
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      answered(response.statusCode);
      const refused = unreadable(response);
      if (refused !== null) {
        response.body.on('error', () => {}).destroy();
        return { error: refused, again: false };
      }
      const text = await readCapped(response.body, options.maxAnswerBytes);
      const waitMillis = waitOf(response.headers['retry-after'], options.now());
      return { status: response.statusCode, text, waitMillis };
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (error instanceof AppError) return { error, again: false };
      if (timeout.aborted) {
        const message = `Prometheus gave no answer within ${sent.timeoutMillis} ms.`;
        return { error: tooLong(message, error), again: false };
      }
      return unreachable(error);
    }
  };
}

function encoded(pairs: Sent['form']): string {
  const params = new URLSearchParams();
  for (const [name, value] of pairs) params.append(name, value);
  return params.toString();
}

/** The time to wait that a header `Retry-After` says, in seconds or as a date. */
export function waitOf(header: string | string[] | undefined, nowMillis: number): number | null {
  if (typeof header !== 'string' || header.trim() === '') return null;
  const seconds = /^\s*\d+\s*$/.test(header) ? Number(header) : null;
  const wait = seconds === null ? Date.parse(header) - nowMillis : seconds * 1000;
  return Number.isNaN(wait) ? null : Math.min(Math.max(wait, 0), maxWaitMillis);
}

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
