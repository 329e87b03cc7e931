import { LOOPBACK } from '../stack/ports.mjs';

/** @typedef {import('./options.mjs').Options} Options */
/** @typedef {import('./options.mjs').Env} Env */
/** @typedef {import('./options.mjs').PortName} PortName */

/** The first user of a Neo4j, and in the Community Edition the usual one. */
export const NEO4J_USER = 'neo4j';

/**
 * @typedef {object} Plan
 * @property {string | undefined} temporal the configured address; undefined: we run one
 * @property {string | undefined} neo4j
 * @property {string | undefined} prometheus
 * @property {string | undefined} sourcesFile the file that names the sources; then no Prometheus runs here
 * @property {boolean} demo
 * @property {import('../stack/ports.mjs').PortUse[]} ports that must be free
 * @property {Record<string, string | undefined>} appEnv the whole environment of Topolog's processes
 */

/** What the demo needs to be worth watching: small windows that are read soon. */
const DEMO = {
  OTEL_GRAPH_SOURCE_ID: 'demo',
  OTEL_GRAPH_INGEST_INTERVAL_MINUTES: '1',
  OTEL_GRAPH_SETTLE_SECONDS: '10',
  OTEL_GRAPH_SCRAPE_INTERVAL_SECONDS: '5',
  // There is no past to read, and what vanishes is to be seen going stale.
  INGEST_BACKFILL_HOURS: '0',
  STALE_EDGE_THRESHOLD_HOURS: '5m',
  STALE_SCHEDULE: '* * * * *',
};

/** Ways of reaching some other Temporal, which must not steer a client of the local one. */
const ELSEWHERE = /^TEMPORAL_(API_KEY|PROFILE|CONFIG_FILE|TLS.*|CLIENT_AUTHORITY|GRPC_META_.*)$/;

/** @type {Record<PortName, string>} */
const WHAT = {
  api: 'the API',
  worker: "the worker's health and metrics",
  temporalMetrics: "the metrics of Temporal's SDK",
  temporal: 'Temporal',
  temporalUi: 'the Temporal UI',
  bolt: 'Neo4j, Bolt',
  prometheus: 'Prometheus',
  exporter: 'the demo shop',
};

/**
 * What is to run here and what is already running elsewhere.
 *
 * @param {Options} options
 * @param {Env} env
 * @returns {Plan}
 */
export function planStack(options, env) {
  const { ports } = options;
  const temporal = env.TEMPORAL_ADDRESS || undefined;
  const neo4j = env.NEO4J_URI || undefined;
  const prometheus = env.PROMETHEUS_URL || undefined;
  // Sources of a file are many, so only Topolog itself (`topolog doctor`) tells whether they answer.
  const sourcesFile = env.TOPOLOG_SOURCES_FILE || undefined;
  const demo = options.demo && !prometheus && !sourcesFile;
  /** @type {PortName[]} */
  const used = ['api', 'worker', 'temporalMetrics'];
  if (!temporal) used.push('temporal', 'temporalUi');
  if (!neo4j) used.push('bolt');
  if (!prometheus && !sourcesFile) used.push('prometheus');
  if (demo) used.push('exporter');

  const own = Object.fromEntries(Object.entries(env).filter(([, value]) => value));
  const kept = temporal
    ? own
    : Object.fromEntries(Object.entries(own).filter(([name]) => !ELSEWHERE.test(name)));
  return {
    temporal,
    neo4j,
    prometheus,
    sourcesFile,
    demo,
    ports: used.map((name) => ({
      port: ports[name],
      what: WHAT[name],
      remedy: remedyFor(name, options),
    })),
    appEnv: {
      ...(demo ? DEMO : {}),
      ...kept,
      TEMPORAL_ADDRESS: temporal ?? `${LOOPBACK}:${ports.temporal}`,
      NEO4J_URI: neo4j ?? `bolt://${LOOPBACK}:${ports.bolt}`,
      ...(sourcesFile
        ? {}
        : { PROMETHEUS_URL: prometheus ?? `http://${LOOPBACK}:${ports.prometheus}` }),
      HOST: LOOPBACK,
      PORT: String(ports.api),
      WORKER_PORT: String(ports.worker),
      TEMPORAL_METRICS_PORT: String(ports.temporalMetrics),
    },
  };
}

/**
 * @param {PortName} name
 * @param {Options} options
 */
function remedyFor(name, { portOffset, ports }) {
  const all = `move every port with \`npm start -- --port-offset ${portOffset + 100}\``;
  return name === 'api' ? `move it with \`PORT=${ports.api + 10} npm start\`, or ${all}` : all;
}

/**
 * The plan with the password of the Neo4j that runs here, which none but that one is given: what the
 * user has set is for a server of his own.
 *
 * @param {Plan} plan
 * @param {string} password
 * @returns {Plan}
 */
export function withPassword(plan, password) {
  const appEnv = { ...plan.appEnv, NEO4J_USER, NEO4J_PASSWORD: password };
  return { ...plan, appEnv };
}
