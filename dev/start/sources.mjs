import { LOOPBACK } from '../stack/ports.mjs';
import { aboutSources, withoutData } from './about-sources.mjs';
import { askTopolog } from './app.mjs';

/** So long a person waits to hear of his sources, while everything runs already. */
const WITHIN_MS = 30_000;

/**
 * Says of each source what is there and when it is read, and what to ask first, unless the demo plays:
 * of that the table says it.
 *
 * @param {object} what
 * @param {import('./app.mjs').AppOptions} what.app
 * @param {import('./app.mjs').Settings} what.settings
 * @param {import('./options.mjs').Options} what.options
 * @param {import('./plan.mjs').Plan} what.plan
 * @param {string} what.shownDataDir
 * @param {import('../stack/progress.mjs').Terminal} what.terminal
 */
export async function lookAtSources({ app, settings, options, plan, shownDataDir, terminal }) {
  if (plan.demo) return;
  const { sources, backfillHours } = settings;
  const api = `http://${LOOPBACK}:${options.ports.api}`;
  const isOurs = !plan.prometheus && !plan.sourcesFile;
  const prometheus = `http://${LOOPBACK}:${options.ports.prometheus}`;
  const empty = withoutData({ isOurs, prometheus, shownDataDir, remoteWrite: options.remoteWrite });
  if (sources.length === 0) return terminal.line(empty);
  const progress = terminal.progress('Looking at your sources');
  const [report, known] = await Promise.all([
    askTopolog(app, ['doctor', '--json'], WITHIN_MS),
    askTopolog(app, ['sources', 'list', '--json'], WITHIN_MS),
  ]);
  progress.done();
  const nowMillis = Date.now();
  terminal.line(
    aboutSources({ sources, backfillHours, report, known, nowMillis, api, shownDataDir, empty }),
  );
}
