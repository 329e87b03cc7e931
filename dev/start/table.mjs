import { LOOPBACK } from '../stack/ports.mjs';
import { PASSWORD_FILE } from './neo4j-password.mjs';
import { NEO4J_USER } from './plan.mjs';

/**
 * @param {object} what
 * @param {import('./options.mjs').Options} what.options
 * @param {import('./plan.mjs').Plan} what.plan
 * @param {string} what.shownDataDir
 * @returns {string} what runs where, how to use it and how to stop it
 */
export function table({ options, plan, shownDataDir }) {
  const { ports } = options;
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
      : [
          'Prometheus',
          plan.prometheus ?? `http://${LOOPBACK}:${ports.prometheus}`,
          promNote(plan, options),
        ],
    ['Bolt', bolt.replace(/\/\/[^/@]*@/, '//'), plan.neo4j ? 'yours' : neo4jNote(shownDataDir)],
    ['Data, logs', shownDataDir],
  ];
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    `  ${row[0].padEnd(widths[0] ?? 0)}  ${row[1].padEnd(widths[1] ?? 0)}  ${row[2] ?? ''}`.trimEnd(),
  );
  const demo = [
    'The demo shop is in the graph within two minutes. Then try:',
    `  curl -s '${api}/api/v1/graph'`,
    `  curl -s '${api}/api/v1/services/checkout/dependencies'`,
    `  node --env-file=${shownDataDir}/env dist/cli.js doctor`,
    '',
  ];
  return [
    '',
    'Topolog is running. Ctrl-C stops it; the data stays.',
    '',
    ...lines,
    '',
    ...(plan.demo ? demo : []),
  ].join('\n');
}

/** @param {string} shownDataDir */
function neo4jNote(shownDataDir) {
  return `user ${NEO4J_USER}, password in ${shownDataDir}/${PASSWORD_FILE}`;
}

/**
 * @param {import('./plan.mjs').Plan} plan
 * @param {import('./options.mjs').Options} options
 */
function promNote({ prometheus, demo }, { remoteWrite }) {
  if (prometheus) return 'yours';
  const has = demo ? 'with a demo shop' : 'with what you let it scrape';
  return remoteWrite ? `${has}; takes remote write` : has;
}
