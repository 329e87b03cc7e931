import { execFile } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { runToEnd } from '../stack/build.mjs';
import { StackError } from '../stack/errors.mjs';
import { httpOk } from '../stack/probes.mjs';
import { lastLines } from '../stack/process.mjs';
import { supervise } from './supervise.mjs';

/**
 * @typedef {object} AppOptions
 * @property {string} root
 * @property {string} logDir
 * @property {Record<string, string | undefined>} env
 * @property {(line: string) => void} log
 * @property {(why: string) => void} onGiveUp
 */

/**
 * @typedef {object} Settings what of Topolog's own settings the launcher tells
 * @property {readonly ConfiguredSource[]} sources
 * @property {number} backfillHours how much of the past of a new source is read first
 */

/** @typedef {{ id: string, url: string, intervalMillis: number, settleMillis: number }} ConfiguredSource */

/**
 * Refuses the settings that Topolog refuses, all at once and before a server is started; whether what
 * runs elsewhere answers was asked before.
 *
 * @param {Pick<AppOptions, 'root' | 'env'>} options
 * @returns {Promise<Settings>}
 */
export async function requireSettings({ root, env }) {
  /** @param {string} name */
  const load = (name) => import(pathToFileURL(join(root, 'dist', name)).href);
  const { loadConfig } = await load('runtime/config.js');
  const { sourcesOf } = await load('sources/configured-sources.js');
  try {
    const config = loadConfig(env);
    return { sources: sourcesOf(config, env), backfillHours: config.INGEST_BACKFILL_HOURS };
  } catch (error) {
    throw new StackError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Applies the schema and the schedules. @param {AppOptions} options */
export async function migrate({ root, logDir, env }) {
  const logFile = join(logDir, 'migrate.log');
  const ok = await runToEnd({
    name: 'the migration',
    command: process.execPath,
    args: [join(root, 'dist', 'cli.js'), 'migrate'],
    cwd: root,
    env,
    logFile,
  });
  if (ok) return;
  const last = lastLines(logFile, 1)[0]?.trim() ?? 'nothing';
  throw new StackError(`\`topolog migrate\` failed and last said “${last}”: see ${logFile}.`);
}

/**
 * What a command of Topolog prints as JSON, however it ended.
 *
 * @param {Pick<AppOptions, 'root' | 'env'>} options
 * @param {readonly string[]} args
 * @param {number} withinMs
 * @returns {Promise<unknown>} undefined where it printed none in time
 */
export async function askTopolog({ root, env }, args, withinMs) {
  const command = ['--enable-source-maps', join(root, 'dist', 'cli.js'), ...args];
  const asked = { cwd: root, env, timeout: withinMs, maxBuffer: 16 * 1024 ** 2 };
  const said = await new Promise((resolve) => {
    execFile(process.execPath, command, asked, (_error, stdout) => resolve(stdout));
  });
  try {
    return JSON.parse(String(said));
  } catch {
    return undefined;
  }
}

/**
 * @param {AppOptions} options
 * @param {{ name: string, script: string, healthUrl: string }} process_
 */
function startApp({ root, logDir, env, log, onGiveUp }, { name, script, healthUrl }) {
  // Empty or not a number: Topolog itself refuses to start and says why.
  const graceSeconds = Number(env.SHUTDOWN_GRACE_SECONDS) || 30;
  return supervise(
    {
      name,
      command: process.execPath,
      args: ['--enable-source-maps', join(root, 'dist', `${script}.js`)],
      cwd: root,
      env,
      logFile: join(logDir, `${script}.log`),
      graceMs: (graceSeconds + 5) * 1000,
    },
    { ready: () => httpOk(healthUrl), log, onGiveUp },
  );
}

/**
 * The worker and the API, both at once. What was started is told also where the other failed.
 *
 * @param {AppOptions} options
 * @param {(started: Awaited<ReturnType<typeof startApp>>) => void} onStarted in the order in which they are stopped last
 */
export async function startProcesses(options, onStarted) {
  const { env } = options;
  const outcomes = await Promise.allSettled([
    startApp(options, {
      name: 'the worker',
      script: 'worker',
      healthUrl: `http://127.0.0.1:${env.WORKER_PORT}/health`,
    }),
    startApp(options, {
      name: 'the API',
      script: 'server',
      healthUrl: `http://127.0.0.1:${env.PORT}/api/v1/health/ready`,
    }),
  ]);
  for (const outcome of outcomes) if (outcome.status === 'fulfilled') onStarted(outcome.value);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}
