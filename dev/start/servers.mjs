import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { startNeo4j } from '../stack/neo4j.mjs';
import { LOOPBACK } from '../stack/ports.mjs';
import { httpOk } from '../stack/probes.mjs';
import { startProcess, waitReady } from '../stack/process.mjs';
import { ensureServer } from '../stack/programs.mjs';
import { startPrometheus } from '../stack/prometheus.mjs';
import { startTemporal } from '../stack/temporal.mjs';

/** @typedef {import('../stack/programs.mjs').Program} Program */
/** @typedef {import('../stack/process.mjs').Running} Running */
/** @typedef {import('./plan.mjs').Plan} Plan */

/**
 * The programs of those servers that are to run here. One after the other: each build takes the
 * whole machine.
 *
 * @param {Plan} plan
 * @param {import('../stack/progress.mjs').Terminal} terminal
 */
export async function ensurePrograms(plan, terminal) {
  return {
    prometheus:
      plan.prometheus || plan.sourcesFile
        ? undefined
        : await ensureServer('prometheus', { terminal }),
    temporal: plan.temporal ? undefined : await ensureServer('temporal', { terminal }),
    neo4j: plan.neo4j ? undefined : await ensureServer('neo4j', { terminal }),
  };
}

/**
 * @typedef {object} StartServers
 * @property {Plan} plan
 * @property {{ prometheus: Program | undefined, temporal: Program | undefined, neo4j: Program | undefined }} programs
 * @property {import('./options.mjs').Options} options
 * @property {(running: Running) => void} onStarted as soon as each is ready
 */

/**
 * Starts them together and waits for all, also when one fails, so that none is forgotten.
 *
 * @param {StartServers} what
 */
export async function startServers({ plan, programs, options, onStarted }) {
  const { dataDir, ports } = options;
  const password = plan.appEnv.NEO4J_PASSWORD;
  /** @param {string} name */
  const log = (name) => join(dataDir, 'logs', `${name}.log`);
  /** @type {Promise<Running>[]} */
  const starting = [];
  if (plan.demo) starting.push(startExporter(ports.exporter, log('demo-shop')));
  if (programs.prometheus) {
    /** @param {number} port */
    const at = (port) => [`${LOOPBACK}:${port}`];
    const demo = plan.demo ? [{ job: 'tempo', targets: at(ports.exporter) }] : [];
    starting.push(
      startPrometheus({
        dataDir: join(dataDir, 'prometheus'),
        port: ports.prometheus,
        // Topolog's own metrics lie beside what it reads, for its dashboards.
        scrapeConfigs: [
          ...demo,
          { job: 'topolog-api', targets: at(ports.api), path: '/api/v1/metrics' },
          { job: 'topolog-worker', targets: at(ports.worker) },
          { job: 'topolog-worker-sdk', targets: at(ports.temporalMetrics) },
        ],
        takesRemoteWrite: options.remoteWrite,
        program: programs.prometheus,
        logFile: log('prometheus'),
      }),
    );
  }
  if (programs.temporal) {
    const namespace = plan.appEnv.TEMPORAL_NAMESPACE;
    starting.push(
      startTemporal({
        dataDir: join(dataDir, 'temporal'),
        port: ports.temporal,
        uiPort: ports.temporalUi,
        program: programs.temporal,
        logFile: log('temporal'),
        ...(namespace ? { namespace } : {}),
      }),
    );
  }
  if (programs.neo4j) {
    starting.push(
      startNeo4j({
        dataDir: join(dataDir, 'neo4j'),
        port: ports.bolt,
        ...(password === undefined ? {} : { password }),
        program: programs.neo4j,
        logFile: log('neo4j'),
      }),
    );
  }
  for (const one of starting) void one.then(onStarted, () => {});
  const outcomes = await Promise.allSettled(starting);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

/**
 * @param {number} port
 * @param {string} logFile
 */
async function startExporter(port, logFile) {
  const script = fileURLToPath(new URL('../demo/exporter.mjs', import.meta.url));
  const running = await startProcess({
    name: 'the demo shop',
    command: process.execPath,
    args: [script, '--port', String(port)],
    logFile,
  });
  await waitReady(running, () => httpOk(`http://${LOOPBACK}:${port}/metrics`));
  return running;
}
