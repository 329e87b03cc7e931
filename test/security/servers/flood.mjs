// A thread that asks a server with made-up keys, as so many clients at once, until it is told to end.
import { Agent, request } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

const { url, keys, clients } = workerData;
const agent = new Agent({ keepAlive: true, maxSockets: clients });
/** @type {Record<string, number>} */
const statuses = {};
let asked = 0;
let isOver = false;

const ask = () =>
  new Promise((resolve) => {
    const headers = { Authorization: `Bearer ${keys[asked++ % keys.length]}` };
    const sent = request(`${url}/api/v1/graph`, { agent, headers }, (answer) => {
      const status = String(answer.statusCode);
      statuses[status] = (statuses[status] ?? 0) + 1;
      answer.resume().on('close', resolve);
    });
    sent.on('error', resolve).end();
  });

async function client() {
  while (!isOver) await ask();
}

parentPort?.once('message', () => {
  isOver = true;
});
await Promise.all(Array.from({ length: clients }, client));
parentPort?.postMessage(statuses);
