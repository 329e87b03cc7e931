import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codeOf, StackError } from './errors.mjs';
import { groupLives, signalGroup } from './group.mjs';
import { waitUntil, within } from './wait.mjs';

/**
 * @typedef {object} ProcessOptions
 * @property {string} name as people call it, for sentences
 * @property {string} command
 * @property {readonly string[]} args
 * @property {string} logFile where its output goes
 * @property {NodeJS.ProcessEnv} [env] the whole environment; this process's own by default
 * @property {string} [cwd]
 * @property {number} [graceMs] how long it may take to stop before it is killed; 15 s
 * @property {boolean} [appendLog] otherwise the log of the run before is kept as `….previous`
 */

/** @typedef {{ code: number | null, signal: NodeJS.Signals | null }} Exit */

/**
 * @typedef {object} Running
 * @property {string} name
 * @property {number} pid
 * @property {string} logFile
 * @property {Promise<Exit>} exited
 * @property {() => boolean} isRunning
 * @property {() => Promise<void>} stop SIGTERM; SIGKILL to its group after the grace
 * @property {() => Promise<void>} kill SIGKILL at once
 */

/** @type {Set<Running>} what this process started and has not ended yet */
const live = new Set();

/** @type {import('node:child_process').ChildProcess | undefined} */
let guard;

/** @param {string} sentence what the guard is to know, see guard.mjs */
function tellGuard(sentence) {
  if (!guard || guard.exitCode !== null || guard.signalCode !== null) {
    const script = fileURLToPath(new URL('./guard.mjs', import.meta.url));
    guard = spawn(process.execPath, [script], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    guard.unref();
    // The pipe must not keep this process alive either; its end is the guard's signal.
    const pipe = /** @type {import('node:net').Socket | null} */ (guard.stdin);
    pipe?.unref();
    pipe?.on('error', () => {});
    guard.on('error', () => {});
  }
  guard.stdin?.write(`${sentence}\n`);
}

/**
 * Starts a program in a process group of its own, so that a terminal's Ctrl-C reaches only us and
 * the program is stopped in its turn.
 *
 * @param {ProcessOptions} options
 * @returns {Promise<Running>}
 */
export async function startProcess(options) {
  const { name, command, args, logFile, env = process.env, cwd, graceMs = 15_000 } = options;
  mkdirSync(dirname(logFile), { recursive: true });
  if (!options.appendLog && existsSync(logFile)) renameSync(logFile, `${logFile}.previous`);
  const log = openSync(logFile, 'a');
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);

  const spawned = new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  /** @type {Promise<Exit>} */
  const exited = new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  await spawned.catch((error) => {
    throw new StackError(`${name} could not be started: ${command}: ${codeOf(error) ?? error}.`, {
      cause: error,
    });
  });
  const pid = /** @type {number} */ (child.pid);
  tellGuard(`guard ${pid} ${graceMs}`);
  void exited.then(() => {
    // What a dead leader leaves behind in its group is nobody's any more.
    signalGroup(pid, 'SIGKILL');
    tellGuard(`release ${pid}`);
    live.delete(running);
  });

  const isRunning = () => child.exitCode === null && child.signalCode === null;
  const kill = async () => {
    signalGroup(pid, 'SIGKILL');
    await exited;
    await waitUntil(() => !groupLives(pid), { timeoutMs: 2000, everyMs: 20 });
  };
  const stop = async () => {
    if (isRunning()) signalGroup(pid, 'SIGTERM');
    if ((await within(exited, graceMs)) === undefined) await kill();
  };
  const running = { name, pid, logFile, exited, isRunning, stop, kill };
  if (isRunning()) live.add(running);
  return running;
}

/** Stops whatever is left, the last started first: builds, and servers on their way up. */
export async function stopLeftovers() {
  for (const running of [...live].reverse()) await running.stop();
}

/**
 * @param {string} file
 * @param {number} [count]
 * @returns {string[]} its last lines that say something
 */
export function lastLines(file, count = 5) {
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    return lines.filter((line) => line.trim() !== '').slice(-count);
  } catch {
    return [];
  }
}

/**
 * Waits for a program to be ready, no longer than the bound and no longer than it lives.
 *
 * @param {Running} running
 * @param {() => Promise<boolean>} ready
 * @param {{ timeoutMs?: number, everyMs?: number }} [options]
 */
export async function waitReady(running, ready, { timeoutMs = 180_000, everyMs = 100 } = {}) {
  const over = new AbortController();
  void running.exited.then(() => over.abort());
  const isReady = await waitUntil(ready, { timeoutMs, everyMs, signal: over.signal });
  if (isReady && running.isRunning()) return;
  const why = running.isRunning()
    ? `was not ready within ${Math.round(timeoutMs / 1000)} seconds`
    : 'stopped while it was starting';
  await running.kill();
  const last = lastLines(running.logFile, 1)[0];
  throw new StackError(
    `${running.name} ${why}: see ${running.logFile}${last ? ` (its last line: ${last.trim()})` : ''}.`,
  );
}
