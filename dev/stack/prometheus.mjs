import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ensureBuilt, runToEnd } from './build.mjs';
import { StackError } from './errors.mjs';
import { freePort, LOOPBACK } from './ports.mjs';
import { httpOk } from './probes.mjs';
import { lastLines, startProcess, waitReady } from './process.mjs';
import { ensureServer } from './programs.mjs';
import { linesOnly } from './progress.mjs';

/**
 * @typedef {object} ScrapeConfig
 * @property {string} job
 * @property {string[]} targets as `host:port`
 * @property {Record<string, string>} [labels]
 * @property {string} [path] `/metrics`
 */

/**
 * @typedef {object} PrometheusOptions
 * @property {string} dataDir
 * @property {number} [port]
 * @property {readonly ScrapeConfig[]} [scrapeConfigs]
 * @property {string} [scrapeInterval] 5 s
 * @property {string} [retention] 15 days
 * @property {Record<string, string>} [externalLabels] what Thanos knows this server by
 * @property {boolean} [takesRemoteWrite] from whoever reaches the port, pages in a browser among them; false
 * @property {readonly string[]} [extraArgs]
 * @property {string} [logFile]
 * @property {import('./progress.mjs').Log} [log]
 * @property {import('./programs.mjs').Program} [program]
 * @property {boolean} [readsFolder] whether it also reads scrape configurations from `scrape.d`; true
 */

/** @param {string} dataDir */
const storage = (dataDir) => join(resolve(dataDir), 'tsdb');

/**
 * Prometheus on the loopback, which takes nothing from others unless it is told to and lets no page
 * read it. More scrape configurations can be put into `scrape.d`.
 *
 * @param {PrometheusOptions} options
 */
export async function startPrometheus(options) {
  const { scrapeConfigs = [], scrapeInterval = '5s', retention = '15d', extraArgs = [] } = options;
  const { externalLabels = {}, takesRemoteWrite = false } = options;
  const port = options.port ?? (await freePort());
  const program = options.program ?? (await ensureServer('prometheus', { log: options.log }));
  const dataDir = resolve(options.dataDir);
  mkdirSync(join(dataDir, 'scrape.d'), { recursive: true });
  const config = join(dataDir, 'prometheus.yml');
  // Prometheus 2.42 does not know the setting yet.
  const folder = options.readsFolder === false ? undefined : join(dataDir, 'scrape.d');
  const yaml = { scrapeConfigs, scrapeInterval, externalLabels, folder };
  writeFileSync(config, prometheusYaml(yaml));
  const running = await startProcess({
    name: 'Prometheus',
    command: program.command,
    args: [
      ...program.args,
      `--config.file=${config}`,
      `--storage.tsdb.path=${storage(dataDir)}`,
      `--storage.tsdb.retention.time=${retention}`,
      `--web.listen-address=${LOOPBACK}:${port}`,
      // No origin is called so, and by default all of them may read.
      '--web.cors.origin=none',
      ...(takesRemoteWrite ? ['--web.enable-remote-write-receiver'] : []),
      '--log.level=warn',
      ...extraArgs,
    ],
    logFile: options.logFile ?? join(dataDir, 'prometheus.log'),
  });
  const url = `http://${LOOPBACK}:${port}`;
  await waitReady(running, () => httpOk(`${url}/-/ready`));
  return { ...running, url };
}

/**
 * Prometheus 2.42, as Debian 12 has it: before 3, a range began with the sample at its left end.
 *
 * @param {PrometheusOptions} options
 */
export async function startPrometheus2(options) {
  const directory = await ensureBuilt('debian-prometheus', linesOnly(options.log ?? (() => {})));
  const command = join(directory, 'usr', 'bin', 'prometheus');
  const program = {
    name: /** @type {const} */ ('prometheus'),
    from: /** @type {const} */ ('cache'),
  };
  return startPrometheus({
    ...options,
    program: { ...program, command, args: [] },
    readsFolder: false,
  });
}

/**
 * @param {{ scrapeConfigs: readonly ScrapeConfig[], scrapeInterval: string,
 *   externalLabels: Record<string, string>, folder: string | undefined }} what
 * @returns {string} a configuration file; JSON strings are YAML strings, so they do the quoting
 */
export function prometheusYaml({ scrapeConfigs, scrapeInterval, externalLabels, folder }) {
  const jobs = scrapeConfigs.flatMap(({ job, targets, labels = {}, path = '/metrics' }) => [
    `  - job_name: ${JSON.stringify(job)}`,
    `    metrics_path: ${JSON.stringify(path)}`,
    '    static_configs:',
    `      - targets: ${JSON.stringify(targets)}`,
    `        labels: ${JSON.stringify(labels)}`,
  ]);
  return [
    'global:',
    `  scrape_interval: ${JSON.stringify(scrapeInterval)}`,
    `  scrape_timeout: ${JSON.stringify(scrapeInterval)}`,
    `  external_labels: ${JSON.stringify(externalLabels)}`,
    ...(folder ? ['scrape_config_files:', `  - ${JSON.stringify(join(folder, '*.yml'))}`] : []),
    jobs.length > 0 ? 'scrape_configs:' : 'scrape_configs: []',
    ...jobs,
    '',
  ].join('\n');
}

/**
 * Writes recorded samples into the data directory of a Prometheus that is not running.
 *
 * @param {{ file: string, dataDir: string, promtool?: import('./programs.mjs').Program,
 *   log?: import('./progress.mjs').Log }} options the file is OpenMetrics with time stamps
 */
export async function backfill({ file, dataDir, promtool, log }) {
  const program = promtool ?? (await ensureServer('promtool', { log }));
  const directory = storage(dataDir);
  mkdirSync(directory, { recursive: true });
  const logFile = join(resolve(dataDir), 'backfill.log');
  const ok = await runToEnd({
    name: 'promtool',
    command: program.command,
    args: [...program.args, 'tsdb', 'create-blocks-from', 'openmetrics', resolve(file), directory],
    logFile,
  });
  if (ok) return;
  const last = lastLines(logFile, 1)[0]?.trim() ?? 'nothing';
  throw new StackError(`${file} could not be written into Prometheus: promtool said “${last}”.`);
}
