import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { runToEnd } from './build.mjs';
import { freePort, LOOPBACK } from './ports.mjs';
import { httpOk, tcpAnswers } from './probes.mjs';
import { startProcess, waitReady } from './process.mjs';
import { ensureServer } from './programs.mjs';

/**
 * @typedef {object} TemporalOptions
 * @property {string} dataDir
 * @property {number} [port]
 * @property {number} [uiPort] without it there is no UI
 * @property {number} [httpPort] of its HTTP API, which it always opens and which answers nobody
 * @property {string} [namespace] made beside `default`
 * @property {string[]} [searchAttributes] such as `Team=Keyword`
 * @property {string[]} [extraArgs]
 * @property {string} [logFile]
 * @property {import('./progress.mjs').Log} [log]
 * @property {import('./programs.mjs').Program} [program]
 */

/**
 * The Temporal development server on the loopback, its history kept in a file.
 *
 * @param {TemporalOptions} options
 */
export async function startTemporal(options) {
  const { dataDir, uiPort, namespace = 'default', searchAttributes = [], extraArgs = [] } = options;
  const port = options.port ?? (await freePort());
  const httpPort = options.httpPort ?? (await freePort());
  const program = options.program ?? (await ensureServer('temporal', { log: options.log }));
  const address = `${LOOPBACK}:${port}`;
  mkdirSync(dataDir, { recursive: true });
  const ui = uiPort ? ['--ui-port', String(uiPort), '--ui-ip', LOOPBACK] : ['--headless'];
  const running = await startProcess({
    name: 'Temporal',
    command: program.command,
    args: [
      ...program.args,
      ...['server', 'start-dev', '--ip', LOOPBACK, '--port', String(port)],
      // Its HTTP API would do what a form of any page says. No host is called so, so it refuses all.
      ...['--http-port', String(httpPort)],
      ...['--dynamic-config-value', 'frontend.httpAllowedHosts=["none"]'],
      ...ui,
      ...['--ui-disable-news-fetch', '--log-level', 'warn', '--log-format', 'json'],
      ...['--db-filename', join(dataDir, 'temporal.db'), '--namespace', namespace],
      ...searchAttributes.flatMap((attribute) => ['--search-attribute', attribute]),
      ...extraArgs,
    ],
    env: environment(),
    logFile: options.logFile ?? join(dataDir, 'temporal.log'),
  });
  const describe = {
    name: 'temporal',
    command: program.command,
    args: ['operator', 'namespace', 'describe', '-n', namespace, '--address', address],
    env: environment(),
    logFile: join(dataDir, 'ready.log'),
  };
  const uiUrl = uiPort ? `http://${LOOPBACK}:${uiPort}` : undefined;
  // The ports answer before the namespace is there; the first workflow needs the namespace.
  const ready = async () =>
    (await tcpAnswers(LOOPBACK, port)) &&
    (await runToEnd(describe)) &&
    (!uiUrl || (await httpOk(`${uiUrl}/api/v1/namespaces/${namespace}`)));
  await waitReady(running, ready);
  return { ...running, address, httpPort, uiUrl };
}

/** What the user set for his own clusters must not steer this server or the questions to it. */
function environment() {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_')),
  );
}
