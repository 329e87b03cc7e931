import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Agent } from 'undici';
import { onTestFinished } from 'vitest';
import { AppError } from '../../src/runtime/errors.ts';
import type { RawAnswer, VectorAnswer } from '../../src/sources/answer.ts';
import {
  type Asking,
  askerOf,
  type ReadingTraits,
  readingAsking,
  type SourceClient,
  scopeOf,
} from '../../src/sources/asking.ts';
import type { CounterAsking } from '../../src/sources/counter-asking.ts';
import type { Dialect } from '../../src/sources/dialect.ts';
import {
  createPrometheusClient,
  type PrometheusClientOptions,
} from '../../src/sources/prometheus-client.ts';
import type { Source } from '../../src/sources/source.ts';

/** A source with the product's defaults, but for what a test says. */
export function aSource(given: Partial<Source> = {}): Source {
  return {
    id: 'prometheus',
    url: 'http://127.0.0.1:9090',
    dialect: 'tempo',
    intervalMillis: 900_000,
    settleMillis: 90_000,
    reachMillis: 300_000,
    scrapeIntervalMillis: 60_000,
    fixed: { environment: '', cluster: '' },
    ...given,
  };
}

/** One request as the server got it. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** What is asked, of the body or, where there is none, of the URL. */
  readonly form: URLSearchParams;
}

/** Answers one request; each request takes the next one, the last one answers all others. */
export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

export const status =
  (code: number, body = '', headers: Record<string, string> = {}): Answer =>
  (response) =>
    void response.writeHead(code, headers).end(body);

export const vector = (...samples: unknown[]): string =>
  JSON.stringify({ status: 'success', data: { resultType: 'vector', result: samples } });

export const matrix = (...series: unknown[]): string =>
  JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: series } });

export const buildInfo = (data: object): Answer =>
  status(200, JSON.stringify({ status: 'success', data }));

export const good: Answer = status(200, vector({ metric: { client: 'a' }, value: [0, '7'] }));

/** Answers each question with these samples, and what is asked of the index with nothing. */
export const samples =
  (...given: unknown[]): Answer =>
  (response, request) => {
    const isOfIndex = /\/api\/v1\/labels?(\/|\?|$)/.test(request.url ?? '');
    const body = isOfIndex ? JSON.stringify({ status: 'success', data: [] }) : vector(...given);
    return status(200, body)(response, request);
  };

export const reset: Answer = (_, request) => void request.socket.resetAndDestroy();

export const silence: Answer = () => {};

/**
 * A client, and a real server on a free port of the loopback that gives these answers.
 *
 * What server it is, it says beside them; `asked` has only the other questions.
 */
export async function prometheusThat(
  answers: readonly Answer[],
  options: Partial<PrometheusClientOptions> = {},
  says: Answer = buildInfo({ version: '3.16.0', revision: 'r' }),
) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const { method = '', url: path = '', headers } = request;
    if (/\/api\/v1\/status\/buildinfo(\?|$)/.test(path)) return says(response, request);
    const answer = answers[Math.min(asked.length, answers.length - 1)];
    const index = asked.push({ method, path, headers, form: new URLSearchParams() }) - 1;
    const body = await text(request);
    const form = new URLSearchParams(method === 'POST' ? body : path.replace(/^[^?]*/, ''));
    asked[index] = { method, path, headers, form };
    answer?.(response, request);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const dispatcher = new Agent();
  onTestFinished(async () => {
    await dispatcher.destroy();
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const retries: { code: string; attempt: number }[] = [];
  const client = createPrometheusClient({
    url,
    dispatcher,
    retryDelaysMillis: [1, 1, 1],
    onRetry: ({ code }, attempt) => retries.push({ code, attempt }),
    ...options,
  });
  return { client, asked, retries, url, dispatcher };
}

/** The error of ours that a promise ends with. */
export async function errorOf(promise: Promise<unknown>): Promise<AppError> {
  const thrown = await promise.then(
    () => new Error('Nothing was thrown.'),
    (error: unknown) => error,
  );
  if (thrown instanceof AppError) return thrown;
  throw thrown;
}

/** The quarter of an hour that the doubles are asked about. */
export const aWindow = { startMillis: 900_000, endMillis: 1_800_000 };

/** A client that knows of nothing, but for what a test says. */
export function aClient(given: Partial<SourceClient> = {}): SourceClient {
  return {
    query: async () => ({ samples: [], warnings: [] }),
    queryRaw: async () => ({ series: [], warnings: [] }),
    labelValues: async () => ({ values: [], warnings: [] }),
    labelNames: async () => ({ values: [], warnings: [] }),
    flavour: async () => 'prometheus',
    ...given,
  };
}

/** What a server that tells nothing of its index answers. */
export const untold = () => Promise.reject(new AppError('InvalidMetrics', 'No index.'));

export const tooHeavy = (reason: 'rejected' | 'timeout' = 'rejected') =>
  new AppError('QueryTooHeavy', 'It is too much.', { details: { reason } });

/** What a census counts: as many series of one producer as said, near both ends too. */
export function censusAnswer(count: number, samples = 15): VectorAnswer {
  const parts = { series: count, nearStart: count, nearEnd: count, samples };
  return {
    samples: Object.entries(parts).map(([part, value]) => ({
      labels: { topolog: `${part}/0` },
      value,
    })),
    warnings: [],
  };
}

/** Whether a question is the one of the census. */
export const isCensus = (expression: string) => expression.includes('"nearStart/0"');

export interface AskingGiven {
  readonly source?: Source;
  readonly window?: { readonly startMillis: number; readonly endMillis: number };
  readonly client?: Partial<SourceClient>;
  readonly traits?: Partial<ReadingTraits>;
}

/** One reading of a window, asked of a client that a test makes. */
export function anAsking(dialect: Dialect, given: AskingGiven = {}): Asking {
  const { source = aSource(), window = aWindow } = given;
  const known = {
    source,
    window,
    aliases: new Map<string, never>(),
    kindsOf: async () => new Map<string, never>(),
    ...askerOf(aClient(given.client), window),
  };
  return readingAsking(known, dialect, {
    labelNames: null,
    metrics: [],
    flavour: 'prometheus',
    scrapeIntervalMillis: source.scrapeIntervalMillis,
    ...given.traits,
  });
}

/** The counter of requests of a reading, asked of a server that answers as told. */
export function aCounterAsking(
  dialect: Dialect,
  answers: {
    readonly ask?: (expression: string) => VectorAnswer;
    readonly askRaw?: (expression: string) => RawAnswer;
    readonly clients?: readonly string[];
  } = {},
  given: AskingGiven = {},
) {
  const asked: string[] = [];
  const [counter] = dialect.counters;
  if (counter === undefined) throw new Error('A dialect has a counter.');
  const asking = anAsking(dialect, given);
  const counting = {
    counter: counter.series,
    presence: dialect.presence,
    scope: scopeOf(asking, []),
    sourceMatchers: asking.source.matchers ?? [],
    async ask(expression: string) {
      asked.push(expression);
      return answers.ask?.(expression) ?? { samples: [], warnings: [] };
    },
    async askRaw(expression: string) {
      asked.push(expression);
      return answers.askRaw?.(expression) ?? { series: [], warnings: [] };
    },
    clientsOf: async () => answers.clients ?? [],
    part: (matchers: readonly string[]) => scopeOf(asking, matchers),
  };
  return { asking: counting as CounterAsking, asked };
}
