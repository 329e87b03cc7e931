import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createExporter } from '../../dev/demo/exporter.mjs';
import {
  freePort,
  LOOPBACK,
  startProcess,
  startPrometheus,
  startTemporal,
  waitReady,
} from '../../dev/stack/index.mjs';
import { root } from './build-product.ts';
import type { Cleanup } from './servers.ts';

/** What it takes to read a source while others ask: Temporal, Prometheus with the demo shop, a worker. */
export interface Reading {
  /** Settings of the API, which starts runs. */
  readonly env: Readonly<Record<string, string>>;
  startWorker(neo4jUri: string): Promise<void>;
}

export async function startReading(
  cleanup: Cleanup,
  say: (line: string) => void,
): Promise<Reading> {
  const directory = mkdtempSync(join(tmpdir(), 'topolog-bench-'));
  cleanup(() => rmSync(directory, { recursive: true, force: true }));
  say('starting Temporal, Prometheus and the demo shop');
  const begin = performance.now();
  const exporter = createExporter({ seconds: () => (performance.now() - begin) / 1000 });
  await new Promise<void>((resolve) => exporter.listen(0, LOOPBACK, resolve));
  cleanup(() => {
    exporter.close();
    exporter.closeAllConnections();
  });
  const { port: target } = exporter.address() as AddressInfo;
  const prometheus = await startPrometheus({
    dataDir: join(directory, 'prometheus'),
    scrapeConfigs: [{ job: 'tempo', targets: [`${LOOPBACK}:${target}`] }],
    log: say,
  });
  cleanup(prometheus.stop);
  const temporal = await startTemporal({ dataDir: join(directory, 'temporal'), log: say });
  cleanup(temporal.stop);
  const env = {
    PROMETHEUS_URL: prometheus.url,
    TEMPORAL_ADDRESS: temporal.address,
    OTEL_GRAPH_INGEST_INTERVAL_MINUTES: '1',
    OTEL_GRAPH_SETTLE_SECONDS: '10',
    OTEL_GRAPH_SCRAPE_INTERVAL_SECONDS: '5',
    INGEST_BACKFILL_HOURS: '0',
  };
  return {
    env,
    async startWorker(neo4jUri) {
      const port = await freePort();
      const worker = await startProcess({
        name: 'the worker',
        command: process.execPath,
        args: [join(root, 'dist', 'worker.js')],
        cwd: directory,
        env: {
          PATH: process.env.PATH,
          HOME: process.env.HOME,
          NODE_ENV: 'production',
          NEO4J_URI: neo4jUri,
          WORKER_PORT: String(port),
          ...env,
        },
        logFile: join(directory, 'worker.log'),
      });
      cleanup(worker.stop);
      await waitReady(worker, async () => (await fetch(`http://${LOOPBACK}:${port}/health`)).ok);
    },
  };
}
