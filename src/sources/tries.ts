import { AppError, type ErrorCode } from '../runtime/errors.ts';
import { type Refusal, refusalOf, statusSaidIn, unavailable } from './refusal.ts';
import type { createTransport, Method } from './transport.ts';

/** How one try of a request ended: `ok`, or the code of its error. */
export type TryOutcome = 'ok' | ErrorCode;

/** Told of each try of a request before it is sent; for metrics and traces. */
export type OnTry = (request: {
  readonly source: string;
  readonly url: string;
  /** Below `/api/v1/`, without what is in it of a question. */
  readonly endpoint: string;
  readonly method: Method;
  /** From 0. */
  readonly attempt: number;
}) => {
  /** Sent with it. */
  readonly headers: Readonly<Record<string, string>>;
  answered(status: number): void;
  ended(outcome: TryOutcome): void;
};

/** As `OnTry`, of one source. */
export type OnTryOfOne = (request: Omit<Parameters<OnTry>[0], 'source'>) => ReturnType<OnTry>;

/** What is asked of a server, and how its answer is read. */
export interface Question<T> {
  readonly endpoint: string;
  /** Where it is not the endpoint itself. */
  readonly path?: string;
  readonly form: readonly (readonly [name: string, value: string])[];
  /** Of an endpoint that takes no other. */
  readonly method?: Method;
  readonly timeoutMillis: number;
  readonly parse: (text: string) => T;
}

type Try<T> = { readonly answer: T } | Refusal;

export interface TriesOptions {
  readonly url: string;
  readonly send: ReturnType<typeof createTransport>;
  /** Takes our secrets out of what a server says. */
  readonly clean: (text: string) => string;
  readonly onTry: OnTryOfOne | undefined;
}

/** Tries a question once; by which method, is learnt from the server. */
export function createTries({ url, send, clean, onTry }: TriesOptions) {
  /** How this server is asked; GET from when it has refused POST and taken GET. */
  let usual: Method = 'POST';

  /** By POST, which has room for long questions; where just that is refused, by GET. */
  async function tryEither<T>(
    question: Question<T>,
    attempt: number,
    signal: AbortSignal | undefined,
  ): Promise<Try<T>> {
    const method = question.method ?? usual;
    const tried = await tryObserved(question, method, attempt, signal);
    if (method === 'GET' || 'answer' in tried || !mayBeTheMethod(tried)) return tried;
    const byGet = await tryObserved(question, 'GET', attempt, signal);
    if ('answer' in byGet) {
      usual = 'GET';
      return byGet;
    }
    if (mayBeTheMethod(byGet) || byGet.status === 401) return refusedBoth(tried, byGet);
    if (byGet.status !== undefined) usual = 'GET';
    return byGet;
  }

  async function tryObserved<T>(
    question: Question<T>,
    method: Method,
    attempt: number,
    signal: AbortSignal | undefined,
  ): Promise<Try<T>> {
    const { endpoint } = question;
    signal?.throwIfAborted();
    const observed = onTry?.({ url, endpoint, method, attempt });
    let outcome: TryOutcome = 'Cancelled';
    try {
      const tried = await tryOnce(question, method, observed, signal);
      outcome = 'answer' in tried ? 'ok' : tried.error.code;
      return tried;
    } finally {
      observed?.ended(outcome);
    }
  }

  async function tryOnce<T>(
    { endpoint, path = endpoint, form, parse, timeoutMillis }: Question<T>,
    method: Method,
    observed: ReturnType<OnTry> | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Try<T>> {
    const sent = { path, form, method, timeoutMillis, headers: observed?.headers };
    const reply = await send(sent, (status) => observed?.answered(status), signal);
    if ('error' in reply) return reply;
    const { status, text, waitMillis } = reply;
    const refusedBy = status === 200 ? statusSaidIn(text) : status;
    if (refusedBy !== null) return { ...refusalOf(refusedBy, text, clean), waitMillis };
    try {
      return { answer: parse(text) };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { error, again: error.code === 'PrometheusUnavailable', status };
    }
  }

  return tryEither;
}

/** Whether a question may be refused for its method: a proxy may say 403 for that. */
function mayBeTheMethod({ status }: Refusal): boolean {
  return status === 403 || status === 405 || status === 501;
}

/** Of two refusals the one that is not about the method, said to be both. */
function refusedBoth(byPost: Refusal, byGet: Refusal): Refusal {
  const told = byGet.status === 401 || byGet.status === 403 ? byGet : byPost;
  const message = `${told.error.message} (${byPost.status} to POST, ${byGet.status} to GET.)`;
  return { error: unavailable(message, told.error), again: false };
}
