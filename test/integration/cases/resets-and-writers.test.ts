import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecordedSample } from '../../support/prometheus.ts';
import { failures } from '../../support/recording.ts';
import {
  accountOf,
  counter,
  doubtsOf,
  type Row,
  recordShapes,
  rowsOf,
  type Scraped,
  type Shapes,
  type Stretch,
  samplesOf,
  times,
  values,
} from '../../support/shapes.ts';

type Labels = Readonly<Record<string, string>>;

/** What a shape is to show in the six windows from minute 60 to minute 150. */
interface Shown {
  readonly samples: readonly RecordedSample[];
  readonly rows: Readonly<Record<string, Row>>;
  readonly unattributed?: readonly number[];
}

const agent = { job: 'agent', instance: 'agent:1' };
const none = times(6, 0);
const pairOf = (client: string, server: string, labels: Labels = agent) => ({
  client,
  server,
  ...labels,
});
const life = (server: string, stretches: readonly Stretch[], scraped: Scraped = {}) =>
  counter(pairOf('web', server), stretches, scraped);
const steady = life('cart', [[0, 180, 40_000, 10]]);
const busy = { 'web~~cart': times(6, 150) };

/** A process that counts so many in each scrape and is replaced every so many minutes. */
const crashing = (from: number, to: number, minutes: number, perMinute: number): Stretch[] =>
  Array.from({ length: (to - from) / minutes }, (_, index) => {
    const start = from + index * minutes;
    return [start, start + minutes, 0, perMinute] as const;
  });

const shapes = {
  'a reset at the end of a window': {
    samples: [
      ...steady,
      ...life('db', [
        [0, 105, 1_000, 10],
        [105, 180, 0, 10],
      ]),
    ],
    rows: { ...busy, 'web~~db': [150, 150, 150, 146, 150, 150] },
  },
  'a reset shortly before the end of a window': {
    samples: [
      ...steady,
      ...life('db', [
        [0, 103, 1_000, 10],
        [103, 180, 0, 10],
      ]),
    ],
    rows: { ...busy, 'web~~db': [150, 150, 146, 150, 150, 150] },
  },
  'a reset of what then stands still': {
    samples: [
      ...steady,
      ...life('db', [
        [0, 103, 900, 0],
        [103, 180, 4, 0],
      ]),
    ],
    rows: { ...busy, 'web~~db': [0, 0, 4, 0, 0, 0] },
  },
  'two resets in one window': {
    samples: [
      ...steady,
      ...life('db', [
        [0, 92, 900, 10],
        [92, 98, 0, 10],
        [98, 180, 0, 10],
      ]),
    ],
    rows: { ...busy, 'web~~db': [150, 150, 20 + 56 + 66, 150, 150, 150] },
  },
  'a reset in each of several windows': {
    samples: [...steady, ...life('db', crashing(0, 180, 10, 60))],
    rows: { ...busy, 'web~~db': times(3, 854, 877) },
  },
  'born and then moving': {
    samples: [...steady, ...life('new', [[95, 180, 20, 50]])],
    rows: { ...busy, 'web~~new': [0, 0, 500, 750, 750, 750] },
  },
  'born and reset in the same window': {
    samples: [
      ...steady,
      ...life('new', [
        [95, 100, 20, 50],
        [100, 180, 0, 50],
      ]),
    ],
    rows: { ...busy, 'web~~new': [0, 0, 250 + 230, 750, 750, 750] },
  },
  'born in one window and reset at its end': {
    samples: [
      ...steady,
      ...life('new', [
        [95, 105, 20, 50],
        [105, 180, 0, 50],
      ]),
    ],
    rows: { ...busy, 'web~~new': [0, 0, 500, 730, 750, 750] },
  },
  'away for three minutes, and back in one step': {
    samples: [
      ...steady,
      ...life('back', [
        [0, 96, 40, 0],
        [99, 180, 2, 0],
      ]),
    ],
    rows: { ...busy, 'web~~back': [0, 0, 2, 0, 0, 0] },
  },
  'away for a quarter of an hour, and back in one step': {
    samples: [
      ...steady,
      ...life('back', [
        [0, 80, 40, 0],
        [97, 180, 2, 0],
      ]),
    ],
    rows: { ...busy, 'web~~back': [0, 0, 2, 0, 0, 0] },
  },
  'away over the end of a window, and back in one step': {
    samples: [
      ...steady,
      ...life('back', [
        [0, 103, 40, 0],
        [107, 180, 2, 0],
      ]),
    ],
    rows: { ...busy, 'web~~back': [0, 0, 0, 2, 0, 0] },
  },
  'the whole producer restarts over the end of a window': {
    samples: [
      ...life('cart', [
        [0, 104, 40_000, 10],
        [106, 180, 0, 10],
      ]),
      ...life('rare', [
        [0, 104, 40, 0],
        [106, 180, 2, 0],
      ]),
      ...life('idle', [[0, 104, 7_000, 0]]),
    ],
    rows: {
      'web~~cart': [150, 150, 140, 136, 150, 150],
      'web~~rare': [0, 0, 0, 2, 0, 0],
    },
  },
  'away with its producer for an hour, and back in one step': {
    samples: [
      ...life('cart', [
        [0, 40, 40_000, 10],
        [100, 180, 600, 10],
      ]),
      ...life('back', [
        [0, 40, 40, 0],
        [100, 180, 2, 0],
      ]),
    ],
    rows: { 'web~~back': [0, 0, '?', 0, 0, 0], 'web~~cart': [0, 0, 45, 150, 150, 150] },
    // A new process, which counted all of it while nobody looked.
    unattributed: [0, 0, 601 + 2, 0, 0, 0],
  },
  'a counter that was reset to nothing and counts no more': {
    samples: [
      ...steady,
      ...life('db', [
        [0, 103, 900, 0],
        [103, 180, 0, 0],
      ]),
    ],
    rows: busy,
  },
} satisfies Record<string, Shown>;

type Name = keyof typeof shapes;
const names = Object.keys(shapes) as Name[];

/** Processes that write one series: each counts for itself, at its own time within a minute. */
const writers = (server: string, ...each: readonly Stretch[]) =>
  each.flatMap((stretch, index) =>
    life(server, [stretch], { every: 60, offset: index * Math.floor(60 / each.length) }),
  );

const written = {
  'two write by turns': [
    ...writers('cart', [0, 180, 100_000, 5], [0, 180, 300, 2]),
    ...life('db', [[0, 180, 9_000, 4]]),
  ],
  'two of almost the same height': [
    ...writers('cart', [0, 180, 100_000, 5], [0, 180, 99_000, 2]),
    ...life('db', [[0, 180, 9_000, 4]]),
  ],
  'three write by turns': [
    ...writers('cart', [0, 180, 100_000, 5], [0, 180, 30_000, 2], [0, 180, 200, 1]),
    ...life('db', [[0, 180, 9_000, 4]]),
  ],
  'the second begins in the middle': [
    ...writers('cart', [0, 180, 100_000, 5], [100, 180, 300, 2]),
    ...life('db', [[0, 180, 9_000, 4]]),
  ],
  'two that count nothing': [
    ...writers('cart', [0, 180, 100_000, 0], [0, 180, 300, 0]),
    ...life('db', [[0, 180, 9_000, 4]]),
  ],
} as const;
type Written = keyof typeof written;

const minutely = { every: 60 } as const;
const others = {
  'one-minute windows': [
    ...life('cart', [[0, 180, 40_000, 10]], minutely),
    ...life(
      'db',
      [
        [0, 100, 900, 12],
        [100, 180, 0, 12],
      ],
      minutely,
    ),
    ...life(
      'back',
      [
        [0, 90, 40, 0],
        [92, 180, 2, 0],
      ],
      minutely,
    ),
    ...values(pairOf('web', 'new'), 97, [1, 5, 5, 9, ...times(70, 9)], minutely),
  ],
  failures: [
    ...steady,
    ...life(
      'cart',
      [
        [0, 100, 600, 2],
        [100, 180, 0, 2],
      ],
      { metric: failures },
    ),
    ...life('db', [[0, 180, 1_000, 4]]),
    ...life('db', [[110, 180, 1, 0]], { metric: failures }),
    ...life('mail', [[0, 180, 1_000, 4]]),
    ...counter(pairOf('web', 'mail'), [[0, 100, 30, 0]], { metric: failures }),
    ...counter(pairOf('web', 'mail', { ...agent, team: 'x' }), [[100, 180, 30, 0]], {
      metric: failures,
    }),
  ],
  'a process that lives for two minutes': [...steady, ...life('db', crashing(0, 180, 2, 8))],
} as const;
type Other = keyof typeof others;

describe('a counter that falls', () => {
  let recorded: Shapes<Name | Written | Other>;

  beforeAll(async () => {
    recorded = await recordShapes({ ...samplesOf(shapes), ...written, ...others });
  });
  afterAll(() => recorded.stop());

  it.each(names)('%s', async (name) => {
    const shape: Shown = shapes[name];
    const readings = await recorded.readAll(name, [60, 150], 15);
    expect(rowsOf(readings)).toEqual(shape.rows);
    expect(doubtsOf(readings)).toEqual({
      cannotTell: none,
      unattributed: shape.unattributed ?? none,
      severalWriters: none,
    });
  });

  it.each(names)('%s: windows add up, whatever their length', async (name) => {
    const isLongGap = name === 'away with its producer for an hour, and back in one step';
    const whole = await recorded.read(name, 98, 108);
    const minutes = await recorded.readAll(name, [98, 108], 1);
    expect(accountOf(minutes, isLongGap)).toEqual(accountOf([whole], isLongGap));
    const hours = await recorded.read(name, 60, 180);
    const quarters = await recorded.readAll(name, [60, 180], 15);
    expect(accountOf(quarters, isLongGap)).toEqual(accountOf([hours], isLongGap));
  });

  it.each(['two write by turns', 'two of almost the same height', 'three write by turns'] as const)(
    'several processes write one series, %s: it is seen, and nobody can tell how often',
    async (name) => {
      const readings = await recorded.readAll(name, [15, 180], 15);
      expect(rowsOf(readings)).toEqual({ 'web~~cart': times(11, '?'), 'web~~db': times(11, 60) });
      expect(doubtsOf(readings).severalWriters).toEqual(times(11, 1));
      const hours = [await recorded.read(name, 60, 180)];
      expect(rowsOf(hours)).toEqual({ 'web~~cart': ['?'], 'web~~db': [480] });
    },
  );

  it('the second of two writers begins in the middle', async () => {
    const name = 'the second begins in the middle';
    const readings = await recorded.readAll(name, [60, 150], 15);
    expect(rowsOf(readings)).toEqual({
      'web~~cart': [75, 75, '?', '?', '?', '?'],
      'web~~db': times(6, 60),
    });
    expect(doubtsOf(readings).severalWriters).toEqual([0, 0, 1, 1, 1, 1]);
  });

  it('two writers that count nothing are not seen', async () => {
    const readings = await recorded.readAll('two that count nothing', [60, 150], 15);
    expect(rowsOf(readings)).toEqual({ 'web~~db': times(6, 60) });
  });

  it('one-minute windows of what is scraped each minute miss nothing', async () => {
    const given = { scrapeIntervalMillis: 60_000 };
    const readings = await recorded.readAll('one-minute windows', [88, 106], 1, given);
    expect(rowsOf(readings)).toEqual({
      //             88 89 90 91 92 …
      'web~~back': [0, 0, 0, 0, 2, ...times(13, 0)],
      'web~~cart': times(18, 10),
      'web~~db': [...times(12, 12), 1, ...times(5, 12)],
      'web~~new': [...times(9, 0), 1, 4, 0, 4, ...times(5, 0)],
    });
    expect(doubtsOf(readings).unattributed).toEqual(times(18, 0));
  });

  it('a process that dies again and again is seen, and its count is right or not known', async () => {
    const readings = await recorded.readAll('a process that lives for two minutes', [60, 150], 15);
    const { 'web~~db': row = [] } = rowsOf(readings);
    // Sixteen are counted by each process; seven or eight of them end in a window.
    for (const one of row) expect(one === '?' || (one >= 7 * 12 && one <= 8 * 16)).toBe(true);
    expect(row).toHaveLength(6);
  });

  it('failures are counted by the same rules', async () => {
    const readings = await recorded.readAll('failures', [60, 150], 15);
    const failedOf = (id: string) =>
      readings.map(
        ({ observations }) =>
          observations.find(({ dependencyId }) => dependencyId === id)?.failedRequests,
      );
    expect(failedOf('web~~cart')).toEqual([30, 30, 29, 30, 30, 30]);
    expect(failedOf('web~~db')).toEqual([0, 0, 0, 1, 0, 0]);
    expect(failedOf('web~~mail')).toEqual(times(6, 0));
  });
});
