import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { StackError } from './errors.mjs';

/** @typedef {'temporal' | 'neo4j' | 'time-skipping' | 'prometheus' | 'redis' | 'k6' | 'schemathesis' | 'oasdiff' | 'lint' | 'actionlint' | 'helm' | 'kubernetes' | 'crds' | 'toxiproxy' | 'victoriametrics' | 'thanos' | 'debian-prometheus' | 'debian-victoriametrics'} BuildName */

/**
 * @typedef {object} Step
 * @property {string} command
 * @property {string[]} args
 * @property {string} cwd
 * @property {NodeJS.ProcessEnv} env
 */

/**
 * @typedef {object} Recipe
 * @property {string} title of what is built, with its version
 * @property {string} version
 * @property {string} takes how long on a small machine, for the progress line
 * @property {string[]} files what the build depends on
 * @property {string[]} flags
 * @property {string} instead what to do instead of installing the tools
 * @property {(directory: string) => Step[]} steps throws a StackError when a tool is missing
 */

/** The directory that holds the modules and the pom. */
export const DEV = fileURLToPath(new URL('..', import.meta.url));

/**
 * A version, as the file that pins it has it.
 *
 * @param {string} file
 * @param {RegExp} pattern the version is its first group
 */
export function pinned(file, pattern) {
  const found = pattern.exec(readFileSync(file, 'utf8'))?.[1];
  if (!found) throw new StackError(`${file} does not pin a version (${pattern.source}).`);
  return found;
}
