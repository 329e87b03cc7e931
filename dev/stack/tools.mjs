import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';

/**
 * @param {string} program
 * @param {string | undefined} [path] the directories to look in, as in PATH
 * @returns {string | undefined} where it is
 */
export function which(program, path = process.env.PATH) {
  for (const directory of (path ?? '').split(delimiter)) {
    if (directory === '') continue;
    const file = join(directory, program);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      // Not here.
    }
  }
  return undefined;
}

/** @typedef {readonly number[]} Version */

/**
 * The first thing in what a program says of itself that looks like its version.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Version | undefined}
 */
export function versionOf(command, args, env = process.env) {
  const said = spawnSync(command, args, { encoding: 'utf8', env, timeout: 30_000 });
  if (said.error || said.status !== 0) return undefined;
  return parseVersion(`${said.stdout}\n${said.stderr}`);
}

/**
 * @param {string} text
 * @returns {Version | undefined}
 */
export function parseVersion(text) {
  const found = /(?<![\w.])(?:v|go)?(\d+(?:\.\d+)*)/.exec(text);
  return found?.[1]?.split('.').map(Number);
}

/**
 * @param {Version} version
 * @param {Version} least
 */
export function atLeast(version, least) {
  for (const [index, wanted] of least.entries()) {
    const part = version[index] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}

/**
 * @param {string} program
 * @returns {string | undefined} of the JDK in JAVA_HOME, which Maven takes too, or on the PATH
 */
export function findJava(program) {
  const home = process.env.JAVA_HOME;
  return (home ? which(program, join(home, 'bin')) : undefined) ?? which(program);
}
