import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Registry } from 'prom-client';

/** Serves a worker's `/health` (200 while it polls, else 503) and `/metrics`. */
export async function serveWorkerEndpoint(options: {
  readonly host: string;
  readonly port: number;
  readonly registry: Registry;
  readonly isPolling: () => boolean;
}): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url === '/health') {
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
