import { join } from 'node:path';
import process from 'node:process';
import { StackError } from './errors.mjs';
import { DEV, pinned } from './recipe.mjs';
import { atLeast, parseVersion, versionOf, which } from './tools.mjs';

/**
 * @param {object} of
 * @param {string} of.product
 * @param {string} of.version
 * @param {string} of.folder
 * @param {string} of.takes
 * @param {string} of.instead
 * @param {string[]} of.flags
 * @param {string[]} of.packages
 * @param {string[]} [of.sources] of our own in that folder, which are built too
 * @returns {import('./recipe.mjs').Recipe}
 */
export function goRecipe(of) {
  const { product, version, folder, takes, instead, flags, packages, sources = [] } = of;
  const cwd = join(DEV, folder);
  const title = `${product} ${version}`;
  return {
    title,
    version,
    takes,
    instead,
    files: ['go.mod', 'go.sum', ...sources].map((file) => join(cwd, file)),
    flags: [...flags, ...packages],
    steps: (directory) => {
      const least = pinned(join(cwd, 'go.mod'), /^go (\S+)$/m);
      /** @type {NodeJS.ProcessEnv} */
      const env = { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOWORK: 'off' };
      // It is to run here, whatever the user builds for elsewhere.
      for (const foreign of ['GOOS', 'GOARCH', 'GOBIN']) delete env[foreign];
      const go = which('go');
      const found = go ? versionOf(go, ['env', 'GOVERSION'], env) : undefined;
      if (!go || !found || !atLeast(found, parseVersion(least) ?? [])) {
        const has = found ? `this one is ${found.join('.')}` : 'there is none on the PATH';
        throw new StackError(
          `Building ${title} needs Go ${least} or newer and ${has}: install Go, or ${instead}.`,
        );
      }
      const args = ['build', ...flags, '-o', `${directory}/`, ...packages];
      return [{ command: go, args, cwd, env }];
    },
  };
}
