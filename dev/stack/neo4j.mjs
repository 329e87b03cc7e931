import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { freePort, LOOPBACK } from './ports.mjs';
import { boltAnswers } from './probes.mjs';
import { startProcess, waitReady } from './process.mjs';
import { ensureServer } from './programs.mjs';

/**
 * @typedef {object} Neo4jOptions
 * @property {string} dataDir
 * @property {number} [port]
 * @property {number} [pageCacheMb]
 * @property {string} [logFile]
 * @property {import('./progress.mjs').Log} [log]
 * @property {import('./programs.mjs').Program} [program]
 */

/**
 * Neo4j Community with Bolt on the loopback, without authentication.
 *
 * @param {Neo4jOptions} options
 */
export async function startNeo4j(options) {
  const { pageCacheMb = 64 } = options;
  const port = options.port ?? (await freePort());
  const program = options.program ?? (await ensureServer('neo4j', { log: options.log }));
  const home = resolve(options.dataDir);
  mkdirSync(home, { recursive: true });
  const how =
    program.from === 'path'
      ? { args: ['console'], env: installedEnvironment(home, port, pageCacheMb) }
      : { args: [...program.args, home, String(port), String(pageCacheMb)], env: process.env };
  const running = await startProcess({
    name: 'Neo4j',
    command: program.command,
    ...how,
    logFile: options.logFile ?? join(home, 'neo4j.log'),
    // Closing the store writes a checkpoint.
    graceMs: 30_000,
  });
  await waitReady(running, () => boltAnswers(LOOPBACK, port), { timeoutMs: 120_000 });
  return { ...running, uri: `bolt://${LOOPBACK}:${port}` };
}

/**
 * An installed Neo4j is given a configuration directory of ours, so that its own data is left alone.
 *
 * @param {string} home
 * @param {number} port
 * @param {number} pageCacheMb
 */
function installedEnvironment(home, port, pageCacheMb) {
  const conf = join(home, 'conf');
  const heap = process.env.NEO4J_HEAP || '512m';
  mkdirSync(conf, { recursive: true });
  const settings = {
    'server.directories.data': join(home, 'data'),
    'server.directories.logs': join(home, 'logs'),
    'server.directories.run': join(home, 'run'),
    'server.directories.import': join(home, 'import'),
    'server.directories.transaction.logs.root': join(home, 'data', 'transactions'),
    'server.default_listen_address': LOOPBACK,
    'server.bolt.listen_address': `${LOOPBACK}:${port}`,
    'server.bolt.advertised_address': `${LOOPBACK}:${port}`,
    'server.http.enabled': 'false',
    'server.https.enabled': 'false',
    'server.memory.heap.initial_size': heap,
    'server.memory.heap.max_size': heap,
    'server.memory.pagecache.size': `${pageCacheMb}m`,
    'dbms.security.auth_enabled': 'false',
    'dbms.usage_report.enabled': 'false',
    'db.lock.acquisition.timeout': '30s',
    'db.transaction.timeout': '10m',
    'db.logs.query.enabled': 'OFF',
  };
  const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}\n`);
  writeFileSync(join(conf, 'neo4j.conf'), lines.join(''));
  return { ...process.env, NEO4J_CONF: conf };
}
