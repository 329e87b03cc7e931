import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import type { Freshness } from '../../src/domain/freshness.ts';
import { createSourceMetrics } from '../../src/runtime/source-metrics.ts';

const name = 'topolog_source_seconds_since_last_complete_window';
const now = Date.UTC(2026, 0, 1, 12);
const fresh = (source: string, lagSeconds: number | null, frontier?: string): Freshness => ({
  source,
  lastCompleteWindowEnd: null,
  frontier: frontier ?? null,
  lagSeconds,
});

async function scrape(freshness: () => Promise<Freshness[]>, metric = name): Promise<string[]> {
  const registry = new Registry();
  const sources = [{ id: 'a', intervalMillis: 900_000 }];
  createSourceMetrics(registry, { freshness, sources, now: () => now });
  const text = await registry.metrics();
  return text.split('\n').filter((line) => line.startsWith(metric));
}

describe('how far behind each source is', () => {
  it('is shown by source at the moment of the scrape', async () => {
    const lines = await scrape(async () => [fresh('a', 90), fresh('b', 0)]);
    expect(lines).toEqual([`${name}{source="a"} 90`, `${name}{source="b"} 0`]);
  });

  it('is shown beside how far it was read at all, and the length of its windows', async () => {
    const behind = async () => [fresh('a', 90, '2026-01-01T11:45:00.000Z'), fresh('b', null)];
    expect(await scrape(behind, 'topolog_source_frontier_lag_seconds')).toEqual([
      'topolog_source_frontier_lag_seconds{source="a"} 900',
    ]);
    expect(await scrape(behind, 'topolog_source_interval_seconds')).toEqual([
      'topolog_source_interval_seconds{source="a"} 900',
    ]);
  });

  it('is absent for a source without any complete window', async () => {
    expect(await scrape(async () => [fresh('a', null)])).toEqual([]);
  });

  it('is absent, and the scrape succeeds, while the graph cannot be asked', async () => {
    const away = async () => {
      throw new Error('away');
    };
    expect(await scrape(away)).toEqual([]);
  });

  it('does not keep a scrape waiting for a graph that hangs', async () => {
    expect(await scrape(() => new Promise(() => {}))).toEqual([]);
  });
});
