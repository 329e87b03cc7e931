import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { startProcess, waitReady } from '../stack/process.mjs';
import { run } from './run.mjs';
import { asUser, within } from './stages.mjs';

/** @typedef {import('./stages.mjs').Built} Built */

/**
 * Runs what an image says in its root: as its user, with its environment, without new privileges.
 *
 * @param {object} options
 * @param {Built} options.stage
 * @param {string} options.root read-only
 * @param {string} options.logDir
 */
export function createContainer({ stage, root, logDir }) {
  /**
   * @param {readonly string[]} command
   * @returns {[string, string[]]}
   */
  const inRoot = (command) => [
    'setpriv',
    ['--no-new-privs', 'chroot', ...asUser(stage.user), root, ...within(stage), ...command],
  ];

  return {
    /**
     * @param {readonly string[]} command
     * @param {Record<string, string>} env
     */
    run(command, env) {
      const [program, args] = inRoot([...stage.entrypoint, ...command]);
      return run(program, args, { env: { ...stage.env, ...env }, what: command.join(' ') });
    },

    /**
     * Starts the image's own command and waits until its own health check is content.
     *
     * @param {Record<string, string>} env
     * @param {readonly string[]} [command] instead of the image's own
     */
    async start(env, command = stage.cmd) {
      const [program, args] = inRoot([...stage.entrypoint, ...command]);
      const running = await startProcess({
        name: `the ${stage.name} image`,
        command: program,
        args,
        env: { ...stage.env, ...env },
        logFile: join(logDir, `${stage.name}.log`),
        graceMs: 40_000,
      });
      const [check, checkArgs] = inRoot(stage.healthcheck);
      await waitReady(running, async () => {
        const { status } = spawnSync(check, checkArgs, { env: { ...stage.env, ...env } });
        return status === 0;
      });
      return running;
    },
  };
}

/** Ends with a sentence where a process does not end by itself and well. @param {import('../stack/process.mjs').Running} running */
export async function stopWell(running) {
  // tini stands between: the signal is for it alone, as Docker does it.
  process.kill(running.pid, 'SIGTERM');
  const { code, signal } = await running.exited;
  if (code !== 0) throw new Error(`${running.name} ended with ${signal ?? code} after SIGTERM.`);
}
