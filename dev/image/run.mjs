import { spawnSync } from 'node:child_process';
import { StackError } from '../stack/errors.mjs';

/**
 * Runs a command to its end; what it says is shown only where it fails.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, what?: string }} [options]
 * @returns {string} its standard output
 */
export function run(command, args, { cwd, env, what = command } = {}) {
  const { status, signal, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env: env ?? process.env,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error) throw new StackError(`${what} could not be run: ${error.message}.`);
  if (status === 0) return stdout;
  const said = `${stdout}${stderr}`.trim().split('\n').slice(-30).join('\n');
  throw new StackError(`${what} ended with ${signal ?? status}:\n${said}`);
}
