import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { StackError } from './errors.mjs';
import { freePort, LOOPBACK } from './ports.mjs';
import { httpOk } from './probes.mjs';
import { startProcess, waitReady } from './process.mjs';
import { linesOnly } from './progress.mjs';

/**
 * @typedef {object} VictoriaMetricsOptions
 * @property {string} dataDir
 * @property {number} [port]
 * @property {'victoriametrics' | 'debian-victoriametrics'} [build] the present one, or the old one of Debian 12
 * @property {readonly string[]} [extraArgs]
 * @property {import('./progress.mjs').Log} [log]
 */

/**
 * VictoriaMetrics, single, on the loopback; it keeps samples of any age.
 *
 * @param {VictoriaMetricsOptions} options
 */
export async function startVictoriaMetrics(options) {
  const { build = 'victoriametrics', extraArgs = [], log = () => {} } = options;
  const directory = await ensureBuilt(build, linesOnly(log));
  const port = options.port ?? (await freePort());
  const dataDir = resolve(options.dataDir);
  mkdirSync(dataDir, { recursive: true });
  const folder = build === 'victoriametrics' ? directory : join(directory, 'usr', 'bin');
  const running = await startProcess({
    name: 'VictoriaMetrics',
    command: join(folder, 'victoria-metrics'),
    args: [
      `-httpListenAddr=${LOOPBACK}:${port}`,
      `-storageDataPath=${join(dataDir, 'data')}`,
      '-retentionPeriod=20y',
      '-loggerLevel=WARN',
      ...extraArgs,
    ],
    logFile: join(dataDir, 'victoriametrics.log'),
  });
  const url = `http://${LOOPBACK}:${port}`;
  await waitReady(running, () => httpOk(`${url}/health`));
  return { ...running, url };
}

/**
 * Puts samples into a VictoriaMetrics that runs; they are found from then on.
 *
 * @param {{ url: string, text: string }} what the text is Prometheus', with time stamps in milliseconds
 */
export async function importSamples({ url, text }) {
  const calls = [
    { address: `${url}/api/v1/import/prometheus`, init: { method: 'POST', body: text } },
    // Samples are found only some seconds after they came in, unless they are written out at once.
    { address: `${url}/internal/force_flush`, init: {} },
  ];
  for (const { address, init } of calls) {
    const answer = await fetch(address, { ...init, signal: AbortSignal.timeout(60_000) });
    const said = await answer.text();
    if (answer.ok) continue;
    throw new StackError(`${address} answered ${answer.status}: ${said.slice(0, 200)}.`);
  }
}
