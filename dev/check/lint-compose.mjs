// Loads docker-compose.yml as Docker Compose does and holds every service to the rules of this project;
// promtool reads the configuration of Prometheus.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { run } from '../image/run.mjs';
import { ensureBuilt } from '../stack/build.mjs';
import { StackError } from '../stack/errors.mjs';
import { ensureServer } from '../stack/programs.mjs';
import { createTerminal } from '../stack/progress.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** One program and no shell in the image, so that nothing in it can ask; or it ends by itself. */
const UNASKED = ['otel-collector', 'tempo', 'migrate'];
/** Writes its configuration into its own folder when it starts. */
const WRITING = ['neo4j'];

/**
 * @typedef {object} Service
 * @property {string} image
 * @property {object} [build]
 * @property {boolean} [read_only]
 * @property {string[]} [cap_drop]
 * @property {string[]} [security_opt]
 * @property {{ test?: string[], disable?: boolean }} [healthcheck]
 * @property {{ resources?: { limits?: { memory?: string, cpus?: number } } }} [deploy]
 * @property {{ host_ip?: string, published?: string }[]} [ports]
 * @property {{ type: string, source: string, read_only?: boolean }[]} [volumes]
 * @property {Record<string, { condition: string }>} [depends_on]
 */

/**
 * @param {string} name
 * @param {Service} service
 * @param {Record<string, Service>} services
 * @returns {string[]} what is wrong
 */
function wrongWith(name, service, services) {
  const limits = service.deploy?.resources?.limits;
  const asked = Boolean(service.healthcheck?.test);
  /** @type {[boolean, string][]} */
  const rules = [
    [Boolean(service.build) || /:v?\d+\.\d+\.\d+/.test(service.image), 'its image has no version'],
    [Boolean(limits?.memory && limits.cpus), 'it has no limits of memory and processors'],
    [service.cap_drop?.includes('ALL') === true, 'it keeps capabilities'],
    [
      service.security_opt?.includes('no-new-privileges:true') === true,
      'it may take new privileges',
    ],
    [service.read_only === true || WRITING.includes(name), 'its root can be written'],
    [asked !== UNASKED.includes(name), 'it has no health check'],
  ];
  const wrong = rules.flatMap(([holds, what]) => (holds ? [] : [what]));
  for (const { host_ip, published } of service.ports ?? []) {
    if (host_ip !== '127.0.0.1') wrong.push(`port ${published} is open to the network`);
  }
  for (const { type, source, read_only } of service.volumes ?? []) {
    if (type !== 'bind') continue;
    if (!read_only) wrong.push(`${source} could be written`);
    if (!existsSync(source)) wrong.push(`${source} is not there`);
  }
  for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
    const wanted = services[other]?.healthcheck?.test ? 'service_healthy' : condition;
    if (condition !== wanted) wrong.push(`it does not wait for ${other} to be healthy`);
  }
  return wrong.map((what) => `docker-compose.yml: ${name}: ${what}`);
}

try {
  const linters = await ensureBuilt('lint', createTerminal());
  const file = join(root, 'docker-compose.yml');
  const env = { PATH: process.env.PATH, NEO4J_PASSWORD: 'only-for-this-check' };
  const project = JSON.parse(run(join(linters, 'compose'), [file], { env }));
  /** @type {Record<string, Service>} */
  const services = project.services;
  const wrong = Object.entries(services).flatMap(([name, service]) =>
    wrongWith(name, service, services),
  );
  const promtool = await ensureServer('promtool');
  const prometheus = join(root, 'ops/compose/prometheus.yml');
  run(promtool.command, [...promtool.args, 'check', 'config', prometheus]);
  for (const line of wrong) console.error(line);
  if (wrong.length > 0) process.exitCode = 1;
  else
    console.log(
      `docker-compose.yml: ${Object.keys(services).length} services, all as they should be.`,
    );
} catch (error) {
  if (!(error instanceof StackError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
