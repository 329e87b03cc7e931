import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Compiles the product where that has not been done since its sources changed. */
export function buildProduct(say: (line: string) => void): void {
  const stamp = join(root, 'dist', '.tsbuildinfo');
  const isBuilt = existsSync(join(root, 'dist', 'worker.js')) && existsSync(stamp);
  if (isBuilt && statSync(stamp).mtimeMs >= newest(join(root, 'src'))) return;
  say('compiling');
  const { status } = spawnSync('npm', ['run', '-s', 'build'], {
    cwd: root,
    // Standard output is for the figures.
    stdio: ['ignore', process.stderr, process.stderr],
  });
  if (status !== 0) throw new Error('The product does not compile: see "npm run build".');
}

function newest(directory: string): number {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs)
    .reduce((a, b) => Math.max(a, b), 0);
}
