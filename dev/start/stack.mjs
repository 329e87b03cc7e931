import { obituary } from './supervise.mjs';

/** @typedef {import('../stack/process.mjs').Running} Running */
/** @typedef {{ name: string, stop: () => Promise<void>, isRunning?: () => boolean }} Stoppable */

/**
 * What is running, in the order it was started.
 *
 * @param {{ onDeath: (why: string) => void }} hooks a server ended that nobody stopped
 */
export function createStack({ onDeath }) {
  /** @type {Stoppable[]} */
  const members = [];
  let stopping = false;

  /** @param {Stoppable} member */
  const add = (member) => {
    members.push(member);
  };

  /** @param {Running} running */
  const addServer = (running) => {
    add(running);
    void running.exited.then((exit) => {
      if (!stopping) onDeath(obituary(running.name, running.logFile, exit));
    });
  };

  /**
   * The last started first, one after the other: nothing loses what it stands on.
   *
   * @param {(name: string) => void} [onStop]
   */
  const stop = async (onStop = () => {}) => {
    stopping = true;
    for (let member = members.pop(); member; member = members.pop()) {
      if (member.isRunning?.() !== false) onStop(member.name);
      await member.stop();
    }
  };

  return { add, addServer, stop };
}
