// Holds the licence of every package in the lock file against a list. What the product ships has the
// shorter list; what only builds or tests it may have a few more.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const SHIPPED = [
  ...['MIT', 'MIT-0', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'Unlicense'],
  // Of Node's own kind, for `argparse`; and data about browsers, which is named where it is used.
  ...['BlueOak-1.0.0', 'Python-2.0', 'CC-BY-4.0'],
];
const DEVELOPED_WITH = [...SHIPPED, 'MPL-2.0', 'CC0-1.0'];

/** What packages say in a file of theirs only. @type {Readonly<Record<string, string>>} */
const READ_BY_HAND = { 'node_modules/khroma': 'MIT', 'node_modules/unionfs': 'Unlicense' };

/** @typedef {{ license?: string, dev?: boolean, devOptional?: boolean, optional?: boolean, link?: boolean }} Locked */

/**
 * Whether an SPDX expression can be met by the list: all of an AND, one of an OR.
 *
 * @param {string} expression
 * @param {readonly string[]} allowed
 * @returns {boolean}
 */
export function meets(expression, allowed) {
  const inner = /^\((.*)\)$/.exec(expression.trim())?.[1] ?? expression.trim();
  // Nested expressions do not occur; one that does is refused, and then somebody looks at it.
  if (/ OR /.test(inner)) return inner.split(' OR ').some((part) => allowed.includes(part.trim()));
  return inner.split(' AND ').every((part) => allowed.includes(part.trim()));
}

/**
 * @param {Record<string, Locked>} packages of a lock file
 * @param {(path: string) => string | undefined} licenceOf an installed package that the lock file says nothing of
 * @returns {string[]} what is wrong
 */
export function complaints(packages, licenceOf) {
  return Object.entries(packages).flatMap(([path, locked]) => {
    if (path === '' || locked.link) return [];
    const licence = locked.license ?? licenceOf(path) ?? READ_BY_HAND[path];
    // Built for another system: it is neither installed here nor shipped.
    if (licence === undefined && (locked.optional || locked.devOptional)) return [];
    const allowed = locked.dev || locked.devOptional ? DEVELOPED_WITH : SHIPPED;
    if (licence !== undefined && meets(licence, allowed)) return [];
    return [`${path}: ${licence ?? 'no licence'} is not allowed`];
  });
}

/** @param {string} root @param {string} path */
function installedLicence(root, path) {
  try {
    return JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')).license;
  } catch {
    return undefined;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const wrong = complaints(packages, (path) => installedLicence(root, path));
  for (const line of wrong) console.error(line);
  if (wrong.length > 0) process.exitCode = 1;
  else console.log(`${Object.keys(packages).length - 1} packages, all under licences of the list.`);
}
