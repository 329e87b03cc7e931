import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { AppError, messageOf } from '../runtime/errors.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Api } from './deps.ts';
import { problemMediaType, problemOf } from './problem.ts';

export interface HttpServer {
  /** Where it listens, such as `http://127.0.0.1:8000`. */
  readonly url: string;
  /** Takes no new connections and waits for the requests that are being answered. */
  close(): Promise<void>;
}

const idleCheckMillis = 100;

/**
 * Serves an app over HTTP.
 *
 * @throws AppError `InvalidConfiguration` when it cannot listen at the address.
 */
export async function listen(
  app: Api,
  at: { readonly host: string; readonly port: number; readonly logger: Logger },
): Promise<HttpServer> {
  const errorHandler = (error: unknown) => respondOutsideApp(error, at.logger);
  const server = createServer(
    { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 5000 },
    getRequestListener(app.fetch, { errorHandler }),
  );
  await listening(server, at.host, at.port);
  return { url: urlOf(server.address(), at), close: () => closeGently(server) };
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(new AppError('InvalidConfiguration', cannotListen(cause, host, port), { cause }));
    });
    server.listen(port, host, resolve);
  });
}

function cannotListen(cause: NodeJS.ErrnoException, host: string, port: number): string {
  if (cause.code === 'EADDRINUSE') {
    return `Port ${port} of ${host} is in use: stop what uses it, or set PORT to another.`;
  }
  if (cause.code === 'EACCES') return `Port ${port} may not be used: set PORT to one above 1023.`;
  return `Cannot listen at ${host}, port ${port}: check HOST and PORT (${messageOf(cause)}).`;
}

function urlOf(address: AddressInfo | string | null, at: { host: string; port: number }): string {
  const port = typeof address === 'object' && address !== null ? address.port : at.port;
  return `http://${at.host.includes(':') ? `[${at.host}]` : at.host}:${port}`;
}

/** A connection that falls idle only now would otherwise be kept open for its keep-alive time. */
async function closeGently(server: Server): Promise<void> {
  const timer = setInterval(() => server.closeIdleConnections(), idleCheckMillis);
  try {
    await new Promise<void>((resolve, reject) => {
      server.close((error) => (error === undefined ? resolve() : reject(error)));
      server.closeIdleConnections();
    });
  } finally {
    clearInterval(timer);
  }
}

/** Answers what never reaches the app, such as a request with a broken Host header. */
function respondOutsideApp(error: unknown, logger: Logger): Response {
  const id = crypto.randomUUID();
  const malformed = error instanceof Error && error.name === 'RequestError';
  if (!malformed) logger.error({ err: error, requestId: id }, 'request failed outside the app');
  const problem = problemOf(
    malformed
      ? new AppError('InvalidRequest', 'The request line or the Host header is malformed.')
      : error,
    { path: '/', id },
  );
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { 'Content-Type': problemMediaType, 'X-Request-Id': id },
  });
}
