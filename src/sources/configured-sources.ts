import type { Config } from '../runtime/config.ts';
import type { SecretPlaces } from './secret-refs.ts';
import type { Source } from './source.ts';
import { loadSourcesFile } from './sources-file.ts';

/**
 * The configured sources: those of `TOPOLOG_SOURCES_FILE`, the one of `PROMETHEUS_URL`, or none.
 *
 * @param env where the file's `$NAMES` of secrets are looked up; `null` where no secret is needed
 * @throws AppError `InvalidConfiguration` that lists every problem of the file, without the values.
 */
export function sourcesOf(config: Config, env: SecretPlaces['env']): readonly Source[] {
  if (config.TOPOLOG_SOURCES_FILE) return loadSourcesFile(config.TOPOLOG_SOURCES_FILE, env);
  if (config.PROMETHEUS_URL === undefined) return [];
  return [
    {
      id: config.OTEL_GRAPH_SOURCE_ID,
      url: config.PROMETHEUS_URL,
      dialect: config.OTEL_GRAPH_DIALECT,
      intervalMillis: config.OTEL_GRAPH_INGEST_INTERVAL_MINUTES * 60_000,
      settleMillis: config.OTEL_GRAPH_SETTLE_SECONDS * 1000,
      reachMillis: config.OTEL_GRAPH_REACH_SECONDS * 1000,
      scrapeIntervalMillis: config.OTEL_GRAPH_SCRAPE_INTERVAL_SECONDS * 1000,
      fixed: { environment: config.OTEL_GRAPH_ENVIRONMENT, cluster: config.OTEL_GRAPH_CLUSTER },
    },
  ];
}
