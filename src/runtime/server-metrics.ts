import { Gauge, type Registry } from 'prom-client';
import { atScrape } from './at-scrape.ts';

/** Shows at each scrape whether the servers that this process needs can be used. */
export function createServerMetrics(
  registry: Registry,
  checks: Readonly<Record<string, () => Promise<void>>>,
): void {
  new Gauge({
    name: 'topolog_server_up',
    help: 'Whether this process can use a server it needs: 1 or 0.',
    labelNames: ['server'],
    registers: [registry],
    async collect() {
      const asked = Object.entries(checks).map(async ([server, check]) => {
        const isUp = await atScrape(async () => {
          await check();
          return true;
        });
        this.set({ server }, isUp ? 1 : 0);
      });
      await Promise.all(asked);
    },
  });
}
