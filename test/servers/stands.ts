import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isBuilt } from '../../dev/stack/build.mjs';
import {
  backfill,
  importSamples,
  startPrometheus,
  startPrometheus2,
  startThanos,
  startVictoriaMetrics,
} from '../../dev/stack/index.mjs';
import type { BuildName } from '../../dev/stack/recipe.mjs';
import { recipes } from '../../dev/stack/recipes.mjs';
import { openMetrics, type RecordedSample } from '../support/prometheus.ts';

export const standNames = [
  'prometheus',
  'prometheus2',
  'victoriametrics',
  'victoriametrics-old',
  'thanos',
] as const;
export type StandName = (typeof standNames)[number];

interface Stand {
  readonly url: string;
  stop(): Promise<void>;
}

interface StandKind {
  readonly build: BuildName;
  /** Starts the server on samples; what it is told to stop is stopped in turn, the last one first. */
  readonly start: (
    samples: readonly RecordedSample[],
    folder: string,
    atEnd: (stop: () => Promise<void>) => void,
  ) => Promise<string>;
}

const victoriaMetrics = (build: 'victoriametrics' | 'debian-victoriametrics'): StandKind => ({
  build,
  async start(samples, dataDir, atEnd) {
    const server = await startVictoriaMetrics({ dataDir, build });
    atEnd(server.stop);
    await importSamples({ url: server.url, text: withMillis(samples) });
    return server.url;
  },
});

const kinds: Readonly<Record<StandName, StandKind>> = {
  prometheus: {
    build: 'prometheus',
    async start(samples, dataDir, atEnd) {
      await writeBlocks(samples, dataDir);
      const server = await startPrometheus({ dataDir, retention: '20y' });
      atEnd(server.stop);
      return server.url;
    },
  },
  prometheus2: {
    build: 'debian-prometheus',
    async start(samples, dataDir, atEnd) {
      // It reads the blocks that the tool of Prometheus 3 writes.
      await writeBlocks(samples, dataDir);
      const server = await startPrometheus2({ dataDir, retention: '20y' });
      atEnd(server.stop);
      return server.url;
    },
  },
  victoriametrics: victoriaMetrics('victoriametrics'),
  'victoriametrics-old': victoriaMetrics('debian-victoriametrics'),
  thanos: {
    build: 'thanos',
    async start(samples, folder, atEnd) {
      const dataDir = join(folder, 'prometheus');
      await writeBlocks(samples, dataDir);
      const externalLabels = { prometheus: 'shop' };
      const prometheus = await startPrometheus({ dataDir, retention: '20y', externalLabels });
      atEnd(prometheus.stop);
      const thanos = await startThanos({
        dataDir: join(folder, 'thanos'),
        prometheus: [prometheus],
      });
      atEnd(thanos.stop);
      return thanos.url;
    },
  },
};

/** The build that a stand needs, besides that of Prometheus 3. */
export const buildOf = (name: StandName): BuildName => kinds[name].build;

/** The server with its version, as a reader knows it. */
export const titleOf = (name: StandName): string => recipes[buildOf(name)]().title;

/** Whether the stand can be started without building anything. */
export const isInCache = (name: StandName): boolean => isBuilt(buildOf(name));

/** Starts a real server that knows only these samples. */
export async function startStand(
  name: StandName,
  samples: readonly RecordedSample[],
): Promise<Stand> {
  const folder = mkdtempSync(join(tmpdir(), `topolog-${name}-`));
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const one of stops.splice(0).reverse()) await one();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const url = await kinds[name].start(samples, folder, (one) => stops.push(one));
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function writeBlocks(samples: readonly RecordedSample[], dataDir: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'topolog-samples-'));
  try {
    const file = join(folder, 'samples.openmetrics.txt');
    writeFileSync(file, openMetrics(samples));
    await backfill({ file, dataDir });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Samples as Prometheus' text, whose time stamps are milliseconds where OpenMetrics has seconds. */
function withMillis(samples: readonly RecordedSample[]): string {
  return openMetrics(samples.map((sample) => ({ ...sample, at: sample.at * 1000 })));
}
