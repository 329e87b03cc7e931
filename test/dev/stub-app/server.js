// Stands in for the API and the worker: answers everything, and stops when it is told to.
import { createServer } from 'node:http';
import { basename } from 'node:path';
import process from 'node:process';

const isWorker = basename(process.argv[1] ?? '') === 'worker.js';
const port = Number(isWorker ? process.env.WORKER_PORT : process.env.PORT);
const server = createServer((_request, response) => {
  response.end(JSON.stringify({ pid: process.pid, source: process.env.OTEL_GRAPH_SOURCE_ID }));
});
server.listen(port, '127.0.0.1');
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
});
