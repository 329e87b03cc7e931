import type { Driver } from 'neo4j-driver';
import type { BareRows } from './bare-rows.ts';
import { writeBare } from './bare-writer.ts';
import { emptyGraph, type GraphSummary, requireEqual, summarize } from './graph.ts';
import type { Product, RunFigures } from './product.ts';
import { windows } from './servers.ts';

export const cases = [
  { name: 'cold', window: 0, withFrom: true },
  { name: 'next window', window: 1, withFrom: false },
  { name: 'same again', window: 1, withFrom: true },
] as const;
export type CaseName = (typeof cases)[number]['name'];

/** One case, measured once on both sides. */
export interface Measured extends RunFigures {
  readonly case: CaseName;
  readonly peakMebibytes: number;
  readonly growthMebibytes: number;
  readonly statementSeconds: Readonly<Record<string, number>>;
  readonly bareSeconds: number;
}

export interface Bench {
  readonly product: Product;
  readonly driver: Driver;
  readonly rows: readonly BareRows[];
  readonly batchRows: number;
}

/** One repetition: all cases by the product, then all by the bare driver, each on an emptied graph. */
export async function measureOnce(bench: Bench): Promise<Measured[]> {
  const { product, driver, rows, batchRows } = bench;
  const ours: (Omit<Measured, 'bareSeconds'> & { graph: GraphSummary })[] = [];
  await emptyGraph(driver);
  for (const { name, window, withFrom } of cases) {
    await product.probe.reset();
    const figures = await product.ingest({ window: windows[window], withFrom });
    const seen = await product.probe.read();
    ours.push({ case: name, ...figures, ...seen, graph: await summarize(driver) });
  }
  await emptyGraph(driver);
  const measured: Measured[] = [];
  for (const [index, { graph, ...figures }] of ours.entries()) {
    const given = rows[cases[index]?.window ?? 0];
    if (given === undefined) throw new Error('A window was not read.');
    const bareSeconds = await writeBare(driver, given, batchRows);
    requireEqual(graph, await summarize(driver));
    measured.push({ ...figures, bareSeconds });
  }
  return measured;
}

/** The first two cases, whole runs, with one worker and then with two, a few shards at a time each. */
export interface WorkersMeasured {
  readonly oneSeconds: number;
  readonly twoSeconds: number;
}

export async function measureWorkers({ product, driver }: Bench): Promise<WorkersMeasured> {
  const runs = async (workers: number) => {
    await product.startWorkers(workers, shardsAtATime);
    await emptyGraph(driver);
    let seconds = 0;
    for (const { window, withFrom } of cases.slice(0, 2)) {
      const { runSeconds } = await product.ingest({ window: windows[window], withFrom });
      seconds += runSeconds;
    }
    return { seconds, graph: await summarize(driver) };
  };
  const one = await runs(1);
  const two = await runs(2);
  requireEqual(one.graph, two.graph);
  return { oneSeconds: one.seconds, twoSeconds: two.seconds };
}

/** The product's own default. */
export const shardsAtATime = 4;
