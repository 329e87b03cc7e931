import { StackError } from '../stack/errors.mjs';
import { boltAnswers, httpStatus, tcpAnswers } from '../stack/probes.mjs';

/**
 * Refuses when a server the user named does not answer: starting another one in its place would
 * hide the mistake.
 *
 * @param {import('./plan.mjs').Plan} plan
 */
export async function requireConfigured({ temporal, neo4j, prometheus }) {
  if (temporal !== undefined) {
    const { host, port } = hostAndPort('TEMPORAL_ADDRESS', temporal, `grpc://${temporal}`, 7233);
    requireAnswer('TEMPORAL_ADDRESS', temporal, await tcpAnswers(host, port));
  }
  if (neo4j !== undefined) {
    const { host, port, plain } = hostAndPort('NEO4J_URI', neo4j, neo4j, 7687);
    const answers = plain ? await boltAnswers(host, port) : await tcpAnswers(host, port);
    requireAnswer('NEO4J_URI', neo4j, answers);
  }
  if (prometheus !== undefined) {
    hostAndPort('PROMETHEUS_URL', prometheus, prometheus, 80);
    // Whatever it says: it may want a key, or be none of the servers that know /-/ready.
    requireAnswer('PROMETHEUS_URL', prometheus, (await httpStatus(prometheus)) !== undefined);
  }
}

/**
 * @param {string} name
 * @param {string} value
 * @param {string} url
 * @param {number} defaultPort
 */
function hostAndPort(name, value, url, defaultPort) {
  if (!URL.canParse(url) || new URL(url).hostname === '') {
    const wanted = name === 'TEMPORAL_ADDRESS' ? 'host:port' : 'a URL';
    throw new StackError(`${name} must be ${wanted}, not “${value}”: mend it or unset it.`);
  }
  const { hostname, port, protocol } = new URL(url);
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port ? Number(port) : defaultPort,
    plain: !protocol.includes('+'),
  };
}

/**
 * @param {string} name
 * @param {string} value
 * @param {boolean} answers
 */
function requireAnswer(name, value, answers) {
  if (answers) return;
  const shown = value.replace(/\/\/[^/@]*@/, '//');
  throw new StackError(
    `${name} is ${shown} and nothing answers there: start that server, or unset ${name} to have one run here.`,
  );
}
