// Refuses a breaking change of the API: compares docs/openapi.json with the contract that was released.
// Two files as arguments are compared instead. `--accept` makes the present contract the released one.
import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { ensureServer, StackError } from '../stack/index.mjs';
import { createTerminal } from '../stack/progress.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const docs = join(here, '..', '..', 'docs');
const args = process.argv.slice(2);
const [released = join(docs, 'openapi.released.json'), present = join(docs, 'openapi.json')] =
  args.filter((arg) => !arg.startsWith('--'));

/** What a client that was written for the released contract would stumble over. */
async function findBreaks() {
  const { command } = await ensureServer('oasdiff', { terminal: createTerminal() });
  const levels = join(here, 'contract-levels.txt');
  const options = ['--fail-on', 'WARN', '--severity-levels', levels, '--format', 'singleline'];
  return spawnSync(command, ['breaking', released, present, ...options, '--color', 'never'], {
    encoding: 'utf8',
    env: { ...process.env, OASDIFF_CONFIG: '' },
  });
}

try {
  if (args.includes('--accept')) {
    copyFileSync(present, released);
    console.log(`${released} is the present contract now.`);
  } else {
    const { status, stdout, stderr } = await findBreaks();
    if (status === 0) console.log('The contract breaks nothing that was released.');
    else console.error(`${stdout}${stderr}\nThis breaks clients: see "The contract" in AGENTS.md.`);
    process.exitCode = status ?? 1;
  }
} catch (error) {
  console.error(error instanceof StackError ? error.message : error);
  process.exitCode = 1;
}
