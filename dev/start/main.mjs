import { mkdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { StackError } from '../stack/errors.mjs';
import { tryLock } from '../stack/lock.mjs';
import { requireFreePorts } from '../stack/ports.mjs';
import { stopLeftovers } from '../stack/process.mjs';
import { createTerminal } from '../stack/progress.mjs';
import { migrate, requireSettings, startProcesses } from './app.mjs';
import { requireConfigured } from './configured.mjs';
import { writeEnvFile } from './env-file.mjs';
import { installAndBuild } from './install.mjs';
import { neo4jPassword } from './neo4j-password.mjs';
import { HELP, parseOptions } from './options.mjs';
import { planStack, withPassword } from './plan.mjs';
import { ensurePrograms, startServers } from './servers.mjs';
import { onEnd } from './signals.mjs';
import { lookAtSources } from './sources.mjs';
import { createStack } from './stack.mjs';
import { createSteps } from './steps.mjs';
import { table } from './table.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** @typedef {import('./options.mjs').Options} Options */

/** @param {readonly string[]} args */
export async function main(args) {
  const terminal = createTerminal();
  /** @type {number | undefined} set once; the first reason to end is the one that counts */
  let ending;
  const stack = createStack({ onDeath: (why) => void end(1, why) });

  /**
   * @param {number} exitCode
   * @param {string} [why]
   */
  const end = async (exitCode, why) => {
    if (ending !== undefined) return;
    ending = exitCode;
    terminal.cancel();
    if (why) console.error(why);
    await stack.stop((name) => terminal.line(`Stopping ${name} …`));
    await stopLeftovers();
    if (exitCode === 0) terminal.line('Stopped.');
    process.exit(exitCode);
  };

  onEnd({ end, isEnding: () => ending !== undefined });
  try {
    const options = parseOptions(args, process.env);
    if (options.help) return void process.stdout.write(HELP);
    await start({ options, stack, terminal, onGiveUp: (why) => void end(1, why) });
  } catch (error) {
    // While ending, what was being waited for fails because it was stopped.
    if (ending !== undefined) return;
    const known = error instanceof StackError;
    await end(known ? error.exitCode : 1, known ? error.message : unexpected(error));
  }
}

/** @param {unknown} error */
function unexpected(error) {
  const message = error instanceof Error ? error.message : String(error);
  return process.env.DEBUG && error instanceof Error ? String(error.stack) : `${message}.`;
}

/**
 * @param {object} context
 * @param {Options} context.options
 * @param {ReturnType<typeof createStack>} context.stack
 * @param {import('../stack/progress.mjs').Terminal} context.terminal
 * @param {(why: string) => void} context.onGiveUp
 */
async function start({ options, stack, terminal, onGiveUp }) {
  const { dataDir } = options;
  const nearby = relative(process.cwd(), dataDir);
  const shownDataDir = nearby.startsWith('..') ? dataDir : nearby || '.';
  takeDataDir(dataDir, shownDataDir);
  const steps = createSteps();
  const wanted = planStack(options, process.env);
  await requireConfigured(wanted);
  await requireFreePorts(wanted.ports);
  const plan = wanted.neo4j ? wanted : withPassword(wanted, neo4jPassword(dataDir));
  const logDir = join(dataDir, 'logs');
  const programs = await ensurePrograms(plan, terminal);
  steps.ended('programs');
  await installAndBuild({ root, logDir, terminal });
  const settings = await requireSettings({ root, env: plan.appEnv });
  steps.ended('packages and code');

  const app = { root, logDir, env: plan.appEnv, log: terminal.line, onGiveUp };
  const starting = terminal.progress('Starting');
  try {
    await startServers({ plan, programs, options, onStarted: stack.addServer });
    steps.ended('servers');
    writeEnvFile({ root, dataDir }, plan.appEnv);
    await migrate(app);
    steps.ended('schema');
    await startProcesses(app, stack.add);
    steps.ended('worker and API');
    starting.done('ready');
  } catch (error) {
    starting.done('failed');
    throw error;
  }
  terminal.line(steps.summary());
  terminal.line(table({ options, plan, shownDataDir }));
  await lookAtSources({ app, settings, options, plan, shownDataDir, terminal });
}

/**
 * @param {string} dataDir
 * @param {string} shown
 */
function takeDataDir(dataDir, shown) {
  try {
    makeFolder(dataDir);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StackError(`${shown} cannot be made (${why}): name another folder with --data.`);
  }
  const lock = tryLock(join(dataDir, 'stack.lock'));
  if ('heldBy' in lock) {
    throw new StackError(
      `A stack with its data in ${shown} is already running (process ${lock.heldBy.pid}): stop it, or start another with \`npm start -- --port-offset 100 --data ${shown}-2\`.`,
    );
  }
  process.on('exit', lock.release);
}

/**
 * One folder after the other: on file systems that say of a new folder that there is none, as /proc
 * does, Node's recursive way goes on for ever.
 *
 * @param {string} path
 */
function makeFolder(path) {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  makeFolder(dirname(path));
  // What is kept is for nobody else on this machine.
  mkdirSync(path, { mode: 0o700 });
}
