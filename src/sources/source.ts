import type { Config } from '../runtime/config.ts';
import type { DialectSetting, IstioReporter } from './dialect-names.ts';

/** A configured Prometheus-compatible endpoint with a dialect; all durations in milliseconds. */
export interface Source {
  readonly id: string;
  readonly url: string;
  readonly dialect: DialectSetting;
  readonly intervalMillis: number;
  readonly settleMillis: number;
  readonly reachMillis: number;
  readonly scrapeIntervalMillis: number;
  /** Parts of every service's identity that the operator knows and the labels do not say. */
  readonly fixed: { readonly environment: string; readonly cluster: string };
  /** What stands before the names of the collector's metrics, its underscore included. */
  readonly metricPrefix?: string;
  /** Which of Istio's proxies is believed; the first of them that is there, if not said. */
  readonly istioReporter?: IstioReporter;
}

/** The sources of a configuration: one, or none where `PROMETHEUS_URL` is not set. */
export function sourcesOf(config: Config): readonly Source[] {
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
