import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { OPENED_TO_NEO4J } from './java.mjs';
import { freePort, LOOPBACK } from './ports.mjs';
import { boltAnswers } from './probes.mjs';
import { startProcess, waitReady } from './process.mjs';
import { ensureServer } from './programs.mjs';

/**
 * @typedef {object} Neo4jOptions
 * @property {string} dataDir
 * @property {number} [port]
 * @property {number} [pageCacheMb]
 * @property {string} [password] of the user neo4j; without it everybody is let in
 * @property {string} [logFile]
 * @property {import('./progress.mjs').Log} [log]
 * @property {import('./programs.mjs').Program} [program]
 */

/**
 * Neo4j Community with Bolt on the loopback. Without a password any page in a browser of this machine
 * may talk to it, by WebSocket: that is for data that is thrown away.
 *
 * @param {Neo4jOptions} options
 */
export async function startNeo4j(options) {
  const { pageCacheMb = 64, password } = options;
  const port = options.port ?? (await freePort());
  const program = options.program ?? (await ensureServer('neo4j', { log: options.log }));
  const home = resolve(options.dataDir);
  mkdirSync(home, { recursive: true });
  if (password !== undefined) writeInitialPassword(home, password);
  const settings = { home, port, pageCacheMb, isProtected: password !== undefined };
  const how =
    program.from === 'cache'
      ? { args: [...program.args, ...builtArguments(settings)], env: process.env }
      : { args: ['console'], env: { ...installedEnvironment(settings), ...program.env } };
  const running = await startProcess({
    name: 'Neo4j',
    command: program.command,
    ...how,
    logFile: options.logFile ?? join(home, 'neo4j.log'),
    // Closing the store writes a checkpoint.
    graceMs: 30_000,
  });
  await waitReady(running, () => boltAnswers(LOOPBACK, port), { timeoutMs: 300_000 });
  return { ...running, uri: `bolt://${LOOPBACK}:${port}` };
}

/** @typedef {{ home: string, port: number, pageCacheMb: number, isProtected: boolean }} Settings */

/**
 * Neo4j takes the password from here as long as that of its first user is the one it was shipped with,
 * so data that were kept without one get it too. The form is that of `neo4j-admin dbms
 * set-initial-password`.
 *
 * @param {string} home
 * @param {string} password
 */
function writeInitialPassword(home, password) {
  const salt = randomBytes(32);
  const iterations = 1024;
  let hash = createHash('sha256').update(salt).update(password).digest();
  for (let done = 1; done < iterations; done += 1) {
    hash = createHash('sha256').update(hash).digest();
  }
  const folder = join(home, 'data', 'dbms');
  mkdirSync(folder, { recursive: true });
  const credential = ['SHA-256', hash.toString('hex'), salt.toString('hex'), iterations].join(',');
  writeFileSync(join(folder, 'auth.ini'), `neo4j:${credential}:\n`, { mode: 0o600 });
}

/** @param {Settings} settings */
function builtArguments({ home, port, pageCacheMb, isProtected }) {
  return [home, String(port), String(pageCacheMb), isProtected ? 'password' : 'open'];
}

/**
 * A Neo4j with a script of its own is given a configuration directory of ours, so that its own data is
 * left alone.
 *
 * @param {Settings} settings
 */
function installedEnvironment({ home, port, pageCacheMb, isProtected }) {
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
    'dbms.security.auth_enabled': String(isProtected),
    // The password cannot be guessed; but wrong ones would lock out who has the right one.
    'dbms.security.auth_max_failed_attempts': '0',
    'dbms.usage_report.enabled': 'false',
    'db.lock.acquisition.timeout': '30s',
    'db.transaction.timeout': '10m',
    'db.logs.query.enabled': 'OFF',
  };
  const lines = [
    ...Object.entries(settings).map(([key, value]) => `${key}=${value}`),
    ...OPENED_TO_NEO4J.map((option) => `server.jvm.additional=${option}`),
  ];
  writeFileSync(join(conf, 'neo4j.conf'), `${lines.join('\n')}\n`);
  return { ...process.env, NEO4J_CONF: conf };
}
