import { setTimeout as delay } from 'node:timers/promises';
import { Gauge, type Registry } from 'prom-client';
import type { Freshness } from '../domain/freshness.ts';

/** A scrape waits no longer for the graph. */
const patienceMillis = 2000;

/**
 * Shows how far behind each source is, from the graph and at the moment of the scrape.
 *
 * Where the graph cannot be asked the series are absent: their absence is what to alert on then.
 */
export function createSourceMetrics(
  registry: Registry,
  freshness: () => Promise<readonly Freshness[]>,
): void {
  new Gauge({
    name: 'topolog_source_seconds_since_last_complete_window',
    help: 'Seconds since the end of the last complete window of a source.',
    labelNames: ['source'],
    registers: [registry],
    async collect() {
      this.reset();
      const asked = freshness().catch(() => []);
      const late = delay(patienceMillis, [], { ref: false });
      for (const { source, lagSeconds } of await Promise.race([asked, late])) {
        if (lagSeconds !== null) this.set({ source }, lagSeconds);
      }
    },
  });
}
