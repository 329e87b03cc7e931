import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import type { CensusQueries, ChangeCounts } from '../../src/graph/census-queries.ts';
import { createBeliefMetrics } from '../../src/runtime/belief-metrics.ts';

/** Metrics of a graph that answers as it is told to. */
function metricsOf(given: Partial<CensusQueries>) {
  const registry = new Registry();
  const clock = { now: 0 };
  const queries: CensusQueries = {
    census: async () => ({ services: new Map(), dependencies: new Map() }),
    changesAfter: async () => ({ upTo: 0, counts: [] }),
    ...given,
  };
  createBeliefMetrics(registry, queries, () => clock.now);
  const scrape = async (name: string) =>
    (await registry.metrics()).split('\n').filter((line) => line.startsWith(name));
  return { clock, scrape };
}

describe('what the graph holds', () => {
  it('is counted once a minute, with every state and kind there may be', async () => {
    let active = 0;
    const { clock, scrape } = metricsOf({
      census: async () => {
        active += 1;
        return {
          services: new Map([['database', 3]]),
          dependencies: new Map([['active', active]]),
        };
      },
    });
    const states = [
      'topolog_dependencies{state="active"} 1',
      'topolog_dependencies{state="stale"} 0',
      'topolog_dependencies{state="declared"} 0',
    ];
    expect(await scrape('topolog_dependencies{')).toEqual(states);
    expect(await scrape('topolog_services{kind="database"}')).toEqual([
      'topolog_services{kind="database"} 3',
    ]);
    clock.now = 59_999;
    expect(await scrape('topolog_dependencies{')).toEqual(states);
    clock.now = 60_000;
    expect(await scrape('topolog_dependencies{state="active"}')).toEqual([
      'topolog_dependencies{state="active"} 2',
    ]);
  });

  it('is absent while the graph cannot be asked, and asked for at once afterwards', async () => {
    let isAway = true;
    const { scrape } = metricsOf({
      census: async () => {
        if (isAway) throw new Error('away');
        return { services: new Map(), dependencies: new Map([['stale', 4]]) };
      },
    });
    expect(await scrape('topolog_dependencies{')).toEqual([]);
    isAway = false;
    expect(await scrape('topolog_dependencies{state="stale"}')).toEqual([
      'topolog_dependencies{state="stale"} 4',
    ]);
  });
});

describe('what changes', () => {
  const stale = (count: number): ChangeCounts['counts'] => [
    { type: 'dependency.stale', context: 'live', count },
  ];
  const line = (count: number) => [
    `topolog_changes_total{type="dependency.stale",context="live"} ${count}`,
  ];
  const name = 'topolog_changes_total{type="dependency.stale",context="live"}';

  it('is counted from the first scrape on, each change once', async () => {
    const asked: (number | null)[] = [];
    const { scrape } = metricsOf({
      changesAfter: async (after) => {
        asked.push(after);
        if (after === null) return { upTo: 10, counts: [] };
        return after === 10 ? { upTo: 12, counts: stale(2) } : { upTo: 12, counts: [] };
      },
    });
    expect(await scrape(name)).toEqual(line(0));
    expect(await scrape(name)).toEqual(line(2));
    expect(await scrape(name)).toEqual(line(2));
    expect(asked).toEqual([null, 10, 12]);
  });

  it('is not counted twice by two scrapes at once', async () => {
    const { scrape } = metricsOf({
      changesAfter: async (after) => ({ upTo: (after ?? 0) + 1, counts: stale(1) }),
    });
    await Promise.all([scrape(name), scrape(name)]);
    expect(await scrape(name)).toEqual(line(2));
  });

  it('goes on after the graph was away', async () => {
    const answers = [{ upTo: 1, counts: [] }, null, { upTo: 4, counts: stale(3) }];
    const { scrape } = metricsOf({
      changesAfter: async () => {
        const answer = answers.shift() ?? null;
        if (answer === null) throw new Error('away');
        return answer;
      },
    });
    for (const expected of [0, 0, 3]) expect(await scrape(name)).toEqual(line(expected));
  });
});
