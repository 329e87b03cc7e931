import { describe, expect, it } from 'vitest';
import type { Sample } from '../../src/sources/answer.ts';
import { scopeOf } from '../../src/sources/asking.ts';
import { takeCensus } from '../../src/sources/census.ts';
import { istio } from '../../src/sources/dialects/istio.ts';
import { tempo } from '../../src/sources/dialects/tempo.ts';
import { anAsking, aSource, aWindow, tooHeavy } from './doubles.ts';

interface Producer {
  readonly labels?: Readonly<Record<string, string>>;
  /** How often it is sampled; it is there all the time. */
  readonly everyMillis: number;
  readonly series: number;
  /** The time between its samples where they come before or after a gap. */
  readonly gapMillis?: number;
}

const length = aWindow.endMillis - aWindow.startMillis;
const minute = 60_000;

/** What a server counts of some producers: their series are near an end that is looked at wide enough. */
function counted(expression: string, producers: readonly Producer[]): Sample[] {
  const [, wide = '0'] = /\[(\d+)s\]\)\), "topolog", "nearEnd/.exec(expression) ?? [];
  return producers.flatMap(({ labels, everyMillis, series }) => {
    const near = Number(wide) * 1000 >= everyMillis ? series : 0;
    const values = {
      series,
      nearStart: near,
      nearEnd: near,
      samples: Math.floor(length / everyMillis),
    };
    return Object.entries(values).map(([part, value]) => ({
      labels: { ...labels, topolog: `${part}/0` },
      value,
    }));
  });
}

function isSelected(expression: string, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(labels).every(([name, value]) => expression.includes(`${name}="${value}"`));
}

async function censusOf(producers: readonly Producer[], scrapeIntervalMillis = minute) {
  const asked: string[] = [];
  const asking = anAsking(tempo(), {
    source: aSource({ scrapeIntervalMillis }),
    client: {
      async query(expression) {
        asked.push(expression);
        if (!expression.startsWith('topk ')) {
          return { samples: counted(expression, producers), warnings: [] };
        }
        const some = producers.filter(({ labels = {} }) => isSelected(expression, labels));
        return { samples: some.map(({ labels = {} }) => ({ labels, value: 1 })), warnings: [] };
      },
      async queryRaw(expression) {
        asked.push(expression);
        const series = producers
          .filter(({ labels = {} }) => isSelected(expression, labels))
          .map(({ labels = {}, everyMillis, gapMillis = everyMillis }) => ({
            labels,
            samples: [0, 1, 2].map((at) => [at * gapMillis, at] as const),
          }));
        return { series, warnings: [] };
      },
    },
  });
  return { census: await takeCensus(asking, scopeOf(asking, [])), asked };
}

describe('the census of a window', () => {
  it('counts series by producer, by one question', async () => {
    const { census, asked } = await censusOf([
      { labels: { job: 'b' }, everyMillis: minute, series: 3 },
      { labels: { job: 'a' }, everyMillis: minute, series: 4 },
    ]);
    expect(asked).toHaveLength(1);
    expect(census).toMatchObject({ series: 7, nearStart: 7, nearEnd: 7 });
    expect(census.producers.map(({ labels, series }) => [labels, series])).toEqual([
      [{ job: 'a' }, 4],
      [{ job: 'b' }, 3],
    ]);
    expect(census.scrapeIntervalMillis).toBe(minute);
  });

  it('adds the series of a producer whose labels differ in kinds only', async () => {
    const { census } = await censusOf([
      { labels: { job: 'a', failed: 'true' }, everyMillis: minute, series: 3 },
      { labels: { job: 'a', failed: 'false' }, everyMillis: minute, series: 4 },
    ]);
    expect(census.producers.map(({ labels, series }) => [labels, series])).toEqual([
      [{ job: 'a' }, 7],
    ]);
  });

  it.each([
    [50_000, minute],
    [65_000, minute],
    [30_000, 30_000],
    [100_000, 100_000],
  ])('sees that samples come every %i ms', async (everyMillis, observed) => {
    const { census } = await censusOf([{ everyMillis, series: 2 }]);
    expect(census.scrapeIntervalMillis).toBe(observed);
  });

  it('asks again, and wider, where samples come more rarely than was said', async () => {
    const { census, asked } = await censusOf([{ everyMillis: 3 * minute, series: 2 }]);
    expect(asked).toHaveLength(4);
    expect(census).toMatchObject({ nearStart: 2, nearEnd: 2, scrapeIntervalMillis: 3 * minute });
  });

  it('does not look wider where samples come as said, and are few because some are missing', async () => {
    const { census } = await censusOf([{ everyMillis: 3 * minute, gapMillis: minute, series: 2 }]);
    expect(census).toMatchObject({ nearStart: 0, nearEnd: 0, scrapeIntervalMillis: minute });
  });

  it('looks wider for one that is sampled rarely beside one that has gaps', async () => {
    const { census } = await censusOf([
      { labels: { job: 'a' }, everyMillis: 4 * minute, gapMillis: minute, series: 2 },
      { labels: { job: 'b' }, everyMillis: 3 * minute, series: 3 },
    ]);
    expect(census.nearEnd).toBeGreaterThanOrEqual(3);
  });

  it('does not ask again for what was never near, however wide it looks', async () => {
    const { census, asked } = await censusOf([{ everyMillis: 14 * minute, series: 2 }]);
    expect(asked).toHaveLength(1);
    expect(census).toMatchObject({ series: 2, nearStart: 0, nearEnd: 0 });
  });

  it('counts the producers of all counters that show one', async () => {
    const asking = anAsking(istio('source'), {
      client: {
        query: async (expression) => ({
          samples: [0, 1].flatMap((index) =>
            expression.includes(`"series/${index}"`)
              ? [{ labels: { topolog: `series/${index}`, pod: 'p' }, value: 2 }]
              : [],
          ),
          warnings: ['slow'],
        }),
      },
    });
    const census = await takeCensus(asking, scopeOf(asking, []));
    expect(census).toMatchObject({ series: 4, warnings: ['slow'] });
    expect(census.producers).toHaveLength(1);
  });

  it('adds up how far all have counted at both ends', async () => {
    const samples = [
      { labels: { topolog: 'opening/0' }, value: 5 },
      { labels: { topolog: 'closing/0' }, value: 9 },
      { labels: { topolog: 'series/0' }, value: Number.NaN },
    ];
    const query = async () => ({ samples, warnings: [] });
    const asking = anAsking(tempo(), { client: { query } });
    expect(await takeCensus(asking, scopeOf(asking, []))).toMatchObject({
      opening: 5,
      closing: 9,
      series: 0,
      producers: [],
    });
  });

  it('is refused where the source has too much to count', async () => {
    const query = () => Promise.reject(tooHeavy());
    const asking = anAsking(tempo(), { client: { query } });
    await expect(takeCensus(asking, scopeOf(asking, []))).rejects.toMatchObject({
      code: 'QueryTooHeavy',
    });
  });
});
