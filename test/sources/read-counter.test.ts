import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/runtime/errors.ts';
import type { RawSeries, Sample } from '../../src/sources/answer.ts';
import { tempo } from '../../src/sources/dialects/tempo.ts';
import { readCounter } from '../../src/sources/read-counter.ts';
import { aCounterAsking, aSource, aWindow, tooHeavy } from './doubles.ts';

type Labels = Readonly<Record<string, string>>;
type Samples = readonly (readonly [minute: number, value: number])[];

const minute = 60_000;
/** The window is from minute 15 to 30, and its reach begins at minute 10. */
const start = aWindow.startMillis / minute;
const process = { job: 'tempo', instance: 'i' };
const pair = (server: string, producer: Labels = process) => ({
  client: 'web',
  server,
  ...producer,
});

/** One series as it is stored, and how the question lists it. */
interface Stored {
  readonly labels: Labels;
  readonly samples: Samples;
  readonly listed?: 'out' | 'look';
}

interface Server {
  readonly sums?: Readonly<Record<string, number>>;
  readonly series?: readonly Stored[];
  /** The last values before the reach. */
  readonly before?: readonly Sample[] | AppError;
  /** When which producers were there, in minutes. */
  readonly there?: readonly { readonly labels: Labels; readonly minutes: readonly number[] }[];
  readonly refusesRaw?: (expression: string) => boolean;
  readonly outlines?: boolean;
}

const everyMinute = (from: number, to: number, valueAt: (minute: number) => number): Samples =>
  Array.from({ length: to - from + 1 }, (_, index) => [from + index, valueAt(from + index)]);
const toRaw = ({ labels, samples }: Stored): RawSeries => ({
  labels: { __name__: 'traces_service_graph_request_total', ...labels },
  samples: samples.map(([at, value]) => [at * minute, value]),
});
const last = ({ samples }: Stored) => samples.at(-1)?.[1] ?? Number.NaN;

/** The values of a label that a question's matchers leave. */
const selected = (expression: string, label: string) =>
  new RegExp(`[{,]${label}=~?"([^"]*)"`).exec(expression)?.[1]?.split('|');

function answersOf({ sums = {}, series = [], before = [], ...given }: Server) {
  const outline = (of: (samples: Samples) => number) =>
    series
      .filter(({ listed }) => listed === 'out')
      .map(({ labels, samples }) => ({ labels, value: of(samples) }));
  const ask = (expression: string): readonly Sample[] => {
    if (expression.startsWith('sum by')) {
      return [
        ...Object.entries(sums).map(([server, value]) => ({
          labels: { client: 'web', server },
          value,
        })),
        ...series.flatMap((one) =>
          one.listed ? [{ labels: { ...one.labels, topolog: one.listed }, value: last(one) }] : [],
        ),
      ];
    }
    if (expression.includes(' unless ')) {
      if (expression.startsWith('last')) return outline((samples) => samples.at(-1)?.[1] ?? 0);
      if (expression.startsWith('min')) return outline((all) => Math.min(...all.map(([, v]) => v)));
      if (expression.startsWith('count')) return outline(({ length }) => length);
      return outline((all) => all.filter(([, v], i) => v < (all[i - 1]?.[1] ?? 0)).length).filter(
        ({ value }) => value > 0,
      );
    }
    if (!expression.startsWith('last_over_time(traces')) return [];
    if (before instanceof AppError) throw before;
    return before;
  };
  return {
    ask: (expression: string) => ({ samples: ask(expression), warnings: [] }),
    askRaw(expression: string) {
      if (expression.startsWith('(group')) {
        const steps = (given.there ?? []).map(({ labels, minutes }) => ({
          labels,
          samples: minutes.map((at) => [at * minute, 1] as const),
        }));
        return { series: steps, warnings: [] };
      }
      if (!expression.startsWith('traces')) return { series: [], warnings: [] };
      if (given.refusesRaw?.(expression)) throw tooHeavy();
      const servers = selected(expression, 'server');
      const chosen = series.filter(({ labels }) => servers?.includes(labels.server ?? '') ?? true);
      return { series: chosen.map(toRaw), warnings: [] };
    },
  };
}

async function read(server: Server, source = aSource()) {
  const { asking, asked } = aCounterAsking(tempo(), answersOf(server), { source });
  const reading = await readCounter(asking, () => {});
  const counts = Object.fromEntries(
    reading.samples.map(({ labels, value }) => [labels.server, value]),
  );
  const serversOf = (labels: readonly Labels[]) => labels.map((one) => one.server);
  return {
    ...reading,
    counts,
    uncounted: serversOf(reading.uncounted),
    used: serversOf(reading.used),
    asked,
    raws: asked.filter((one) => one.startsWith('traces')),
  };
}

/** The producer was there all the time. */
const there = [{ labels: process, minutes: everyMinute(10, 30, () => 1).map(([at]) => at) }];

describe('a counter', () => {
  it('of which nothing is listed is asked once, and its sums are the answer', async () => {
    const { counts, asked, cannotTell } = await read({ sums: { a: 5, b: 0 } });
    expect([counts, asked.length, cannotTell]).toEqual([{ a: 5, b: 0 }, 1, 0]);
  });

  it('is not looked at closer where its answer is not to be used', async () => {
    const { asking, asked } = aCounterAsking(tempo(), answersOf({ series: [] }));
    const refusing = () => Promise.reject(new Error('cut off'));
    await expect(readCounter(asking, refusing)).rejects.toThrow('cut off');
    expect(asked).toHaveLength(1);
  });

  it('counts what a reset series gained in the place of what the sums hold of it', async () => {
    const reset: Stored = {
      labels: pair('a'),
      // From 100 to 105 before the reset, and from 1 to 110 after it.
      samples: everyMinute(12, 30, (at) => (at <= 20 ? 85 + at : (at - 20) * 11)),
      listed: 'look',
    };
    const { counts, asked } = await read({ sums: { a: 30, b: 7 }, series: [reset] });
    const gain = 5 + 110;
    // The sums hold the difference of 110 and 100, and 20 of other series.
    expect(counts).toEqual({ a: 20 + gain, b: 7 });
    // It did not appear, so nobody asks what was before.
    expect(asked).toHaveLength(2);
  });

  it('adds what appeared beside its producer to what the sums hold of the pair', async () => {
    const born: Stored = {
      labels: pair('a'),
      samples: everyMinute(20, 30, (at) => at - 17),
      listed: 'out',
    };
    const { counts, cannotTell } = await read({ sums: { a: 30 }, series: [born], there });
    expect([counts, cannotTell]).toEqual([{ a: 43 }, 0]);
  });

  it('shows a pair that only a listed series has', async () => {
    const born: Stored = { labels: pair('new'), samples: [[29, 1]], listed: 'out' };
    const { samples } = await read({ series: [born], there });
    expect(samples).toEqual([{ labels: { client: 'web', server: 'new' }, value: 1 }]);
  });

  it('cannot tell what a producer counted that nobody has seen before, but what it gained', async () => {
    const idle: Stored = {
      labels: pair('idle'),
      samples: everyMinute(20, 30, () => 7),
      listed: 'out',
    };
    const busy: Stored = {
      labels: pair('busy'),
      samples: everyMinute(20, 30, (at) => at),
      listed: 'out',
    };
    const { counts, cannotTell } = await read({ series: [idle, busy] });
    expect([counts, cannotTell]).toEqual([{ busy: 10 }, 2]);
  });

  it('tells nothing of samples that are no counts', async () => {
    const broken: Stored = {
      labels: pair('broken'),
      samples: everyMinute(12, 30, () => Number.NaN),
      listed: 'out',
    };
    const { counts, broken: count, uncounted, used } = await read({ series: [broken], there });
    expect([counts, count, uncounted, used]).toEqual([{}, 1, [], []]);
  });

  it('does not count what several processes write by turns, but sees it', async () => {
    const byTurns: Stored = {
      labels: pair('twice'),
      samples: everyMinute(12, 30, (at) => (at % 2 === 0 ? 1000 + at : 10 + at)),
      listed: 'look',
    };
    const { counts, uncounted, severalWriters, used } = await read({
      sums: { twice: 18 },
      series: [byTurns],
    });
    expect([severalWriters, uncounted, used]).toEqual([1, ['twice'], []]);
    // What the sums hold of it, a difference of two processes' counters, is no count.
    expect(counts.twice).toBe(0);
  });

  describe('that was away for longer than the reach', () => {
    const before = [{ labels: pair('a'), value: 200 }];
    const away = (growth: number): Stored => ({
      labels: pair('a'),
      samples: everyMinute(20, 30, (at) => 220 + (at === 30 ? growth : 0)),
      listed: 'out',
    });

    it('was used, and the window counts nothing of the gap', async () => {
      const found = await read({ series: [away(0)], before, there });
      expect(found).toMatchObject({ unattributed: 20, uncounted: ['a'], used: [], cannotTell: 0 });
      expect(found.counts.a ?? 0).toBe(0);
    });

    it('counts what it gained since, and was used before', async () => {
      const found = await read({ series: [away(3)], before, there });
      expect(found).toMatchObject({
        unattributed: 20,
        uncounted: [],
        used: ['a'],
        counts: { a: 3 },
      });
    });

    it('had no traffic where it came back as it was', async () => {
      const found = await read({
        series: [away(0)],
        before: [{ labels: pair('a'), value: 220 }],
        there,
      });
      expect(found).toMatchObject({ unattributed: 0, uncounted: [], used: [] });
      expect(found.counts.a ?? 0).toBe(0);
    });
  });

  it('does not take for new what the past refuses to tell of', async () => {
    const large: Stored = {
      labels: pair('a'),
      samples: everyMinute(20, 30, (at) => 500 + at),
      listed: 'out',
    };
    for (const refusal of [tooHeavy(), new AppError('InvalidMetrics', 'No.')]) {
      const found = await read({ series: [large], before: refusal, there });
      expect([found.counts, found.cannotTell]).toEqual([{ a: 10 }, 1]);
    }
    const gone = new AppError('PrometheusUnavailable', 'It is gone.');
    await expect(read({ series: [large], before: gone, there })).rejects.toBe(gone);
  });

  it('halves samples that are refused, and cannot tell what is refused by itself', async () => {
    const names = Array.from({ length: 16 }, (_, index) => `s${index}`);
    const series = names.map(
      (name): Stored => ({
        labels: pair(name),
        samples: everyMinute(20, 30, (at) => at - 17),
        listed: 'out',
      }),
    );
    const refusesRaw = (expression: string) => {
      const servers = selected(expression, 'server') ?? names;
      return servers.length > 4 || servers.includes('s3');
    };
    const { counts, cannotTell, raws } = await read({ series, there, refusesRaw });
    expect(cannotTell).toBe(1);
    expect(Object.keys(counts).sort()).toEqual(names.filter((name) => name !== 's3').sort());
    expect(new Set(Object.values(counts))).toEqual(new Set([13]));
    expect(raws.length).toBeLessThan(16);
  });

  it('is asked for samples of the listed series only, and judges them beside their family', async () => {
    const renamed: Stored = {
      labels: pair('a', { ...process, zone: 'z' }),
      samples: everyMinute(20, 30, (at) => at + 100),
      listed: 'out',
    };
    // The same process without the label, until then; it is in no sum and not listed.
    const earlier: Stored = { labels: pair('a'), samples: everyMinute(10, 19, (at) => at + 100) };
    const other: Stored = { labels: pair('b'), samples: everyMinute(10, 30, (at) => at) };
    const { counts, raws } = await read({
      sums: { b: 15 },
      series: [renamed, earlier, other],
      there: [{ labels: { ...process, zone: 'z' }, minutes: [] }],
    });
    expect(counts.b).toBe(15);
    expect(counts.a).toBe(11);
    expect(raws[0]).toContain('client="web",server="a"');
  });

  it('takes copies of a series for one', async () => {
    const copy = (replica: string, late: number): Stored => ({
      labels: pair('a', { ...process, replica }),
      samples: everyMinute(20, 30, (at) => at - 17 - late),
    });
    const listed: Stored = { labels: pair('a'), samples: [[30, 13]], listed: 'out' };
    const source = aSource({ replicaLabels: ['replica'] });
    const answers = answersOf({ series: [listed], there });
    const raw = answersOf({ series: [copy('x', 0), copy('y', 1)], there });
    const { asking } = aCounterAsking(tempo(), { ...answers, askRaw: raw.askRaw }, { source });
    const { samples } = await readCounter(asking, () => {});
    expect(samples).toEqual([{ labels: { client: 'web', server: 'a' }, value: 13 }]);
  });
});

describe('a counter of which many series are new', () => {
  const names = Array.from({ length: 600 }, (_, index) => `s${index}`);
  const series = names.map(
    (name, index): Stored => ({
      labels: pair(name),
      // The first is reset, so that its least value is not its first.
      samples: everyMinute(start + 5, 30, (at) => (index === 0 && at > 25 ? at - 25 : at - 17)),
      listed: 'out',
    }),
  );

  it('is read by outlines, and by samples only where one was reset', async () => {
    const { counts, raws, asked, cannotTell } = await read({ series, there });
    expect(cannotTell).toBe(0);
    expect(Object.keys(counts)).toHaveLength(600);
    expect(counts.s1).toBe(13);
    expect(counts.s0).toBe(8 + 5);
    expect(raws).toHaveLength(1);
    expect(raws[0]).toContain('server="s0"');
    expect(asked.length).toBeLessThan(20);
  });

  it('counts no first value of them where nobody saw their producer before', async () => {
    const { counts, cannotTell } = await read({ series });
    expect(cannotTell).toBe(600);
    expect(counts.s1).toBe(10);
  });

  it('is read by samples where there are fewer', async () => {
    const few = series.slice(0, 499);
    const { counts, asked } = await read({ series: few, there });
    expect(Object.keys(counts)).toHaveLength(499);
    expect(asked.some((one) => one.startsWith('min_over_time'))).toBe(false);
  });
});
