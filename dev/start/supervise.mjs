import { setTimeout as sleep } from 'node:timers/promises';
import { sentence } from '../stack/errors.mjs';
import { lastLines, startProcess, waitReady } from '../stack/process.mjs';
import { waitUntil } from '../stack/wait.mjs';

/** @typedef {import('../stack/process.mjs').Exit} Exit */
/** @typedef {import('../stack/process.mjs').ProcessOptions} ProcessOptions */

const RESTARTS = 5;
const WITHIN_MS = 5 * 60_000;

/** @param {Exit} exit */
export function howItEnded({ code, signal }) {
  return signal ? `was ended by ${signal}` : `ended with code ${code}`;
}

/**
 * @param {string} name
 * @param {string} logFile
 * @param {Exit} exit
 * @returns {string} one sentence, and what the log said last
 */
export function obituary(name, logFile, exit) {
  const last = lastLines(logFile).map((line) => `\n    ${line}`);
  return `${sentence(name)} ${howItEnded(exit)}; its log is ${logFile}${last.length > 0 ? ' and ends:' : '.'}${last.join('')}`;
}

/**
 * Runs one of Topolog's own processes and starts it again when it dies, up to five times in five
 * minutes: Topolog is made to survive that, and the stack should show it.
 *
 * @param {ProcessOptions} options
 * @param {object} supervision
 * @param {() => Promise<boolean>} supervision.ready
 * @param {(line: string) => void} supervision.log
 * @param {(why: string) => void} supervision.onGiveUp called once, when it died too often
 */
export async function supervise(options, { ready, log, onGiveUp }) {
  /** @type {number[]} */
  let deaths = [];
  let stopping = false;
  const interrupted = new AbortController();
  let current = await startProcess(options);
  await waitReady(current, ready);
  void watch();

  async function watch() {
    while (!stopping) {
      const exit = await current.exited;
      if (stopping) return;
      const now = performance.now();
      deaths = [...deaths, now].filter((at) => now - at < WITHIN_MS);
      if (deaths.length > RESTARTS) {
        onGiveUp(`${obituary(options.name, options.logFile, exit)}\nIt died too often.`);
        return;
      }
      log(
        `${sentence(options.name)} (process ${current.pid}) ${howItEnded(exit)}; starting it again (${deaths.length} of ${RESTARTS}).`,
      );
      const pause = Math.min(500 * 2 ** (deaths.length - 1), 10_000);
      await sleep(pause, undefined, { signal: interrupted.signal }).catch(() => {});
      if (stopping) return;
      try {
        current = await startProcess({ ...options, appendLog: true });
      } catch (error) {
        onGiveUp(error instanceof Error ? error.message : String(error));
        return;
      }
      if (stopping) return void current.stop();
      void announce(current);
    }
  }

  /** @param {import('../stack/process.mjs').Running} running */
  async function announce(running) {
    const back = await waitUntil(async () => !stopping && running.isRunning() && (await ready()), {
      timeoutMs: 60_000,
      everyMs: 250,
      signal: interrupted.signal,
    });
    if (back) log(`${sentence(options.name)} is back (process ${running.pid}).`);
  }

  const stop = async () => {
    stopping = true;
    interrupted.abort();
    await current.stop();
  };
  return { name: options.name, stop };
}
