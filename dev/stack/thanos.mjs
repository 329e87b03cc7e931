import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { freePort, LOOPBACK } from './ports.mjs';
import { httpOk } from './probes.mjs';
import { startProcess, waitReady } from './process.mjs';
import { linesOnly } from './progress.mjs';

/**
 * @typedef {object} ThanosOptions
 * @property {string} dataDir
 * @property {readonly { url: string }[]} prometheus each with external labels of its own; a sidecar is started beside each
 * @property {number} [port] of the query component
 * @property {readonly string[]} [extraArgs] of the query component
 * @property {import('./progress.mjs').Log} [log]
 */

/** What each component is told, so that its end does not wait for connections. */
const QUICK_END = ['--grpc-grace-period=1s', '--http-grace-period=1s', '--log.level=warn'];

/**
 * Thanos' query component on the loopback, over sidecars of Prometheus servers that run already.
 *
 * @param {ThanosOptions} options
 */
export async function startThanos(options) {
  const { prometheus, extraArgs = [], log = () => {} } = options;
  const command = join(await ensureBuilt('thanos', linesOnly(log)), 'thanos');
  const dataDir = resolve(options.dataDir);
  mkdirSync(dataDir, { recursive: true });
  /** @type {Awaited<ReturnType<typeof startComponent>>[]} */
  const running = [];
  const stop = async () => {
    for (const component of running.toReversed()) await component.stop();
  };
  try {
    for (const [index, { url }] of prometheus.entries()) {
      const name = `sidecar-${index + 1}`;
      const own = [`--prometheus.url=${url}`, `--tsdb.path=${join(dataDir, name)}`];
      const args = ['sidecar', ...own];
      running.push(await startComponent({ command, name, args, dataDir }));
    }
    const sidecars = [...running];
    // A strict one is asked also when it is away, so that an answer without it comes with a warning.
    const endpoints = sidecars.map(({ grpc }) => ({ address: grpc, strict: true }));
    const config = `--endpoint.sd-config=${JSON.stringify({ endpoints })}`;
    const args = ['query', config, ...extraArgs];
    const port = options.port;
    const query = await startComponent({ command, name: 'query', args, dataDir, port });
    running.push(query);
    await waitReady(query, async () => (await storesOf(query.url)) === prometheus.length);
    return { ...query, sidecars, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * @param {{ command: string, name: string, args: string[], dataDir: string, port?: number | undefined }} component
 */
async function startComponent({ command, name, args, dataDir, port }) {
  const grpc = `${LOOPBACK}:${await freePort()}`;
  const http = `${LOOPBACK}:${port ?? (await freePort())}`;
  const running = await startProcess({
    name: `Thanos' ${name}`,
    command,
    args: [...args, `--grpc-address=${grpc}`, `--http-address=${http}`, ...QUICK_END],
    logFile: join(dataDir, `${name}.log`),
  });
  const url = `http://${http}`;
  await waitReady(running, () => httpOk(`${url}/-/ready`));
  return { ...running, url, grpc };
}

/**
 * @param {string} url
 * @returns {Promise<number>} how many stores the query component asks
 */
async function storesOf(url) {
  const answer = await fetch(`${url}/api/v1/stores`, { signal: AbortSignal.timeout(5000) });
  const said = /** @type {{ data?: Record<string, { lastError?: unknown }[]> }} */ (
    await answer.json()
  );
  const { data = {} } = said;
  const stores = Object.values(data).flat();
  return stores.filter(({ lastError }) => !lastError).length;
}
