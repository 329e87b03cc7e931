import type { Driver } from 'neo4j-driver';
import { emptyGraph } from './graph.ts';
import { shardsAtATime } from './measure.ts';
import type { BenchOptions } from './options.ts';
import { createProduct } from './product.ts';
import { type Cleanup, type Servers, startPrometheusOf, windows } from './servers.ts';

/** How much the memory of a worker grows while it reads a system of some size. */
export interface MemoryMeasured {
  readonly dependencies: number;
  /** Of the second of two workers' first reads: what is loaded once does not count. */
  readonly growthMebibytes: number;
  readonly peakMebibytes: number;
}

/**
 * Reads systems of several sizes in shards, each with a worker of its own that has read a window
 * before, on an emptied graph.
 */
export async function measureMemory(
  options: BenchOptions,
  servers: Servers,
  driver: Driver,
  cleanup: Cleanup,
  say: (line: string) => void,
): Promise<MemoryMeasured[]> {
  const measured: MemoryMeasured[] = [];
  for (const times of options.memoryTimes) {
    const dependencies = options.dependencies * times;
    say(`memory of a worker that reads ${dependencies} dependencies`);
    const size = { dependencies, services: options.services * times, seed: options.seed };
    const recorded =
      times === 1 ? {} : await startPrometheusOf(size, servers.directory, cleanup, say);
    const product = createProduct({ ...servers, ...recorded }, options.batchRows, cleanup);
    await product.startWorkers(1, shardsAtATime);
    const [window] = windows;
    await emptyGraph(driver);
    await product.ingest({ window, withFrom: true });
    await emptyGraph(driver);
    await product.probe.reset();
    await product.ingest({ window, withFrom: true });
    const { growthMebibytes, peakMebibytes } = await product.probe.read();
    measured.push({ dependencies, growthMebibytes, peakMebibytes });
    await product.stopWorkers();
  }
  return measured;
}
