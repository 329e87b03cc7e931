// `npm run test:servers`: tries every server that is known of, and builds those that are not in the
// cache. `--without thanos,victoriametrics` leaves some out; other arguments go to the runner.
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const STANDS = ['prometheus2', 'victoriametrics', 'victoriametrics-old', 'thanos'];

/** @type {string[]} */
const without = [];
/** @type {string[]} */
const others = [];
const args = process.argv.slice(2);
while (args.length > 0) {
  const arg = String(args.shift());
  const [option, value] = arg.split('=', 2);
  if (option !== '--without') others.push(arg);
  else without.push(...(value ?? args.shift() ?? '').split(','));
}
const unknown = without.filter((name) => !STANDS.includes(name));
if (unknown.length > 0) {
  console.error(`--without takes ${STANDS.join(', ')}, and not “${unknown.join(', ')}”.`);
  process.exit(2);
}
const { status } = spawnSync(
  'npx',
  ['vitest', 'run', '--config', 'vitest.servers.config.ts', ...others],
  {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: 'inherit',
    env: { ...process.env, TOPOLOG_TEST_WITHOUT: without.join(',') },
  },
);
process.exit(status ?? 1);
