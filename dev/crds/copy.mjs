// Copies definitions of custom resources out of the Go modules that publish them: copy.mjs DIRECTORY.
// Modules are named with their checksum, so that what is copied is what was looked at.
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { which } from '../stack/tools.mjs';

const [directory = '.'] = process.argv.slice(2);
const go = which('go');
if (!go) throw new Error('There is no Go on the PATH: install it.');

/** @type {{ module: string, sum: string, files: string[] }[]} */
const modules = JSON.parse(readFileSync(new URL('modules.json', import.meta.url), 'utf8'));

for (const { module, sum, files } of modules) {
  // Nothing of a module is compiled, so what it depends on is not downloaded.
  const { stdout, stderr, error } = spawnSync(go, ['mod', 'download', '-json', module], {
    cwd: directory,
    encoding: 'utf8',
  });
  if (error) throw error;
  const found = stdout ? JSON.parse(stdout) : {};
  if (found.Error || !found.Dir) throw new Error(`${module}: ${found.Error ?? stderr}`);
  if (found.Sum !== sum) throw new Error(`${module} has the sum ${found.Sum}, and not ${sum}.`);
  for (const file of files) copyFileSync(join(found.Dir, file), join(directory, basename(file)));
}
