import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freePort, LOOPBACK } from './ports.mjs';
import { redisAnswers } from './probes.mjs';
import { startProcess, waitReady } from './process.mjs';
import { ensureServer } from './programs.mjs';

/**
 * @typedef {object} RedisOptions
 * @property {string} dataDir
 * @property {number} [port]
 * @property {import('./progress.mjs').Log} [log]
 */

/**
 * Redis on the loopback that keeps nothing on disk.
 *
 * @param {RedisOptions} options
 */
export async function startRedis(options) {
  const port = options.port ?? (await freePort());
  const program = await ensureServer('redis-server', { log: options.log });
  const dataDir = resolve(options.dataDir);
  mkdirSync(dataDir, { recursive: true });
  const settings = { port: String(port), bind: LOOPBACK, dir: dataDir, save: '', appendonly: 'no' };
  const running = await startProcess({
    name: 'Redis',
    command: program.command,
    args: [...program.args, ...Object.entries(settings).flatMap(([k, v]) => [`--${k}`, v])],
    logFile: join(dataDir, 'redis.log'),
  });
  await waitReady(running, () => redisAnswers(LOOPBACK, port));
  return { ...running, port, url: `redis://${LOOPBACK}:${port}` };
}
