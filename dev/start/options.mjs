import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { StackError } from '../stack/errors.mjs';

export const HELP = `npm start -- [options]

Starts Topolog with a Temporal, a Neo4j and a Prometheus. Each is, in this order: the configured
server (TEMPORAL_ADDRESS, NEO4J_URI, PROMETHEUS_URL) or program (TOPOLOG_TEMPORAL_PROGRAM,
TOPOLOG_NEO4J_PROGRAM, TOPOLOG_PROMETHEUS_PROGRAM), the program on the PATH, the one in your cache,
the official release, downloaded and verified, or a build from source. Ctrl-C stops all of it; the
data stays.

  --port-offset N   move every port by N, to run beside another stack
  --data DIR        where data and logs are kept (.topolog)
  --no-demo         without the demo shop's traffic
  --remote-write    Prometheus takes remote write, from any program and page on this machine
  --help            this text

  TOPOLOG_DOWNLOADS environment: the URL of a mirror of the releases, or off

  PORT, WORKER_PORT, TEMPORAL_METRICS_PORT
                    environment: ports of the API (8000), the worker (8001), Temporal's SDK (8002)
`;

/** @typedef {'api' | 'worker' | 'temporalMetrics' | 'temporal' | 'temporalUi' | 'bolt' | 'prometheus' | 'exporter'} PortName */
/** @typedef {Readonly<Record<string, string | undefined>>} Env */

/** @type {Record<PortName, number>} */
const BASE_PORTS = {
  api: 8000,
  worker: 8001,
  temporalMetrics: 8002,
  temporal: 7233,
  temporalUi: 8233,
  bolt: 7687,
  prometheus: 9090,
  exporter: 9464,
};

/**
 * @typedef {object} Options
 * @property {boolean} help
 * @property {boolean} demo
 * @property {boolean} remoteWrite
 * @property {string} dataDir absolute
 * @property {number} portOffset
 * @property {Record<PortName, number>} ports
 */

/** @param {string} message */
const usage = (message) => new StackError(`${message} (npm start -- --help).`, { exitCode: 2 });

/**
 * @param {readonly string[]} args
 * @param {Env} env
 * @returns {Options}
 */
export function parseOptions(args, env) {
  const values = parse(args);
  const portOffset = Number(values['port-offset']);
  if (!/^\d+$/.test(values['port-offset']) || portOffset > 65_535 - BASE_PORTS.exporter) {
    const most = 65_535 - BASE_PORTS.exporter;
    throw usage(`--port-offset must be a number from 0 to ${most}, not “${values['port-offset']}”`);
  }
  if (values.data === '') throw usage('--data must name a directory');
  /** @param {PortName} name */
  const moved = (name) => BASE_PORTS[name] + portOffset;
  return {
    help: values.help,
    demo: !values['no-demo'],
    remoteWrite: values['remote-write'],
    dataDir: resolve(values.data),
    portOffset,
    ports: {
      api: portFrom(env, 'PORT') ?? moved('api'),
      worker: portFrom(env, 'WORKER_PORT') ?? moved('worker'),
      temporalMetrics: portFrom(env, 'TEMPORAL_METRICS_PORT') ?? moved('temporalMetrics'),
      temporal: moved('temporal'),
      temporalUi: moved('temporalUi'),
      bolt: moved('bolt'),
      prometheus: moved('prometheus'),
      exporter: moved('exporter'),
    },
  };
}

/** @param {readonly string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        'port-offset': { type: 'string', default: '0' },
        data: { type: 'string', default: '.topolog' },
        'no-demo': { type: 'boolean', default: false },
        'remote-write': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    // Its first sentence names the option; the rest is advice for those who parse.
    const [sentence = ''] = (error instanceof Error ? error.message : '').split(/\.\s|\.$/);
    throw usage(sentence);
  }
}

/**
 * @param {Env} env
 * @param {string} name
 * @returns {number | undefined} undefined where the variable is unset or empty
 */
function portFrom(env, name) {
  const text = env[name];
  if (!text) return undefined;
  const port = Number(text);
  if (/^\d+$/.test(text) && port > 0 && port < 65_536) return port;
  throw usage(`${name} must be a port from 1 to 65535, not “${text}”`);
}
