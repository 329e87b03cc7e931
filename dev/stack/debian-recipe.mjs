import { join } from 'node:path';
import process from 'node:process';
import { StackError } from './errors.mjs';
import { DEV, pinned } from './recipe.mjs';
import { which } from './tools.mjs';

/**
 * An old version of a server, out of the package that Debian 12 has of it.
 *
 * @param {{ product: string, package: string, stand: string }} of the stand is its name for `--without`
 * @returns {import('./recipe.mjs').Recipe}
 */
export function debianRecipe(of) {
  const packages = join(DEV, 'debian', 'packages');
  const unpack = join(DEV, 'debian', 'unpack.sh');
  const wanted = pinned(packages, new RegExp(`^(${of.package}=\\S+)$`, 'm'));
  const version = pinned(packages, new RegExp(`^${of.package}=([\\d.]+)`, 'm'));
  const title = `${of.product} ${version} of Debian 12`;
  const instead = `leave it out with \`--without ${of.stand}\``;
  return {
    title,
    version,
    takes: '10 s',
    instead,
    files: [unpack],
    flags: [wanted],
    steps: (directory) => {
      for (const tool of ['apt-get', 'dpkg-deb']) {
        if (which(tool)) continue;
        throw new StackError(
          `${title} is taken out of a package of Debian and there is no ${tool} on the PATH: ${instead}.`,
        );
      }
      return [{ command: 'sh', args: [unpack, wanted], cwd: directory, env: process.env }];
    },
  };
}
