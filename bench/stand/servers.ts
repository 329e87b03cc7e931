import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backfill, startNeo4j, startPrometheus, startTemporal } from '../../dev/stack/index.mjs';
import { generateSystem } from '../exporter/generate-system.ts';
import { writeSamples } from '../exporter/write-samples.ts';
import type { BenchOptions } from './options.ts';

export interface BenchWindow {
  readonly startMillis: number;
  readonly endMillis: number;
}

const windowMinutes = 15;
/** Long past and the same in every run: what is measured does not depend on the hour. */
const startMillis = Date.UTC(2025, 0, 1, 12);

/** Two windows, one after the other; every dependency has traffic in both. */
export const windows: readonly [BenchWindow, BenchWindow] = [windowAt(0), windowAt(1)];

function windowAt(index: number): BenchWindow {
  const length = windowMinutes * 60_000;
  return {
    startMillis: startMillis + index * length,
    endMillis: startMillis + (index + 1) * length,
  };
}

/** What the benchmark starts, in a directory of its own; `stop` leaves nothing behind. */
export interface Servers {
  readonly directory: string;
  readonly prometheusUrl: string;
  readonly neo4jUri: string;
  readonly temporalAddress: string;
  readonly series: number;
  readonly samples: number;
}

/** Things to undo at the end, the last one first. */
export type Cleanup = (undo: () => Promise<void> | void) => void;

export async function startServers(
  options: BenchOptions,
  cleanup: Cleanup,
  say: (line: string) => void,
): Promise<Servers> {
  const directory = mkdtempSync(join(tmpdir(), 'topolog-bench-'));
  cleanup(() => rmSync(directory, { recursive: true, force: true }));

  say(`generating ${options.dependencies} dependencies of ${options.services} services`);
  const file = join(directory, 'samples.openmetrics.txt');
  const system = generateSystem({ ...options, windows: windows.length });
  const written = writeSamples(file, system, { startSeconds: startMillis / 1000, windowMinutes });
  say(`putting ${written.samples} samples of ${written.series} series into Prometheus`);
  const dataDir = join(directory, 'prometheus');
  await backfill({ file, dataDir, log: say });
  rmSync(file);

  say('starting Prometheus, Temporal and Neo4j');
  // Samples as old as these would be thrown away by the default retention.
  const prometheus = await startPrometheus({ dataDir, retention: '20y', log: say });
  cleanup(prometheus.stop);
  const temporal = await startTemporal({ dataDir: join(directory, 'temporal'), log: say });
  cleanup(temporal.stop);
  const neo4j = await startNeo4j({
    dataDir: join(directory, 'neo4j'),
    pageCacheMb: 256,
    log: say,
  });
  cleanup(neo4j.stop);
  return {
    directory,
    prometheusUrl: prometheus.url,
    temporalAddress: temporal.address,
    neo4jUri: neo4j.uri,
    ...written,
  };
}
