import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/runtime/errors.ts';
import { tooMuch, type VectorAnswer } from '../../src/sources/answer.ts';
import type { PrometheusClient, Steps } from '../../src/sources/prometheus-client.ts';
import { createRangedClient } from '../../src/sources/ranged-client.ts';

const minute = 60_000;
const steps: Steps = { firstMillis: minute, count: 8, stepMillis: minute };
const ends = Array.from({ length: 8 }, (_, index) => (index + 1) * minute);
const answerAt = (expression: string, at: number, warnings: string[] = []): VectorAnswer => ({
  samples: [{ labels: { expression }, value: at }],
  warnings,
});

const unasked = () => Promise.reject(new Error('Nobody asks this.'));

/** A server that answers as told, and what it was asked. */
function server(refuses: (asked: Steps) => string[] | AppError = () => []) {
  const asked: (number | [number, number])[] = [];
  const client: PrometheusClient = {
    queryRaw: unasked,
    labelValues: unasked,
    labelNames: unasked,
    flavour: unasked,
    async query(expression, at) {
      asked.push(at);
      return answerAt(expression, at);
    },
    async queryRange(expression, range) {
      asked.push([range.firstMillis, range.count]);
      const refused = refuses(range);
      if (refused instanceof AppError) throw refused;
      return Array.from({ length: range.count }, (_, index) =>
        answerAt(expression, range.firstMillis + index * range.stepMillis, refused),
      );
    },
  };
  return { client: createRangedClient(client, steps), asked };
}

describe('a client that reads ahead', () => {
  it('answers all windows of an expression from one request', async () => {
    const { client, asked } = server();
    for (const end of ends) expect(await client.query('x', end)).toEqual(answerAt('x', end));
    expect(asked).toEqual([[minute, 8]]);
  });

  it('asks each expression for itself', async () => {
    const { client, asked } = server();
    for (const end of ends.slice(0, 2)) {
      for (const expression of ['x', 'y']) {
        expect(await client.query(expression, end)).toEqual(answerAt(expression, end));
      }
    }
    expect(asked).toEqual([
      [minute, 8],
      [minute, 8],
    ]);
  });

  it('asks on from where it is first asked', async () => {
    const { client, asked } = server();
    await client.query('x', 3 * minute);
    expect(asked).toEqual([[3 * minute, 6]]);
  });

  it('asks again for what was taken already, as a retry does', async () => {
    const { client } = server();
    await client.query('x', minute);
    await client.query('x', 2 * minute);
    expect(await client.query('x', 2 * minute)).toEqual(answerAt('x', 2 * minute));
  });

  it('asks plainly for a time that is not of the grid', async () => {
    const { client, asked } = server();
    await client.query('x', minute + 1);
    await client.query('x', 9 * minute);
    expect(asked).toEqual([minute + 1, 9 * minute]);
  });

  it('asks in halves, down to one, where the range is too much', async () => {
    const { client, asked } = server(({ count }) => (count > 2 ? tooMuch('much') : []));
    for (const end of ends) expect(await client.query('x', end)).toEqual(answerAt('x', end));
    expect(asked.slice(0, 3)).toEqual([
      [minute, 8],
      [minute, 4],
      [minute, 2],
    ]);
  });

  it('takes no warning of a range for one of a window', async () => {
    const { client, asked } = server(() => ['a store was away']);
    for (const end of ends) expect((await client.query('x', end)).warnings).toEqual([]);
    expect(asked.filter((one) => typeof one === 'number')).toEqual(ends);
  });

  it('throws on where the server is away', async () => {
    const { client } = server(() => new AppError('PrometheusUnavailable', 'away'));
    await expect(client.query('x', minute)).rejects.toMatchObject({
      code: 'PrometheusUnavailable',
    });
  });
});

describe('a store that is away', () => {
  const expressions = Array.from({ length: 18 }, (_, index) => `x${index}`);
  const day: Steps = { firstMillis: minute, count: 96, stepMillis: minute };
  const everyEnd = Array.from({ length: 96 }, (_, index) => (index + 1) * minute);

  /** A server that warns of whatever touches one of some windows, the way Thanos does. */
  function warningOf(isAway: (window: number, asked: number) => boolean, heaviest = 96) {
    let asked = 0;
    const answers = (expression: string, { firstMillis, count }: Steps) => {
      asked += 1;
      const ends = Array.from({ length: count }, (_, index) => firstMillis + index * minute);
      const warnings = ends.some((end) => isAway(end / minute - 1, asked))
        ? ['a store is away']
        : [];
      return ends.map((end) => answerAt(expression, end, warnings));
    };
    const one = (at: number): Steps => ({ firstMillis: at, count: 1, stepMillis: minute });
    const client: PrometheusClient = {
      queryRaw: unasked,
      labelValues: unasked,
      labelNames: unasked,
      flavour: unasked,
      query: async (expression, at) =>
        answers(expression, one(at))[0] ?? { samples: [], warnings: [] },
      queryRange: async (expression, range) => {
        const answered = answers(expression, range);
        if (range.count > heaviest) throw tooMuch('much');
        return answered;
      },
    };
    return { client: createRangedClient(client, day), requests: () => asked };
  }

  /** Reads a day as it is read: all expressions of a window, then those of the next. */
  async function readDay({ client, requests }: ReturnType<typeof warningOf>) {
    const warned = new Map<string, number[]>();
    for (const [window, end] of everyEnd.entries()) {
      for (const expression of expressions) {
        const { samples, warnings } = await client.query(expression, end);
        expect(samples).toEqual(answerAt(expression, end).samples);
        if (warnings.length > 0)
          warned.set(expression, [...(warned.get(expression) ?? []), window]);
      }
    }
    return { warned, requests: requests() };
  }
  const ofAll = (windows: number[]) => new Map(expressions.map((one) => [one, windows]));
  const between = (from: number, to: number) => (window: number) => window >= from && window < to;
  const windowsOf = (isAway: (window: number) => boolean) =>
    everyEnd.map((_, window) => window).filter(isAway);

  it.each<[string, (window: number) => boolean, number]>([
    ['nowhere', () => false, 18],
    ['for a stretch inside', between(40, 51), 100],
    ['for one window', between(7, 8), 75],
    ['at both ends', (window) => window < 5 || window >= 90, 100],
    ['all the time', () => true, 150],
    ['every second window', (window) => window % 2 === 0, 96 * 18 + 40],
  ])('%s marks just its windows, and costs few requests', async (_, isAway, most) => {
    const { warned, requests } = await readDay(warningOf(isAway));
    expect(warned).toEqual(windowsOf(isAway).length > 0 ? ofAll(windowsOf(isAway)) : new Map());
    expect(requests).toBeLessThanOrEqual(most);
  });

  it('that goes away while others are read costs no more than to look again', async () => {
    const isAway = (window: number, asked: number) => asked > 9 && between(40, 51)(window);
    const { warned, requests } = await readDay(warningOf(isAway));
    const later = expressions.slice(9).map((one) => [one, windowsOf(between(40, 51))] as const);
    expect(warned).toEqual(new Map(later));
    expect(requests).toBeLessThanOrEqual(75);
  });

  it('that comes and goes costs at most the questions of one window for each', async () => {
    const isAway = (_: number, asked: number) => asked % 3 === 0;
    const { requests } = await readDay(warningOf(isAway));
    expect(requests).toBeLessThanOrEqual(96 * 18);
  });

  it('is told where ranges are too heavy too', async () => {
    const isAway = between(40, 51);
    const { warned, requests } = await readDay(warningOf(isAway, 10));
    expect(warned).toEqual(ofAll(windowsOf(isAway)));
    expect(requests).toBeLessThanOrEqual(96 * 18);
  });
});

describe('what is not asked of several windows', () => {
  it('is passed on', async () => {
    const raw = { series: [], warnings: ['raw'] };
    const values = { values: ['a'], warnings: [] };
    const client: PrometheusClient = {
      query: unasked,
      queryRange: unasked,
      queryRaw: async () => raw,
      labelValues: async () => values,
      labelNames: async () => values,
      flavour: async () => 'thanos',
    };
    const ranged = createRangedClient(client, steps);
    const bounds = { matchers: [], startMillis: 0, endMillis: minute };
    expect(await ranged.queryRaw('x[1m]', minute)).toBe(raw);
    expect(await ranged.labelValues('client', bounds)).toBe(values);
    expect(await ranged.labelNames(bounds)).toBe(values);
    expect(await ranged.flavour()).toBe('thanos');
  });
});
