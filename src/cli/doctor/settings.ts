import type { Config } from '../../runtime/config.ts';

/** The settings of a source, by their name in the sources file and, where there is no file, in the environment. */
const variables = {
  url: 'PROMETHEUS_URL',
  dialect: 'OTEL_GRAPH_DIALECT',
  interval: 'OTEL_GRAPH_INGEST_INTERVAL_MINUTES',
  settle: 'OTEL_GRAPH_SETTLE_SECONDS',
  reach: 'OTEL_GRAPH_REACH_SECONDS',
  scrapeInterval: 'OTEL_GRAPH_SCRAPE_INTERVAL_SECONDS',
  // Only a sources file has the others.
  metricPrefix: null,
  istioReporter: null,
  latencyUnit: null,
  replicaLabels: null,
  kindLabels: null,
  sameCallsAs: null,
} as const;
export type SourceSetting = keyof typeof variables;

/** How a setting of a source is named where this source is configured. */
export function settingOf(
  { TOPOLOG_SOURCES_FILE: file }: Pick<Config, 'TOPOLOG_SOURCES_FILE'>,
  name: SourceSetting,
): string {
  if (file !== undefined) return `its ${name}`;
  return variables[name] ?? `its ${name} in a file of sources (TOPOLOG_SOURCES_FILE)`;
}
