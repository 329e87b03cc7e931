import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { freePort, LOOPBACK, startNeo4j, startProcess, waitReady } from '../dev/stack/index.mjs';
import { createDatabase, openDriver } from '../src/graph/database.ts';
import { loadStatements } from '../src/graph/statements.ts';
import { buildProduct, root } from './stand/build-product.ts';
import { writeLargeGraph } from './stand/large-graph.ts';

const usage = `Usage: npm run bench:stream -- [options]

  --services N       services of the graph (5000)
  --dependencies N   dependencies between them (100000)
  --clients N        clients that stream it at once (50)
  --rate N           KiB a second that each client takes (1024)
  --format F         format of the export (ndjson)
  --gzip             let the API compress
`;

const startedAt = performance.now();
const undoing: (() => Promise<void> | void)[] = [];
const seconds = () => (performance.now() - startedAt) / 1000;

function say(line: string): void {
  process.stderr.write(`${String(Math.round(seconds())).padStart(4)} s  ${line}\n`);
}

interface Stream {
  bytes: number;
  /** Whether the whole of it came. */
  done: boolean;
  error: string | null;
}

/** Takes a stream at a steady rate, however fast it could come. */
function takeSlowly(url: string, kibPerSecond: number, gzip: boolean): [Stream, Promise<void>] {
  const stream: Stream = { bytes: 0, done: false, error: null };
  const headers = gzip ? { 'accept-encoding': 'gzip' } : {};
  const ended = new Promise<void>((resolve) => {
    const fail = (error: Error) => {
      stream.error = error.message;
      resolve();
    };
    get(url, { headers, agent: false }, (response) => {
      if (response.statusCode !== 200) stream.error = `HTTP ${response.statusCode}`;
      response.on('error', fail).on('end', () => {
        stream.done = stream.error === null && response.complete;
        resolve();
      });
      response.on('data', (chunk: Buffer) => {
        stream.bytes += chunk.length;
        response.pause();
        setTimeout(() => response.resume(), (chunk.length / 1024 / kibPerSecond) * 1000);
      });
    }).on('error', fail);
  });
  return [stream, ended];
}

/** Resident memory of a process in MiB, as Linux counts it. */
function residentMib(pid: number): number {
  const [, kib = 'NaN'] =
    /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) / 1024;
}

async function measure(args: readonly string[]): Promise<void> {
  const text = (value: string) => ({ type: 'string', default: value }) as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      services: text('5000'),
      dependencies: text('100000'),
      clients: text('50'),
      rate: text('1024'),
      format: text('ndjson'),
      gzip: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const [services, dependencies] = [Number(values.services), Number(values.dependencies)];
  buildProduct(say);
  const directory = mkdtempSync(join(tmpdir(), 'topolog-bench-'));
  undoing.push(() => rmSync(directory, { recursive: true, force: true }));
  say('starting Neo4j');
  const neo4j = await startNeo4j({ dataDir: join(directory, 'neo4j'), pageCacheMb: 256, log: say });
  undoing.push(neo4j.stop);

  const driver = openDriver({ uri: neo4j.uri, user: 'neo4j', password: undefined });
  const database = createDatabase({ driver, database: 'neo4j', statements: loadStatements() });
  undoing.push(() => driver.close());
  await database.applySchema();
  say(`writing ${dependencies} dependencies of ${services} services`);
  await writeLargeGraph(driver, { services, dependencies });

  const port = await freePort();
  const api = await startProcess({
    name: 'the API',
    command: process.execPath,
    args: [join(root, 'dist', 'server.js')],
    logFile: join(directory, 'api.log'),
    env: {
      PATH: process.env.PATH,
      HOST: LOOPBACK,
      PORT: String(port),
      NEO4J_URI: neo4j.uri,
      LOG_LEVEL: 'error',
      NODE_ENV: 'production',
    },
  });
  undoing.push(api.stop);
  const base = `http://${LOOPBACK}:${port}`;
  const isUp = async () => (await fetch(`${base}/api/v1/health`).catch(() => null))?.ok === true;
  await waitReady(api, isUp, { timeoutMs: 60_000 });
  const url = `${base}/api/v1/graph?format=${values.format}`;
  // Code and plans are warm before anything is measured.
  await (
    await fetch(`${base}/api/v1/graph?format=${values.format}&depth=1&focus=service-1`)
  ).text();

  const before = residentMib(api.pid);
  say(`${values.clients} clients, ${values.rate} KiB a second each`);
  const begin = seconds();
  const taken = Array.from({ length: Number(values.clients) }, () =>
    takeSlowly(url, Number(values.rate), values.gzip),
  );
  const streams = taken.map(([stream]) => stream);
  let running = true;
  const all = Promise.all(taken.map(([, ended]) => ended)).then(() => {
    running = false;
  });
  process.stdout.write('seconds,residentMiB,streamedMiB,streamsOpen\n');
  let peak = before;
  const sample = () => {
    const resident = residentMib(api.pid);
    peak = Math.max(peak, resident);
    const mib = streams.reduce((sum, { bytes }) => sum + bytes, 0) / 1024 / 1024;
    const open = streams.filter(({ done, error }) => !done && error === null).length;
    const cells = [(seconds() - begin).toFixed(1), resident.toFixed(1), mib.toFixed(1), open];
    process.stdout.write(`${cells.join()}\n`);
  };
  while (running) {
    sample();
    await Promise.race([delay(1000), all]);
  }
  sample();
  const whole = streams.filter(({ done }) => done).length;
  const errors = [...new Set(streams.flatMap(({ error }) => error ?? []))];
  say(
    `${whole} of ${streams.length} streams came whole${errors.length > 0 ? `: ${errors.join('; ')}` : ''}`,
  );
  say(`resident memory: ${before.toFixed(0)} MiB before, ${peak.toFixed(0)} MiB at its peak`);
}

try {
  await measure(process.argv.slice(2));
} finally {
  for (const undo of undoing.reverse()) await undo();
}
