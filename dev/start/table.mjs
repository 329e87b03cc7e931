import { LOOPBACK } from '../stack/ports.mjs';

/**
 * @param {object} what
 * @param {import('./options.mjs').Options} what.options
 * @param {import('./plan.mjs').Plan} what.plan
 * @param {string} what.shownDataDir
 * @returns {string} what runs where, how to use it and how to stop it
 */
export function table({ options: { ports }, plan, shownDataDir }) {
  const api = `http://${LOOPBACK}:${ports.api}`;
  const ui = `http://${LOOPBACK}:${ports.temporalUi}`;
  const bolt = plan.neo4j ?? `bolt://${LOOPBACK}:${ports.bolt}`;
  /** @type {[string, string, string?][]} */
  const rows = [
    ['API', api],
    ['Docs', `${api}/docs`],
    plan.temporal ? ['Temporal', plan.temporal, 'yours'] : ['Temporal UI', ui],
    plan.sourcesFile
      ? ['Sources', plan.sourcesFile, 'yours']
      : ['Prometheus', plan.prometheus ?? `http://${LOOPBACK}:${ports.prometheus}`, promNote(plan)],
    ['Bolt', bolt.replace(/\/\/[^/@]*@/, '//'), plan.neo4j ? 'yours' : 'Neo4j, no password'],
    ['Data, logs', shownDataDir],
  ];
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    `  ${row[0].padEnd(widths[0] ?? 0)}  ${row[1].padEnd(widths[1] ?? 0)}  ${row[2] ?? ''}`.trimEnd(),
  );
  return [
    '',
    'Topolog is running. Ctrl-C stops it; the data stays.',
    '',
    ...lines,
    '',
    plan.demo ? 'The demo shop is in the graph within two minutes. Then try:' : 'Try:',
    `  curl -s '${api}/api/v1/graph'`,
    `  curl -s '${api}/api/v1/services/checkout/dependencies'`,
    `  node --env-file=${shownDataDir}/env dist/cli.js doctor`,
    '',
  ].join('\n');
}

/** @param {import('./plan.mjs').Plan} plan */
function promNote({ prometheus, demo }) {
  if (prometheus) return 'yours';
  return demo ? 'with a demo shop' : 'takes remote write, and scrape.d';
}
