import { openDriver } from '../src/graph/database.ts';
import { readBareRows } from './stand/bare-rows.ts';
import { buildProduct } from './stand/build-product.ts';
import {
  type Measured,
  measureOnce,
  measureWorkers,
  type WorkersMeasured,
} from './stand/measure.ts';
import { measureMemory } from './stand/measure-memory.ts';
import { measureParse } from './stand/measure-parse.ts';
import { type BenchOptions, readOptions, usage } from './stand/options.ts';
import { createProduct } from './stand/product.ts';
import { summarizeCases, tableOf } from './stand/report.ts';
import { type Cleanup, startServers, windows } from './stand/servers.ts';
import { verdictLines, verdictsOf } from './stand/targets.ts';

const startedAt = performance.now();
const undoing: Parameters<Cleanup>[0][] = [];

function say(line: string): void {
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  process.stderr.write(`${String(seconds).padStart(4)} s  ${line}\n`);
}

async function stopAll(): Promise<void> {
  for (let undo = undoing.pop(); undo !== undefined; undo = undoing.pop()) await undo();
}

async function measure(options: BenchOptions): Promise<void> {
  const cleanup: Cleanup = (undo) => undoing.push(undo);
  const { batchRows, repetitions, warmUp, twoWorkers } = options;
  buildProduct(say);
  const servers = await startServers(options, cleanup, say);
  const product = createProduct(servers, batchRows, cleanup);
  await product.migrate();
  say('starting the worker');
  // One shard at a time, so that the times of the stages add up.
  await product.startWorkers(1, 1);
  const driver = openDriver({ uri: servers.neo4jUri, user: 'neo4j', password: undefined });
  cleanup(() => driver.close());
  const rows = await readBareRows(servers.prometheusUrl, windows);

  const measured: Measured[] = [];
  const warmingUp: Measured[] = [];
  for (let repetition = 1 - warmUp; repetition <= repetitions; repetition += 1) {
    say(repetition < 1 ? 'warming up' : `repetition ${repetition} of ${repetitions}`);
    const figures = await measureOnce({ product, driver, rows, batchRows });
    (repetition < 1 ? warmingUp : measured).push(...figures);
  }
  const workers: WorkersMeasured[] = [];
  for (let repetition = 1; repetition <= twoWorkers; repetition += 1) {
    say(`one worker and two, ${repetition} of ${twoWorkers}`);
    workers.push(await measureWorkers({ product, driver, rows, batchRows }));
  }
  await product.stopWorkers();
  const memory = await measureMemory(options, servers, driver, cleanup, say);
  if (options.parse > 0) say('parsing beside JSON.parse');
  const parse = options.parse > 0 ? measureParse(options.dependencies, options.parse) : null;

  const summary = summarizeCases(measured, warmingUp);
  const verdicts = verdictsOf({ cases: summary, workers, memory, parse });
  const { series, samples } = servers;
  const all = { options, series, samples, cases: summary, verdicts, workers, memory, parse };
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ ...all, measured, warmingUp }, null, 2)}\n`
      : `${tableOf(summary)}\n${verdictLines(verdicts)}`,
  );
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    say('stopping');
    void stopAll().finally(() => process.exit(130));
  });
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === null) process.stdout.write(usage);
  else await measure(options);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
} finally {
  await stopAll();
}
