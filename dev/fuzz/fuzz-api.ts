// `npm run fuzz`: schemathesis asks a real API everything that its contract allows, and much that it
// does not. Any 5xx, and any answer that the contract does not document, ends it with 1.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startApiStand } from '../../bench/stand/api-stand.ts';
import { buildProduct, root } from '../../bench/stand/build-product.ts';
import { startReading } from '../../bench/stand/reading.ts';
import { unlimited } from '../../bench/stand/unlimited.ts';
import { ensureServer, startProcess } from '../stack/index.mjs';

const usage = `Usage: npm run fuzz -- [options]

  --examples N   requests of each operation, at most (50)
  --seconds N    how long, at most (240)
  --seed N       to repeat a run (1)
`;

const undoing: (() => Promise<void> | void)[] = [];
const cleanup = (undo: () => Promise<void> | void) => void undoing.push(undo);
const say = (line: string) => void process.stderr.write(`${line}\n`);

async function fuzz(args: readonly string[]): Promise<void> {
  const number = (value: string) => ({ type: 'string', default: value }) as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      examples: number('50'),
      seconds: number('240'),
      seed: number('1'),
      help: { type: 'boolean', default: false, short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const program = await ensureServer('schemathesis', { log: say });
  buildProduct(say);
  const reading = await startReading(cleanup, say);
  const stand = await startApiStand(
    { services: 200, dependencies: 800 },
    { ...unlimited, ...reading.env, API_KEYS: 'required' },
    cleanup,
    say,
  );
  await reading.startWorker(stand.neo4jUri);

  const key = firstKey(stand.neo4jUri, stand.directory);

  say('schemathesis asks');
  const running = await startProcess({
    name: 'schemathesis',
    command: program.command,
    args: [
      ...program.args,
      '--config-file',
      fileURLToPath(new URL('./schemathesis.toml', import.meta.url)),
      'run',
      `${stand.url}/openapi.json`,
      ...['--header', `Authorization: Bearer ${key}`],
      ...['--checks', 'all', '--workers', '2', '--request-timeout', '30'],
      ...['--max-examples', values.examples, '--max-time', values.seconds, '--seed', values.seed],
      ...['--generation-database', 'none', '--no-color', '--continue-on-failure'],
      // A schema cannot say what a cursor is, that an instant is not of the future, or that one is before
      // another; and a key that was revoked is shown still, as the contract says.
      ...['--exclude-checks', 'positive_data_acceptance,use_after_free'],
      // A stream does not end by itself.
      ...['--exclude-operation-id', 'streamChanges'],
    ],
    cwd: stand.directory,
    env: { PATH: process.env.PATH, HOME: stand.directory, PYTHONUNBUFFERED: '1' },
    logFile: join(stand.directory, 'schemathesis.log'),
  });
  cleanup(running.stop);
  const { code } = await running.exited;
  process.stdout.write(readFileSync(running.logFile, 'utf8'));
  if (code !== 0) process.exitCode = 1;
}

/** An admin's key, made as an operator makes the first one. */
function firstKey(neo4jUri: string, directory: string): string {
  const file = join(directory, 'key');
  execFileSync(
    process.execPath,
    [join(root, 'dist', 'cli.js'), 'keys', 'bootstrap', '--out', file],
    {
      cwd: directory,
      env: { PATH: process.env.PATH, NEO4J_URI: neo4jUri },
    },
  );
  return readFileSync(file, 'utf8').trim();
}

try {
  await fuzz(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
} finally {
  for (let undo = undoing.pop(); undo !== undefined; undo = undoing.pop()) await undo();
}
