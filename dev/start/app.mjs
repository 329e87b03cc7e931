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
 * Refuses the settings that Topolog refuses, all at once and before a server is started; whether what
 * runs elsewhere answers was asked before.
 *
 * @param {Pick<AppOptions, 'root' | 'env'>} options
 */
export async function requireSettings({ root, env }) {
  /** @param {string} name */
  const load = (name) => import(pathToFileURL(join(root, 'dist', name)).href);
  const { loadConfig } = await load('runtime/config.js');
  const { sourcesOf } = await load('sources/configured-sources.js');
  try {
    sourcesOf(loadConfig(env), env);
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

/** @param {AppOptions} options */
export const startWorker = (options) =>
  startApp(options, {
    name: 'the worker',
    script: 'worker',
    healthUrl: `http://127.0.0.1:${options.env.WORKER_PORT}/health`,
  });

/** @param {AppOptions} options */
export const startApi = (options) =>
  startApp(options, {
    name: 'the API',
    script: 'server',
    healthUrl: `http://127.0.0.1:${options.env.PORT}/api/v1/health/ready`,
  });
