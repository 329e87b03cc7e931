import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { cached } from '../stack/cache.mjs';
import { StackError } from '../stack/errors.mjs';
import { run } from './run.mjs';

const KEEP_NOTHING = [
  'APT::Update::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true"; };',
  'Dir::Cache::pkgcache "";',
  'Dir::Cache::srcpkgcache "";',
  '',
].join('\n');

/** @type {Readonly<Record<string, string>>} */
const architectures = { x64: 'amd64', arm64: 'arm64' };

/**
 * A root like that of an official image `node:<version>-<suite>-slim`, which cannot be pulled without
 * a registry: Debian's smallest system, and Node and npm in /usr/local. It is made once.
 *
 * @param {string} image
 * @param {(line: string) => void} say
 * @returns {Promise<string>} the directory
 */
export async function baseRoot(image, say) {
  const found = /^node:(\d+\.\d+\.\d+)-([a-z]+)-slim(@sha256:[0-9a-f]{64})?$/.exec(image);
  const [, version, suite] = found ?? [];
  if (!version || !suite) {
    throw new StackError(
      `${image} is not node:<version>-<suite>-slim, so no root is made like it.`,
    );
  }
  return cached({
    name: `image-root-2-${version}-${suite}`,
    onWait: (pid) => say(`Another test of the image (process ${pid}) makes the root; waiting.`),
    build: async (directory) => {
      say(`Making a root like ${image} (first time only, about 2 min)`);
      const root = join(directory, 'root');
      const arch = architectures[process.arch] ?? process.arch;
      run('debootstrap', ['--variant=minbase', `--arch=${arch}`, suite, root], {
        what: 'debootstrap (apt-get install debootstrap)',
      });
      // As the official images have it: nothing that apt downloads or reckons is kept.
      writeFileSync(join(root, 'etc/apt/apt.conf.d/docker-clean'), KEEP_NOTHING);
      run('chroot', [root, 'apt-get', 'clean']);
      rmSync(join(root, 'var/lib/apt/lists'), { recursive: true });
      mkdirSync(join(root, 'var/lib/apt/lists'));
      addNode(root, version);
    },
  });
}

/**
 * @param {string} root
 * @param {string} version
 */
function addNode(root, version) {
  const folder = mkdtempSync(join(tmpdir(), 'topolog-node-'));
  try {
    const packages = [`node-linux-${process.arch}@${version}`, 'npm@11'];
    run('npm', ['install', '--prefix', folder, '--ignore-scripts', '--no-save', ...packages]);
    const modules = join(root, 'usr/local/lib/node_modules');
    mkdirSync(modules, { recursive: true });
    const node = join(folder, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node');
    copyFileSync(node, join(root, 'usr/local/bin/node'));
    cpSync(join(folder, 'node_modules/npm'), join(modules, 'npm'), { recursive: true });
    for (const name of ['npm', 'npx']) {
      const target = `../lib/node_modules/npm/bin/${name}-cli.js`;
      if (!existsSync(join(modules, 'npm/bin', `${name}-cli.js`))) continue;
      symlinkSync(target, join(root, 'usr/local/bin', name));
    }
    run('chroot', [root, 'useradd', '--uid', '1000', '--create-home', 'node']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
