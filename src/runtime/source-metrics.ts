import { Gauge, type Registry } from 'prom-client';
import type { Freshness } from '../domain/freshness.ts';
import { atScrape } from './at-scrape.ts';

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
  const frontierLag = new Gauge({
    name: 'topolog_source_frontier_lag_seconds',
    help: 'Seconds since the end of the last window of a source that was read, whatever its outcome.',
    labelNames,
    registers,
  });
  new Gauge({
    name: 'topolog_source_seconds_since_last_complete_window',
    help: 'Seconds since the end of the last complete window of a source.',
    labelNames,
    registers,
    async collect() {
      const found = await atScrape(freshness);
      this.reset();
      frontierLag.reset();
      for (const { source, lagSeconds, frontier } of found ?? []) {
        if (lagSeconds !== null) this.set({ source }, lagSeconds);
        if (frontier === null) continue;
        frontierLag.set({ source }, Math.max(0, (now() - Date.parse(frontier)) / 1000));
      }
    },
  });
}
