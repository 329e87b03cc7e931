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

/** Whether a server answers whatever it is asked here, or only questions about a few of the series. */
export type Room = 'enough' | 'little';

interface Stand {
  readonly url: string;
  stop(): Promise<void>;
}

interface StartOptions {
  readonly samples: readonly RecordedSample[];
  readonly folder: string;
  readonly extraArgs: readonly string[];
  /** Takes what ends a server; they are ended in turn, the last one first. */
  readonly atEnd: (stop: () => Promise<void>) => void;
}

interface StandKind {
  readonly build: BuildName;
  /** What gives the server little room; nothing where it has no such setting. */
  readonly limits?: readonly string[];
  /** Starts the server on samples, and gives its URL. */
  readonly start: (options: StartOptions) => Promise<string>;
}

const victoriaMetrics = (build: 'victoriametrics' | 'debian-victoriametrics'): StandKind => ({
  build,
  limits: ['-search.maxSamplesPerQuery=600'],
  async start({ samples, folder, extraArgs, atEnd }) {
    const server = await startVictoriaMetrics({ dataDir: folder, build, extraArgs });
    atEnd(server.stop);
    await importSamples({ url: server.url, text: withMillis(samples) });
    return server.url;
  },
});

const kinds: Readonly<Record<StandName, StandKind>> = {
  prometheus: {
    build: 'prometheus',
    limits: ['--query.max-samples=80'],
    async start({ samples, folder, extraArgs, atEnd }) {
      await writeBlocks(samples, folder);
      const server = await startPrometheus({ dataDir: folder, retention: '20y', extraArgs });
      atEnd(server.stop);
      return server.url;
    },
  },
  prometheus2: {
    build: 'debian-prometheus',
    limits: ['--query.max-samples=80'],
    async start({ samples, folder, extraArgs, atEnd }) {
      // It reads the blocks that the tool of Prometheus 3 writes.
      await writeBlocks(samples, folder);
      const server = await startPrometheus2({ dataDir: folder, retention: '20y', extraArgs });
      atEnd(server.stop);
      return server.url;
    },
  },
  victoriametrics: victoriaMetrics('victoriametrics'),
  'victoriametrics-old': victoriaMetrics('debian-victoriametrics'),
  thanos: {
    build: 'thanos',
    async start({ samples, folder, atEnd }) {
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

/** Whether the server can be told to answer small questions only. */
export const hasLimits = (name: StandName): boolean => kinds[name].limits !== undefined;

/** Starts a real server that knows only these samples. */
export async function startStand(
  name: StandName,
  samples: readonly RecordedSample[],
  room: Room,
): Promise<Stand> {
  const folder = mkdtempSync(join(tmpdir(), `topolog-${name}-`));
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const one of stops.splice(0).reverse()) await one();
    rmSync(folder, { recursive: true, force: true });
  };
  const atEnd = (one: () => Promise<void>) => stops.push(one);
  const { start, limits } = kinds[name];
  try {
    const extraArgs = room === 'little' && limits ? limits : [];
    const url = await start({ samples, folder, extraArgs, atEnd });
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Puts samples where a Prometheus that is not running yet will find them. */
export async function writeBlocks(
  samples: readonly RecordedSample[],
  dataDir: string,
): Promise<void> {
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
