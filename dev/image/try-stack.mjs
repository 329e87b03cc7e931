import { join } from 'node:path';
import process from 'node:process';
import { StackError } from '../stack/errors.mjs';
import { startNeo4j } from '../stack/neo4j.mjs';
import { freePort, LOOPBACK } from '../stack/ports.mjs';
import { startPrometheus } from '../stack/prometheus.mjs';
import { startTemporal } from '../stack/temporal.mjs';
import { waitUntil } from '../stack/wait.mjs';
import { createContainer, stopWell } from './containers.mjs';
import { run } from './run.mjs';

/**
 * Runs the images as compose does: servers, the schema, worker and API, one run, and a clean end.
 *
 * @param {object} options
 * @param {{ stage: import('./stages.mjs').Built, root: string }[]} options.roots
 * @param {string} options.folder
 * @param {string} options.project
 * @param {(line: string) => void} options.say
 */
export async function tryStack({ roots, folder, project, say }) {
  const logDir = join(folder, 'logs');
  /** @param {string} name */
  const image = (name) => {
    const found = roots.find(({ stage }) => stage.name === name);
    if (!found) throw new StackError(`The Dockerfile has no target ${name}.`);
    return createContainer({ ...found, logDir });
  };
  const data = (/** @type {string} */ name) => join(folder, 'data', name);

  const demoPort = String(await freePort());
  const demo = await image('demo').start({ DEMO_PORT: demoPort }, [
    'node',
    'dev/demo/exporter.mjs',
  ]);
  const [temporal, neo4j, prometheus] = await Promise.all([
    startTemporal({ dataDir: data('temporal') }),
    startNeo4j({ dataDir: data('neo4j') }),
    startPrometheus({
      dataDir: data('prometheus'),
      scrapeInterval: '1s',
      scrapeConfigs: [{ job: 'tempo', targets: [`${LOOPBACK}:${demoPort}`] }],
    }),
  ]);
  const env = {
    HOST: LOOPBACK,
    PORT: String(await freePort()),
    WORKER_PORT: String(await freePort()),
    TEMPORAL_ADDRESS: temporal.address,
    NEO4J_URI: neo4j.uri,
    PROMETHEUS_URL: prometheus.url,
    OTEL_GRAPH_INGEST_INTERVAL_MINUTES: '1',
    OTEL_GRAPH_SETTLE_SECONDS: '2',
    OTEL_GRAPH_SCRAPE_INTERVAL_SECONDS: '5',
    INGEST_BACKFILL_HOURS: '0',
  };
  say(image('api').run(['topolog', 'migrate'], env).trimEnd());
  const worker = await image('worker').start(env);
  say('The worker is healthy.');
  const api = await image('api').start(env);
  say('The API is healthy.');
  const url = `http://${LOOPBACK}:${env.PORT}`;
  await answers(`${url}/docs/swagger-ui.css`);
  await answers(`http://${LOOPBACK}:${env.WORKER_PORT}/metrics`);
  say(run(process.execPath, [join(project, 'dev/smoke.mjs'), '--url', url]).trimEnd());
  const found = await waitUntil(async () => (await dependencies(url)) > 10, {
    timeoutMs: 240_000,
    everyMs: 1000,
  });
  if (!found) throw new StackError('No dependency of the demo shop was found within 4 minutes.');
  say(`${await dependencies(url)} dependencies of the demo shop are in the graph.`);
  for (const running of [api, worker, demo]) await stopWell(running);
  say('All ended with 0 after SIGTERM.');
}

/** @param {string} url */
async function dependencies(url) {
  const response = await fetch(`${url}/api/v1/graph`);
  const graph = /** @type {{ dependencies?: unknown[] }} */ (await response.json());
  return graph.dependencies?.length ?? 0;
}

/** @param {string} url */
async function answers(url) {
  const { ok, status } = await fetch(url);
  if (!ok) throw new StackError(`${url} answers ${status}.`);
}
