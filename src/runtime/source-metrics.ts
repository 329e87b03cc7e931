import { Gauge, type Registry } from 'prom-client';
import type { Freshness } from '../domain/freshness.ts';
import { sharedAtScrape } from './at-scrape.ts';

export interface SourceMetricsOptions {
  readonly freshness: () => Promise<readonly Freshness[]>;
  readonly sources: readonly { readonly id: string; readonly intervalMillis: number }[];
  readonly now: () => number;
}

/**
 * Shows how far behind each source is, from the graph and at the moment of the scrape.
 *
 * Where the graph cannot be asked the series are absent, and `topolog_server_up` says why.
 */
export function createSourceMetrics(
  registry: Registry,
  { freshness, sources, now }: SourceMetricsOptions,
): void {
  const registers = [registry];
  const labelNames = ['source'] as const;
  const interval = new Gauge({
    name: 'topolog_source_interval_seconds',
    help: 'Length of the windows of a configured source.',
    labelNames,
    registers,
  });
  for (const { id, intervalMillis } of sources) interval.set({ source: id }, intervalMillis / 1000);
  const found = sharedAtScrape(freshness);
  new Gauge({
    name: 'topolog_source_frontier_lag_seconds',
    help: 'Seconds since the end of the last window of a source that was read, whatever its outcome.',
    labelNames,
    registers,
    async collect() {
      const sources = (await found()) ?? [];
      this.reset();
      for (const { source, frontier } of sources) {
        if (frontier === null) continue;
        this.set({ source }, Math.max(0, (now() - Date.parse(frontier)) / 1000));
      }
    },
  });
  new Gauge({
    name: 'topolog_source_frontier_ahead_seconds',
    help: 'Seconds by which the end of the last window of a source that was read lies in the future; above 0 a clock was ahead, and nothing is read until then.',
    labelNames,
    registers,
    async collect() {
      const sources = (await found()) ?? [];
      this.reset();
      for (const { source, frontierAheadSeconds = 0 } of sources) {
        this.set({ source }, frontierAheadSeconds);
      }
    },
  });
  new Gauge({
    name: 'topolog_source_seconds_since_last_complete_window',
    help: 'Seconds since the end of the last complete window of a source.',
    labelNames,
    registers,
    async collect() {
      const sources = (await found()) ?? [];
      this.reset();
      for (const { source, lagSeconds } of sources) {
        if (lagSeconds !== null) this.set({ source }, lagSeconds);
      }
    },
  });
}
