// `npm test`: installs what the lock file says, runs every static check, then all tests. Arguments
// go to the runner, such as `npm test -- test/domain`.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { StackError } from './stack/errors.mjs';
import { createTerminal } from './stack/progress.mjs';
import { installOnly } from './start/install.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Runs a step and ends with its exit code if it fails.
 *
 * @param {string} command
 * @param {string[]} args
 */
function step(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

const report = join(root, 'test-results', 'vitest.json');
rmSync(report, { force: true });
const logDir = join(root, 'test-results');
mkdirSync(logDir, { recursive: true });
try {
  await installOnly({ root, logDir, terminal: createTerminal() });
} catch (error) {
  console.error(error instanceof StackError ? error.message : error);
  process.exit(1);
}
step('npm', ['run', '--silent', 'check']);
step('npm', ['run', '--silent', 'build']);
step('npx', ['vitest', 'run', ...process.argv.slice(2)]);
