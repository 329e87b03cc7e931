import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { freePort, LOOPBACK, startProcess, waitReady } from '../../dev/stack/index.mjs';
import { root } from './build-product.ts';
import type { BenchWindow, Cleanup, Servers } from './servers.ts';
import { createWorkerProbe, type WorkerProbe } from './worker-probe.ts';

export const sourceId = 'bench';

/** What one run of the product says of itself. */
export interface RunFigures {
  readonly observations: number;
  /** Asking Prometheus, parsing and normalising. */
  readonly readSeconds: number;
  readonly writeSeconds: number;
  /** From the start of the workflow to the record of its end. */
  readonly runSeconds: number;
}

export interface IngestRequest {
  readonly window: BenchWindow;
  /** A source's first window names its begin, and so does one that is read again. */
  readonly withFrom: boolean;
}

export interface Product {
  readonly probe: WorkerProbe;
  /** Starts workers, one shard at a time each or several, in place of those that run. */
  startWorkers(count: number, shardConcurrency: number): Promise<void>;
  stopWorkers(): Promise<void>;
  /** Applies the schema. */
  migrate(): Promise<void>;
  /** Has one window read by the worker, as an operator would, and waits for the end of the run. */
  ingest(request: IngestRequest): Promise<RunFigures>;
}

/** Runs workers in processes of their own; everything else goes through the command line. */
export function createProduct(servers: Servers, batchRows: number, cleanup: Cleanup): Product {
  // Nothing of the user's own environment may steer what is measured.
  const base = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    NODE_ENV: 'production',
    NEO4J_URI: servers.neo4jUri,
    TEMPORAL_ADDRESS: servers.temporalAddress,
    GRAPH_WRITE_BATCH_ROWS: String(batchRows),
  };
  const env = {
    ...base,
    PROMETHEUS_URL: servers.prometheusUrl,
    OTEL_GRAPH_SOURCE_ID: sourceId,
  };
  const cli = (args: readonly string[], environment: NodeJS.ProcessEnv) =>
    promisify(execFile)(process.execPath, [join(root, 'dist', 'cli.js'), ...args], {
      cwd: servers.directory,
      env: environment,
    });

  const logFiles: string[] = [];
  let running: Awaited<ReturnType<typeof startProcess>>[] = [];
  let probe: WorkerProbe | null = null;
  async function stopWorkers(): Promise<void> {
    for (const one of running) await one.stop();
    running = [];
  }
  cleanup(stopWorkers);

  async function startWorker(shardConcurrency: number): Promise<void> {
    const port = await freePort();
    const logFile = join(servers.directory, `worker-${port}.log`);
    logFiles.push(logFile);
    const one = await startProcess({
      name: 'the worker',
      command: process.execPath,
      args: [join(root, 'dist', 'worker.js')],
      cwd: servers.directory,
      env: {
        ...env,
        WORKER_PORT: String(port),
        INGEST_SHARD_CONCURRENCY: String(shardConcurrency),
      },
      logFile,
    });
    running.push(one);
    const url = `http://${LOOPBACK}:${port}`;
    await waitReady(one, async () => (await fetch(`${url}/health`)).ok);
    probe ??= createWorkerProbe(one.pid, url);
  }

  return {
    get probe() {
      if (probe === null) throw new Error('No worker was started.');
      return probe;
    },
    async startWorkers(count, shardConcurrency) {
      await stopWorkers();
      probe = null;
      for (let started = 0; started < count; started += 1) await startWorker(shardConcurrency);
    },
    stopWorkers,
    async migrate() {
      // Without a source no schedule is made, which would start runs of its own in the middle.
      await cli(['migrate'], base);
    },
    async ingest({ window, withFrom }) {
      const from = ['--from', new Date(window.startMillis).toISOString()];
      const to = ['--to', new Date(window.endMillis).toISOString()];
      const range = withFrom ? [...from, ...to] : to;
      const { stdout } = await cli(['ingest', ...range, '--wait', '--json'], env);
      const { run } = startedSchema.parse(JSON.parse(stdout));
      const line = windowRead(logFiles, run.id);
      return {
        ...line,
        runSeconds: (Date.parse(run.finishedAt) - Date.parse(run.startedAt)) / 1000,
      };
    },
  };
}

const startedSchema = z.object({
  run: z.object({ id: z.string(), startedAt: z.string(), finishedAt: z.string() }),
});
const lineSchema = z.object({
  msg: z.literal('window read'),
  run: z.string(),
  outcome: z.literal('complete'),
  observations: z.number(),
  readSeconds: z.number(),
  writeSeconds: z.number(),
});

/** The worker's own line about the one window of a run. */
function windowRead(logFiles: readonly string[], run: string) {
  const lines = logFiles.flatMap((file) => readFileSync(file, 'utf8').split('\n'));
  const found = lines.find((line) => line.includes('window read') && line.includes(run));
  if (found === undefined) throw new Error(`The worker said nothing of run ${run}.`);
  const { observations, readSeconds, writeSeconds } = lineSchema.parse(JSON.parse(found));
  return { observations, readSeconds, writeSeconds };
}
