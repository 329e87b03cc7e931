/** @typedef {import('./app.mjs').ConfiguredSource} ConfiguredSource */
/** @typedef {{ name: string, check: string, outcome: string, message: string | null }} Finding */

/**
 * What the launcher says of the sources, and which question comes first.
 *
 * @param {object} what
 * @param {readonly ConfiguredSource[]} what.sources
 * @param {number} what.backfillHours
 * @param {unknown} what.report `topolog doctor --json`
 * @param {unknown} what.known `topolog sources list --json`
 * @param {number} what.nowMillis
 * @param {string} what.api
 * @param {string} what.shownDataDir
 * @param {string} what.empty what to do where no source has a service graph
 * @returns {string}
 */
export function aboutSources(what) {
  const { sources, backfillHours, nowMillis, api, shownDataDir, empty } = what;
  const findings = findingsOf(what.report);
  const frontiers = frontiersOf(what.known);
  const cli = `node --env-file=${shownDataDir}/env dist/cli.js`;
  const told = sources.map((source) => ({
    source,
    answer: answerOf(findings, source),
    frontier: frontiers.get(source.id),
  }));
  const lines = told.flatMap(({ source, answer, frontier }) => [
    `  ${source.id}  ${source.url}`,
    `      ${answer.text}`,
    `      ${whenRead(source, frontier, backfillHours, nowMillis)}`,
  ]);
  const first = told.find(({ answer }) => answer.hasGraph);
  if (!first) return ['Sources:', ...lines, '', empty].join('\n');
  const only = sources.length > 1 ? ` --source ${first.source.id}` : '';
  const readNow = `  ${cli} ingest --wait${only}   # reads it now, without waiting`;
  return [
    'Sources:',
    ...lines,
    '',
    first.frontier ? 'Ask first:' : 'Nothing was read yet. Ask first:',
    ...(first.frontier ? [] : [readNow]),
    `  curl -s '${api}/api/v1/services'`,
    `  curl -s '${api}/api/v1/windows?limit=3'   # what was read, and what was left out`,
    `  ${cli} doctor`,
    '',
  ].join('\n');
}

/**
 * @param {readonly Finding[] | undefined} findings
 * @param {ConfiguredSource} source
 */
function answerOf(findings, { id }) {
  if (!findings) return { hasGraph: true, text: '`doctor` did not tell in time what is there.' };
  const found = findings.filter(({ name }) => name === `source ${id}`);
  const answer = found.find(({ check }) => check === 'source.answers');
  const hasGraph = answer?.outcome === 'ok';
  const others = found.filter(({ outcome }) => outcome !== 'ok').length;
  const more = hasGraph && others > 0 ? `; \`doctor\` has ${others} more to say` : '';
  return { hasGraph, text: `\`doctor\`: ${answer?.message ?? 'nothing is known of it'}${more}` };
}

/**
 * @param {ConfiguredSource} source
 * @param {string | undefined} frontier how far it is read
 * @param {number} backfillHours
 * @param {number} nowMillis
 */
function whenRead({ intervalMillis, settleMillis }, frontier, backfillHours, nowMillis) {
  const at = nextReading({ intervalMillis, settleMillis }, nowMillis);
  const waits = Math.max(1, Math.round((at - nowMillis) / 60_000));
  const clock = `${new Date(at).toISOString().slice(11, 19)} UTC (in ${waits} min)`;
  const every = `windows of ${Math.round(intervalMillis / 60_000)} min`;
  if (frontier) return `read until ${frontier}; the next window is read at ${clock}, in ${every}`;
  const past = backfillHours > 0 ? `first the last ${backfillHours} hours, then on, ` : '';
  return `never read; reading begins at ${clock}: ${past}in ${every}`;
}

/**
 * When the schedule of a source wakes it next: as soon as a window has settled.
 *
 * @param {Pick<ConfiguredSource, 'intervalMillis' | 'settleMillis'>} source
 * @param {number} nowMillis
 */
export function nextReading({ intervalMillis, settleMillis }, nowMillis) {
  const offset = settleMillis % intervalMillis;
  return Math.floor((nowMillis - offset) / intervalMillis + 1) * intervalMillis + offset;
}

/**
 * @param {unknown} report
 * @returns {Finding[] | undefined}
 */
function findingsOf(report) {
  const { findings } = /** @type {{ findings?: unknown }} */ (report ?? {});
  return Array.isArray(findings) ? findings : undefined;
}

/**
 * @param {unknown} known
 * @returns {Map<string, string>} of each source that was read, until when
 */
function frontiersOf(known) {
  /** @type {{ id: string, frontier: string | null }[]} */
  const all = Array.isArray(known) ? known : [];
  return new Map(all.flatMap(({ id, frontier }) => (frontier ? [[id, frontier]] : [])));
}

/**
 * What to do where there is nothing to read.
 *
 * @param {object} what
 * @param {boolean} what.isOurs the Prometheus was started here
 * @param {string} what.prometheus
 * @param {string} what.shownDataDir
 * @param {boolean} what.remoteWrite
 */
export function withoutData({ isOurs, prometheus, shownDataDir, remoteWrite }) {
  const write = `${prometheus}/api/v1/write`;
  const ours = [
    'Nothing writes a service graph into this Prometheus yet, so the graph stays empty. Do one of:',
    `  - put a scrape configuration into ${shownDataDir}/prometheus/scrape.d/NAME.yml, for what exposes one`,
    remoteWrite
      ? `  - let Tempo or a collector write to ${write}`
      : `  - start with \`npm start -- --no-demo --remote-write\` and let Tempo or a collector write to ${write}`,
    '  - read your own: PROMETHEUS_URL=http://prometheus.example:9090 npm start',
    '  - play the demo shop: npm start',
  ];
  const theirs = [
    'No source has a service graph to read, so the graph stays empty. Look at:',
    '  - what writes it: Tempo’s metrics generator, a collector’s servicegraph connector, Beyla, Istio or Linkerd',
    '  - the address and the dialect of the source: PROMETHEUS_URL, OTEL_GRAPH_DIALECT, or the file of sources',
    `  - node --env-file=${shownDataDir}/env dist/cli.js doctor`,
  ];
  return [...(isOurs ? ours : theirs), ''].join('\n');
}
