import { describe, expect, it } from 'vitest';
import type { CounterHistory, StoredSeries } from '../support/counter-history.ts';
import { createCounterServer } from '../support/counter-server.ts';

const minute = 60_000;
const start = 1_700_000_040_000;

type Samples = readonly (readonly [minute: number, value: number])[];

/** One value each minute, from one minute to another of the window's time. */
function held(from: number, to: number, valueAt: number | ((minute: number) => number)): Samples {
  return Array.from({ length: to - from + 1 }, (_, index) => {
    const at = from + index;
    return [at, typeof valueAt === 'number' ? valueAt : valueAt(at)] as const;
  });
}

/** A series of a process, each copy with its own samples. */
function stored(
  instance: string,
  copies: readonly Samples[],
  client = 'web',
  more: Readonly<Record<string, string>> = {},
): StoredSeries {
  const who = { job: 'tempo', instance };
  return {
    pair: client,
    producer: JSON.stringify(who),
    labels: { client, server: 'cart', ...who, ...more },
    copies: copies.map((samples) =>
      samples.map(([at, value]) => ({ at: start + at * minute, value, counter: instance })),
    ),
    hasTwoWriters: false,
  };
}

/** Reads the quarter of an hour after minute 0, of a source whose targets have always been up. */
async function read(series: readonly StoredSeries[], { isCrowded = false, until = 15 } = {}) {
  const history: CounterHistory = {
    intervalMillis: minute,
    windowMillis: until * minute,
    reachMillis: 5 * minute,
    bounds: [start, start + until * minute],
    series,
    up: new Map(
      series.map(({ producer }) => [
        producer,
        held(-600, until, 1).map(([at]) => start + at * minute),
      ]),
    ),
    starts: new Map(),
  };
  const server = createCounterServer(history, { isCrowded });
  const reading = await server.read(start, start + until * minute);
  const counts = Object.fromEntries(
    reading.samples
      .filter(({ labels }) => !labels.client?.startsWith('crowd'))
      .map(({ labels, value }) => [labels.client, value]),
  );
  return { ...reading, counts };
}

const idle = { uncounted: [], used: [], unattributed: 0 };

describe('a counter that was away for hours and comes back as it was', () => {
  const back = stored('a', [[...held(-300, -200, 2069), ...held(8, 15, 2069)]]);

  it('had no traffic beside a shard of its pair that lives', async () => {
    const found = await read([back, stored('b', [held(-300, 15, 40)])]);
    expect(found).toMatchObject({ counts: { web: 0 }, ...idle });
  });

  it('had no traffic beside a shard of another process that ended', async () => {
    const found = await read([back, stored('b', [held(-300, -30, 40)])]);
    expect(found).toMatchObject({ counts: { web: 0 }, ...idle });
  });

  it('is not told where what is no count hides what it had counted', async () => {
    const hidden = stored('a', [
      [...held(-60, -40, 2069), [-39, Number.NaN], ...held(8, 14, 2069), [15, 2070]],
    ]);
    expect(await read([hidden])).toMatchObject({ counts: { web: 1 }, cannotTell: 1, ...idle });
  });
});

describe('a counter with a sample that is no count', () => {
  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])(
    'counts what it gained where the last before the window is %d',
    async (broken) => {
      const series = stored('a', [[...held(-20, -1, 100), [0, broken], ...held(1, 15, 103)]]);
      expect(await read([series])).toMatchObject({ counts: { web: 3 }, cannotTell: 0 });
    },
  );

  it('is not told under another label where only what is no count is in sight of the old', async () => {
    const old = stored('a', [[...held(-60, -6, 2069), ...held(-5, 0, Number.NaN)]]);
    const renamed = stored('a', [[...held(1, 14, 2070), [15, 2071]]], 'web', { namespace: 'shop' });
    expect(await read([old, renamed])).toMatchObject({
      counts: { web: 1 },
      cannotTell: 1,
      ...idle,
    });
  });

  it('makes no sum that is none where many are new', async () => {
    const last = stored('a', [[...held(5, 14, 100), [15, Number.NaN]]]);
    const first = stored('b', [[[5, Number.NEGATIVE_INFINITY], ...held(6, 15, 100)]], 'api');
    const { counts, broken } = await read([last, first], { isCrowded: true });
    expect(broken).toBe(1);
    for (const count of Object.values(counts)) expect([0, 100]).toContain(count);
  });
});

describe('copies of a counter', () => {
  it('count a reset once that only one of them has seen at the end of the window', async () => {
    const ahead = [...held(-20, 14, (at) => 100 + Math.max(0, at)), [14.6, 2] as const];
    const behind = held(-20, 14, (at) => 100 + Math.max(0, at)).map(
      ([at, value]) => [at + 0.8, value] as const,
    );
    const { counts, severalWriters } = await read([stored('a', [ahead, behind])]);
    expect([counts, severalWriters]).toEqual([{ web: 14 + 2 }, 0]);
  });
});

describe('several writers of a series', () => {
  it('are not of a window in which none of them wrote', async () => {
    const gone = stored('a', [held(-20, 0, (at) => (at % 2 === 0 ? 5000 : 100))]);
    expect(await read([gone])).toMatchObject({ severalWriters: 0, counts: {} });
  });
});
