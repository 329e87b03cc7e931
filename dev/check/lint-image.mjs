// Reads the Dockerfile with BuildKit's parser and linter, all rules on.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from '../stack/build.mjs';
import { createTerminal } from '../stack/progress.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const linters = await ensureBuilt('lint', createTerminal());
const { status } = spawnSync(join(linters, 'dockerfile'), ['Dockerfile'], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
if (status === 0) console.log('Dockerfile: nothing to complain about.');
