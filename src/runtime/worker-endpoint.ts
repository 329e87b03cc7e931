import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Registry } from 'prom-client';
import { createForeignCheck, sentOf } from './foreign-requests.ts';

/**
 * Serves a worker's `/health` (200 while it polls, else 503) and `/metrics`.
 *
 * It asks for no key, so no page of somebody else's may read it.
 */
export async function serveWorkerEndpoint(options: {
  readonly host: string;
  readonly port: number;
  /** Names, addresses and networks by which it may be asked, beside loopback and its address. */
  readonly allowedHosts: readonly string[];
  readonly registry: Registry;
  readonly isPolling: () => boolean;
}): Promise<Server> {
  const foreign = createForeignCheck({ allowedHosts: options.allowedHosts, origins: [] });
  // What is missing in Host is refused here, with a reason.
  const server = createServer({ requireHostHeader: false }, (request, response) => {
    const problem = foreign(sentOf(request));
    if (problem !== null) {
      response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8' }).end(`${problem}\n`);
    } else if (request.url === '/health') {
      const polling = options.isPolling();
      response.writeHead(polling ? 200 : 503, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ status: polling ? 'ok' : 'stopping' }));
    } else if (request.url === '/metrics') {
      options.registry.metrics().then(
        (text) =>
          response.writeHead(200, { 'content-type': options.registry.contentType }).end(text),
        () => response.writeHead(500).end(),
      );
    } else {
      response.writeHead(404).end();
    }
  });
  server.headersTimeout = 10_000;
  server.requestTimeout = 10_000;
  server.listen(options.port, options.host);
  await once(server, 'listening');
  return server;
}
