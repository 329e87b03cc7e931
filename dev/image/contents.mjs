import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { StackError } from '../stack/errors.mjs';
import { run } from './run.mjs';

/** What no image has a use for; `typescript` stands for all packages of development. */
const unwanted = ['src', '.git', '.env', 'test', 'node_modules/typescript', 'node_modules/vitest'];

/** With them a worker starts without bundling, traced or not. */
const bundles = ['workflow-bundle.js', 'workflow-bundle-traced.js'];

/**
 * Refuses a root in which something lies that does not belong there.
 *
 * @param {import('./stages.mjs').Built} stage
 * @param {string} root
 */
export function checkContents(stage, root) {
  const app = join(root, stage.workdir);
  for (const name of unwanted) {
    if (existsSync(join(app, name))) throw new StackError(`The ${stage.name} image has ${name}.`);
  }
  if (stage.user !== '1000:1000')
    throw new StackError(`The ${stage.name} image runs as ${stage.user}.`);
  // By owner and mode: on a read-only mount nothing counts as writable.
  const owned = ['(', '-uid', '1000', '-o', '-gid', '1000', '-o', '-perm', '-0002', ')'];
  const writable = run('find', [app, '-xdev', ...owned, '!', '-type', 'l']).trim();
  if (writable !== '') {
    throw new StackError(`User 1000 could write in the ${stage.name} image:\n${writable}`);
  }
  const natives = join(app, 'node_modules/@temporalio/core-bridge/releases');
  const libraries = existsSync(natives) ? readdirSync(natives) : [];
  const wanted = stage.name === 'worker' ? 1 : 0;
  if (libraries.length !== wanted) {
    throw new StackError(
      `The ${stage.name} image has the native libraries ${libraries.join(', ')}.`,
    );
  }
  for (const bundle of stage.name === 'worker' ? bundles : []) {
    if (!existsSync(join(app, 'dist', bundle))) {
      throw new StackError(`The worker image has no dist/${bundle}.`);
    }
  }
}
