import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Agent } from 'undici';
import { onTestFinished } from 'vitest';
import { AppError } from '../../src/runtime/errors.ts';
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
