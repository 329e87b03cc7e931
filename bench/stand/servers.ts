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

/** The size and seed of a generated system. */
export type SystemSize = Pick<BenchOptions, 'services' | 'dependencies' | 'seed'>;

export async function startServers(
  options: SystemSize,
  cleanup: Cleanup,
  say: (line: string) => void,
): Promise<Servers> {
  const directory = mkdtempSync(join(tmpdir(), 'topolog-bench-'));
  cleanup(() => rmSync(directory, { recursive: true, force: true }));
  const prometheus = await startPrometheusOf(options, directory, cleanup, say);
  say('starting Temporal and Neo4j');
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
    temporalAddress: temporal.address,
    neo4jUri: neo4j.uri,
    ...prometheus,
  };
}

/** Starts a Prometheus that has recorded a generated system. */
export async function startPrometheusOf(
  size: SystemSize,
  directory: string,
  cleanup: Cleanup,
  say: (line: string) => void,
): Promise<Pick<Servers, 'prometheusUrl' | 'series' | 'samples'>> {
  say(`generating ${size.dependencies} dependencies of ${size.services} services`);
  const file = join(directory, 'samples.openmetrics.txt');
  const system = generateSystem({ ...size, windows: windows.length });
  const written = writeSamples(file, system, { startSeconds: startMillis / 1000, windowMinutes });
  say(`putting ${written.samples} samples of ${written.series} series into Prometheus`);
  const dataDir = join(directory, `prometheus-${size.dependencies}`);
  await backfill({ file, dataDir, log: say });
  rmSync(file);
  // Samples as old as these would be thrown away by the default retention.
  const prometheus = await startPrometheus({ dataDir, retention: '20y', log: say });
  cleanup(prometheus.stop);
  return { prometheusUrl: prometheus.url, ...written };
}
