import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

/** In `dist`, and taken away by every `npm run build`, so it never stands beside other code. */
const STAMP = '.topolog-compiled';

/** What the compiled code follows from. */
const FILES = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];

/**
 * @param {string} root
 * @returns {string} of all that is compiled, and how
 */
export function hashOfSource(root) {
  const hash = createHash('sha256').update(process.version);
  for (const file of [...FILES, ...filesBelow(root, 'src')]) {
    const path = join(root, file);
    if (!existsSync(path)) continue;
    const content = readFileSync(path);
    hash.update(`\n${file} ${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {string[]} paths from the root, in a fixed order
 */
function filesBelow(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

/**
 * @param {string} root
 * @param {string} source
 */
export function isCompiled(root, source) {
  const stamp = join(root, 'dist', STAMP);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === source;
}

/**
 * @param {string} root
 * @param {string} source
 */
export function markCompiled(root, source) {
  writeFileSync(join(root, 'dist', STAMP), source);
}
