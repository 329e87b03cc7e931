import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import process from 'node:process';
import { withLock } from './lock.mjs';

/** Where builds are kept between starts, shared by all checkouts of this user. */
export function cacheRoot() {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'topolog');
}

/**
 * @param {readonly string[]} files what goes into the build
 * @param {readonly string[]} flags and how it is built
 */
export function buildKey(files, flags) {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([process.platform, process.arch, ...flags]));
  for (const file of files) {
    const content = readFileSync(file);
    hash.update(`\n${basename(file)} ${content.length}\n`).update(content);
  }
  return hash.digest('hex').slice(0, 12);
}

/**
 * @typedef {object} CacheEntry
 * @property {string} name of the directory, key included
 * @property {(directory: string) => Promise<void>} build fills an empty directory, or throws
 * @property {(pid: number) => void} onWait somebody else is building the same; called once
 * @property {string} [root]
 */

/**
 * A directory that is there whole or not at all: built aside, then renamed, by one at a time.
 *
 * @param {CacheEntry} entry
 * @returns {Promise<string>} the directory
 */
export async function cached({ name, build, onWait, root = cacheRoot() }) {
  const directory = join(root, name);
  if (existsSync(directory)) return directory;
  return withLock(
    `${directory}.lock`,
    ({ pid }) => onWait(pid),
    async () => {
      if (existsSync(directory)) return directory;
      // Under the lock nobody else builds this entry: what lies here was left by a crash.
      for (const left of readdirSync(root)) {
        if (left.startsWith(`${name}.part-`)) {
          rmSync(join(root, left), { recursive: true, force: true });
        }
      }
      const part = join(root, `${name}.part-${process.pid}`);
      mkdirSync(part, { recursive: true });
      try {
        await build(part);
        renameSync(part, directory);
      } finally {
        rmSync(part, { recursive: true, force: true });
      }
      return directory;
    },
  );
}
