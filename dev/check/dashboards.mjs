// Runs every query of every dashboard against a Prometheus and says which panels would be empty:
// `node dev/check/dashboards.mjs http://127.0.0.1:9090`.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../ops/dashboards', import.meta.url));

/**
 * @typedef {object} Query
 * @property {string} dashboard
 * @property {string} panel
 * @property {string} expression as it is written, with Grafana's variables
 */

/** Every query of every dashboard. @returns {Query[]} */
export function dashboardQueries() {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .flatMap((file) => {
      const { panels } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
      return panels.flatMap((/** @type {{ title: string, targets: { expr: string }[] }} */ panel) =>
        panel.targets.map(({ expr }) => ({
          dashboard: file,
          panel: panel.title,
          expression: expr,
        })),
      );
    });
}

/** What Grafana would send for all sources. @param {string} expression */
export const asSent = (expression) =>
  expression.replaceAll('$__rate_interval', '5m').replaceAll('$source', '.*');

/**
 * How many series a query shows that have a number.
 *
 * @param {string} prometheusUrl
 * @param {Query} query
 * @returns {Promise<number>}
 */
export async function seriesOf(prometheusUrl, { dashboard, panel, expression }) {
  const response = await fetch(`${prometheusUrl}/api/v1/query`, {
    method: 'POST',
    body: new URLSearchParams({ query: asSent(expression) }),
  });
  /** @type {any} */
  const answer = await response.json();
  const { status, error, data } = answer;
  if (status !== 'success') throw new Error(`${dashboard}, “${panel}”: ${error}`);
  const numbers = data.result.filter(
    (/** @type {{ value: [number, string] }} */ { value }) => value[1] !== 'NaN',
  );
  return numbers.length;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [url = 'http://127.0.0.1:9090'] = process.argv.slice(2);
  let empty = 0;
  for (const query of dashboardQueries()) {
    const series = await seriesOf(url, query);
    if (series === 0) empty += 1;
    console.log(`${query.dashboard}  ${query.panel}: ${series === 0 ? 'EMPTY' : series}`);
  }
  console.log(`${empty} empty`);
  process.exitCode = empty === 0 ? 0 : 1;
}
