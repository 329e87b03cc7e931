import { BUCKETS } from './player.mjs';

/** @typedef {import('./player.mjs').Sample} Sample */
/** @typedef {import('./player.mjs').Histogram} Histogram */

/** @param {string} value */
const quoted = (value) =>
  `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;

/** @param {Sample} sample */
function labelsOf({ dependency: { client, server, type, virtual } }) {
  const labels = {
    client,
    server,
    connection_type: type,
    ...(virtual && { virtual_node: virtual }),
  };
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${quoted(value)}`)
    .join(',');
}

/**
 * @param {string} name
 * @param {string} help
 * @param {readonly Sample[]} samples
 * @param {(sample: Sample) => number | undefined} value
 */
function counter(name, help, samples, value) {
  const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} counter`];
  for (const sample of samples) {
    const now = value(sample);
    if (now !== undefined) lines.push(`${name}{${labelsOf(sample)}} ${now}`);
  }
  return lines;
}

/**
 * @param {string} name
 * @param {string} help
 * @param {readonly Sample[]} samples
 * @param {(sample: Sample) => Histogram | undefined} value
 */
function histogram(name, help, samples, value) {
  const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`];
  for (const sample of samples) {
    const now = value(sample);
    if (!now) continue;
    const labels = labelsOf(sample);
    for (const [index, le] of BUCKETS.entries()) {
      lines.push(`${name}_bucket{${labels},le="${le}"} ${now.buckets[index]}`);
    }
    lines.push(
      `${name}_bucket{${labels},le="+Inf"} ${now.count}`,
      `${name}_sum{${labels}} ${now.sum}`,
      `${name}_count{${labels}} ${now.count}`,
    );
  }
  return lines;
}

/**
 * @param {readonly Sample[]} samples
 * @returns {string} in Prometheus' text format, under the names Tempo's metrics generator uses
 */
export function exposition(samples) {
  const name = 'traces_service_graph_request';
  return [
    counter(`${name}_total`, 'Requests between two nodes.', samples, ({ total }) => total),
    counter(`${name}_failed_total`, 'Failed requests.', samples, ({ failed }) => failed),
    histogram(`${name}_server_seconds`, 'Time seen by the server.', samples, (s) => s.server),
    histogram(`${name}_client_seconds`, 'Time seen by the client.', samples, (s) => s.client),
    histogram(
      `${name}_messaging_system_seconds`,
      'Time between publisher and consumer.',
      samples,
      ({ messaging }) => messaging,
    ),
  ]
    .flat()
    .concat('')
    .join('\n');
}
