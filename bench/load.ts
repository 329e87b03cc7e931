import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { ensureServer, startProcess } from '../dev/stack/index.mjs';
import { startApiStand } from './stand/api-stand.ts';
import { buildProduct } from './stand/build-product.ts';
import { startReading } from './stand/reading.ts';
import { unlimited } from './stand/unlimited.ts';

const usage = `Usage: npm run bench:load -- [options]

  --services N       services of the generated graph (5000)
  --dependencies N   dependencies between them (20000)
  --users N          users who ask one question after the other (200)
  --seconds N        how long (60)
  --warm-up N        seconds of few users before, which do not count (20)
  --runs             has a source read meanwhile, and runs asked for
  --json             print the figures as JSON
`;

const startedAt = performance.now();
const undoing: (() => Promise<void> | void)[] = [];
const cleanup = (undo: () => Promise<void> | void) => void undoing.push(undo);

function say(line: string): void {
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  process.stderr.write(`${String(seconds).padStart(4)} s  ${line}\n`);
}

const trend = z.object({ med: z.number(), 'p(95)': z.number(), 'p(99)': z.number() });
const summarySchema = z.object({
  metrics: z.object({
    http_reqs: z.object({ count: z.number(), rate: z.number() }),
    http_req_duration: trend,
    http_req_failed: z.object({ value: z.number() }),
    checks: z.object({ passes: z.number(), fails: z.number() }),
  }),
});

async function measure(args: readonly string[]): Promise<void> {
  const number = (value: string) => ({ type: 'string', default: value }) as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      services: number('5000'),
      dependencies: number('20000'),
      users: number('200'),
      seconds: number('60'),
      'warm-up': number('20'),
      runs: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false, short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const k6 = await ensureServer('k6', { log: say });
  buildProduct(say);
  const reading = values.runs ? await startReading(cleanup, say) : null;
  const stand = await startApiStand(
    { services: Number(values.services), dependencies: Number(values.dependencies) },
    { ...unlimited, ...reading?.env },
    cleanup,
    say,
  );
  await reading?.startWorker(stand.neo4jUri);

  const summaryFile = join(stand.directory, 'k6.json');
  const log = join(stand.directory, 'k6.log');
  const ask = async (users: string, seconds: string) => {
    say(`${users} users for ${seconds} s`);
    const running = await startProcess({
      name: 'k6',
      command: k6.command,
      args: [
        ...['run', '--quiet', '--no-usage-report', '--summary-export', summaryFile],
        fileURLToPath(new URL('./k6/mix.js', import.meta.url)),
      ],
      env: {
        PATH: process.env.PATH,
        HOME: stand.directory,
        BASE_URL: stand.url,
        SERVICES: values.services,
        USERS: users,
        DURATION: `${seconds}s`,
        RUNS: String(values.runs),
      },
      logFile: log,
    });
    cleanup(running.stop);
    return (await running.exited).code;
  };
  // A Neo4j just started has yet to compile what it is asked.
  await ask('4', values['warm-up']);
  const code = await ask(values.users, values.seconds);
  const { metrics } = summarySchema.parse(JSON.parse(readFileSync(summaryFile, 'utf8')));
  if (values.json) process.stdout.write(`${JSON.stringify(metrics, null, 2)}\n`);
  else process.stdout.write(readFileSync(log, 'utf8'));
  // k6 ends with 99 where a threshold was crossed: something was answered with an error.
  if (code !== 0) process.exitCode = 1;
}

try {
  await measure(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
} finally {
  for (let undo = undoing.pop(); undo !== undefined; undo = undoing.pop()) await undo();
}
