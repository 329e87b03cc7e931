import { createServer } from 'node:http';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { exposition } from './exposition.mjs';
import { createPlayer } from './player.mjs';

/**
 * Serves the shop's metrics.
 *
 * @param {{ seed?: number, seconds: () => number }} options seconds: how long the shop has played
 * @returns {import('node:http').Server}
 */
export function createExporter({ seed = 1, seconds }) {
  const player = createPlayer({ seed });
  return createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://exporter');
    if (pathname !== '/metrics') {
      response
        .writeHead(404, { 'content-type': 'text/plain' })
        .end('The metrics are at /metrics.\n');
      return;
    }
    response
      .writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
      .end(exposition(player.at(seconds())));
  });
}

function main() {
  const { values } = parseArgs({
    options: {
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: process.env.DEMO_PORT || '9464' },
      seed: { type: 'string', default: '1' },
    },
  });
  const start = performance.now();
  const server = createExporter({
    seed: Number(values.seed),
    seconds: () => (performance.now() - start) / 1000,
  });
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      server.close();
      server.closeAllConnections();
    });
  }
  server.listen(Number(values.port), values.host, () => {
    console.log(`The demo shop plays at http://${values.host}:${values.port}/metrics`);
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
