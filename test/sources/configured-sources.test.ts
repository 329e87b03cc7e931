import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/runtime/config.ts';
import { sourcesOf } from '../../src/sources/configured-sources.ts';

describe('the sources of a configuration', () => {
  it('are none without a URL', () => {
    expect(sourcesOf(loadConfig({ OTEL_GRAPH_SOURCE_ID: 'mimir' }), {})).toEqual([]);
  });

  it('are one with a URL, read every 15 minutes by default', () => {
    expect(sourcesOf(loadConfig({ PROMETHEUS_URL: 'http://localhost:9090' }), {})).toEqual([
      {
        id: 'prometheus',
        url: 'http://localhost:9090',
        dialect: 'auto',
        intervalMillis: 900_000,
        settleMillis: 90_000,
        reachMillis: 300_000,
        scrapeIntervalMillis: 60_000,
        fixed: { environment: '', cluster: '' },
      },
    ]);
  });

  it('have what is configured, in milliseconds', () => {
    const config = loadConfig({
      PROMETHEUS_URL: 'https://mimir/prometheus',
      OTEL_GRAPH_SOURCE_ID: 'mimir',
      OTEL_GRAPH_DIALECT: 'istio',
      OTEL_GRAPH_INGEST_INTERVAL_MINUTES: '5',
      OTEL_GRAPH_SETTLE_SECONDS: '30',
      OTEL_GRAPH_REACH_SECONDS: '120',
      OTEL_GRAPH_SCRAPE_INTERVAL_SECONDS: '15',
      OTEL_GRAPH_ENVIRONMENT: 'prod',
      OTEL_GRAPH_CLUSTER: 'eu-1',
    });
    expect(sourcesOf(config, {})).toEqual([
      {
        id: 'mimir',
        url: 'https://mimir/prometheus',
        dialect: 'istio',
        intervalMillis: 300_000,
        settleMillis: 30_000,
        reachMillis: 120_000,
        scrapeIntervalMillis: 15_000,
        fixed: { environment: 'prod', cluster: 'eu-1' },
      },
    ]);
  });
});
