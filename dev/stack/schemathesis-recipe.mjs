import { join } from 'node:path';
import process from 'node:process';
import { StackError } from './errors.mjs';
import { DEV, pinned } from './recipe.mjs';
import { atLeast, versionOf, which } from './tools.mjs';

/** @returns {import('./recipe.mjs').Recipe} */
export function schemathesisRecipe() {
  const requirements = join(DEV, 'schemathesis', 'requirements.txt');
  const version = pinned(requirements, /^schemathesis==(\S+)$/m);
  const title = `schemathesis ${version}`;
  return {
    title,
    version,
    takes: '1 min',
    instead: 'put `schemathesis` on the PATH',
    files: [requirements],
    flags: ['pip install --target'],
    steps: (directory) => {
      const python = which('python3');
      const found = python ? versionOf(python, ['--version']) : undefined;
      if (!python || !found || !atLeast(found, [3, 10])) {
        const has = found ? `this one is ${found.join('.')}` : 'there is no python3 on the PATH';
        throw new StackError(
          `Installing ${title} needs Python 3.10 or newer and ${has}: install it, or put \`schemathesis\` on the PATH.`,
        );
      }
      // Into a folder that may be moved afterwards, which a virtual environment may not.
      const args = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', directory];
      return [
        { command: python, args: [...args, '-r', requirements], cwd: directory, env: process.env },
      ];
    },
  };
}
