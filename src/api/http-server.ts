import { createServer, type Server, type ServerOptions } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { AppError, messageOf } from '../runtime/errors.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Api } from './deps.ts';
import { answerToMalformed, respondOutsideApp } from './outside-app.ts';

export interface HttpServer {
  /** Where it listens, such as `http://127.0.0.1:8000`. */
  readonly url: string;
  /** Takes no new connections and waits for the requests that are being answered. */
  close(): Promise<void>;
}

const idleCheckMillis = 100;

/** How long a client may take; a test that is slow on purpose sets shorter ones. */
const patience = {
  /** Until the headers are there. */
  headersTimeout: 10_000,
  /** Until the whole request is there. */
  requestTimeout: 30_000,
  /** Between two requests on a connection. */
  keepAliveTimeout: 5000,
  /** How often the first two are looked at. */
  connectionsCheckingInterval: 2000,
  /** Without a byte in either direction; longer than an answer may take. */
  silenceTimeout: 60_000,
};
/** The request line and all headers together. */
const maxHeaderSize = 16_384;
const maxConnections = 4096;

/**
 * Serves an app over HTTP.
 *
 * @throws AppError `InvalidConfiguration` when it cannot listen at the address.
 */
export async function listen(
  app: Api,
  at: {
    readonly host: string;
    readonly port: number;
    readonly logger: Logger;
    readonly patience?: Partial<typeof patience>;
  },
): Promise<HttpServer> {
  const errorHandler = (error: unknown) => respondOutsideApp(error, at.logger);
  const { silenceTimeout, ...timeouts } = { ...patience, ...at.patience };
  // The app answers a missing Host itself, as a problem.
  const options: ServerOptions = { ...timeouts, maxHeaderSize, requireHostHeader: false };
  const server = createServer(options, getRequestListener(app.fetch, { errorHandler }));
  server.maxConnections = maxConnections;
  server.timeout = silenceTimeout;
  // What a client expects beyond "100-continue" is nothing we could do for it.
  server.on('checkExpectation', (request, response) => {
    server.emit('request', request, response);
  });
  answerMalformed(server);
  await listening(server, at.host, at.port);
  return { url: urlOf(server.address(), at), close: () => closeGently(server) };
}

/** Answers with a problem what Node cannot read as a request, where nothing else is being answered. */
function answerMalformed(server: Server): void {
  const answering = new WeakSet<Socket>();
  server.on('request', (request, response) => {
    answering.add(request.socket);
    response.once('close', () => answering.delete(request.socket));
  });
  server.on('clientError', (error, socket) => {
    if (socket.writable && !answering.has(socket as Socket)) socket.write(answerToMalformed(error));
    (socket as Socket).destroySoon();
  });
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
