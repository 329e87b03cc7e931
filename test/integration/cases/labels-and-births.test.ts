import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecordedSample } from '../../support/prometheus.ts';
import {
  accountOf,
  counter,
  doubtsOf,
  type Row,
  recordShapes,
  rowsOf,
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
  readonly cannotTell?: readonly number[];
  readonly unattributed?: readonly number[];
  /** Whether a gap that is longer than the reach lies within a longer window and between shorter ones. */
  readonly isLongGap?: boolean;
}

const span = [60, 150] as const;
const agent = { job: 'agent', instance: 'agent:1' };
const none = times(6, 0);
const each = (count: number): Row => times(6, count);

const pairOf = (client: string, server: string, more: Labels) => ({ client, server, ...more });

/** Three idle pairs of some counts, and one with ten requests a minute, before and after minute 100. */
function relabelled(
  before: Labels,
  after: Labels,
  { idle = [5_000, 777, 3], at = 100 }: { idle?: readonly number[]; at?: number } = {},
): RecordedSample[] {
  const both = (client: string, server: string, first: number, perMinute: number) => [
    ...counter(pairOf(client, server, before), [[0, at, first, perMinute]]),
    ...counter(pairOf(client, server, after), [[at, 180, first + at * perMinute, perMinute]]),
  ];
  return [
    ...idle.flatMap((count, index) => both(`idle-${index}`, 'ledger', count, 0)),
    ...both('web', 'cart', 40_000, 10),
  ];
}

const busy = { 'web~~cart': each(150) };
/** A pair that goes on all the time, so that its producer is seen. */
const steady = (labels: Labels = agent) =>
  counter(pairOf('web', 'cart', labels), [[0, 180, 40_000, 10]]);
const life = (
  client: string,
  server: string,
  stretches: readonly Stretch[],
  labels: Labels = agent,
) => counter(pairOf(client, server, labels), stretches);
const shopped = (name: string): Labels => ({
  client_service_namespace: name,
  server_service_namespace: name,
});

const shapes = {
  'a label is removed': {
    samples: relabelled({ ...agent, collector: 'a' }, agent),
    rows: busy,
  },
  'a label is renamed': {
    samples: relabelled({ ...agent, zone: 'n1' }, { ...agent, region: 'n1' }),
    rows: busy,
  },
  'the value of a label changes': {
    samples: relabelled({ ...agent, version: '1.8' }, { ...agent, version: '1.9' }),
    rows: busy,
  },
  'two labels come at once': {
    samples: relabelled(agent, { ...agent, team: 'x', region: 'n1' }),
    rows: busy,
  },
  'one label comes and another goes': {
    samples: relabelled({ ...agent, pod: 'p' }, { ...agent, node: 'n' }),
    rows: busy,
  },
  'a label of the source comes': {
    samples: relabelled({ job: 'agent' }, { job: 'agent', instance: 'agent:1' }),
    rows: busy,
  },
  'a label is added to small counters': {
    samples: relabelled(agent, { ...agent, team: 'x' }, { idle: [1, 2, 5, 10] }),
    rows: busy,
  },
  'a label is added at the end of a window': {
    samples: relabelled(agent, { ...agent, team: 'x' }, { at: 105 }),
    rows: busy,
  },
  'a label is added in the last scrape of a window': {
    samples: relabelled(agent, { ...agent, team: 'x' }, { at: 104.5 }),
    rows: busy,
  },
  'a producer without job and instance gets a label': {
    samples: relabelled({}, { team: 'x' }),
    rows: busy,
  },
  'a pushed producer gets another instance, and goes on': {
    samples: relabelled({ __metrics_gen_instance: 'g1' }, { __metrics_gen_instance: 'g2' }),
    rows: busy,
  },
  'a namespace is added to the identity': {
    samples: relabelled(agent, { ...agent, ...shopped('shop') }),
    rows: {
      'shop:web~~shop:cart': [0, 0, 50, 150, 150, 150],
      'web~~cart': [150, 150, 100, 0, 0, 0],
    },
  },
  'a label is added while a counter moves fast': {
    samples: [
      ...life('web', 'cart', [[0, 100, 0, 6_000]]),
      ...life('web', 'cart', [[100, 180, 600_000, 6_000]], { ...agent, team: 'x' }),
      ...life('cart', 'db', [[0, 100, 0, 0.2]]),
      ...life('cart', 'db', [[100, 180, 20, 0.2]], { ...agent, team: 'x' }),
    ],
    rows: { 'cart~~db': each(3), 'web~~cart': each(90_000) },
  },
  'each deployment has another pod, and counts from nothing': {
    samples: [
      ...life('web', 'cart', [[0, 100, 40_000, 10]], { ...agent, pod: 'p1' }),
      ...life('web', 'cart', [[100, 125, 0, 10]], { ...agent, pod: 'p2' }),
      ...life('web', 'cart', [[125, 180, 0, 10]], { ...agent, pod: 'p3' }),
      ...life('cart', 'old', [[0, 100, 777, 0]], { ...agent, pod: 'p1' }),
      ...life('cart', 'mail', [[0, 100, 90, 0]], { ...agent, pod: 'p1' }),
      ...life('cart', 'mail', [[112, 125, 1, 0]], { ...agent, pod: 'p2' }),
    ],
    // Of the requests between a pod's last scrape and its end nobody knows.
    rows: { 'cart~~mail': [0, 0, 0, 1, 0, 0], 'web~~cart': [150, 150, 146, 150, 146, 150] },
  },
  'a label comes while the producer is away for two minutes': {
    samples: [
      ...life('web', 'cart', [[0, 98, 40_000, 10]]),
      ...life('web', 'cart', [[100, 180, 41_000, 10]], { ...agent, team: 'x' }),
      ...life('cart', 'old', [[0, 98, 777, 0]]),
      ...life('cart', 'old', [[100, 180, 777, 0]], { ...agent, team: 'x' }),
    ],
    rows: busy,
  },
  'a pair is born after a label came': {
    samples: [
      ...relabelled(agent, { ...agent, team: 'x' }),
      ...life('web', 'new', [[130, 180, 3, 0]], { ...agent, team: 'x' }),
      ...life('web', 'newer', [[100.5, 180, 2, 0]], { ...agent, team: 'x' }),
    ],
    rows: {
      ...busy,
      'web~~new': [0, 0, 0, 0, 3, 0],
      'web~~newer': [0, 0, 2, 0, 0, 0],
    },
  },
  'a rare pair of a new instance': {
    samples: [
      ...steady(),
      ...life('web', 'cart', [[100, 180, 0, 10]], { ...agent, instance: 'agent:2' }),
      ...life('web', 'rare', [[112, 180, 1, 0]], { ...agent, instance: 'agent:2' }),
    ],
    rows: {
      'web~~cart': [150, 150, 195, 300, 300, 300],
      'web~~rare': [0, 0, 0, 1, 0, 0],
    },
    // What the new instance counted before it was first scraped.
    cannotTell: [0, 0, 1, 0, 0, 0],
  },
  'a new instance whose process says when it began': {
    samples: [
      ...steady(),
      ...life('web', 'rare', [[100, 180, 2, 0]], { ...agent, instance: 'agent:2' }),
      ...counter(
        { ...agent, instance: 'agent:2' },
        [[100, 180, Date.UTC(2026, 0, 1) / 1000 + 99 * 60 + 50, 0]],
        { metric: 'process_start_time_seconds' },
      ),
    ],
    rows: { ...busy, 'web~~rare': [0, 0, 2, 0, 0, 0] },
  },
  'a first pair after an outage of three minutes': {
    samples: [
      ...life('web', 'cart', [
        [0, 92, 40_000, 10],
        [95, 180, 40_950, 10],
      ]),
      ...life('web', 'rare', [[95, 180, 1, 0]]),
    ],
    rows: { ...busy, 'web~~rare': [0, 0, 1, 0, 0, 0] },
  },
  'a first pair after an outage of ten minutes within a window': {
    isLongGap: true,
    samples: [
      ...life('web', 'cart', [
        [0, 91, 40_000, 10],
        [101, 180, 41_010, 10],
      ]),
      ...life('web', 'rare', [[101, 180, 1, 0]]),
    ],
    rows: { ...busy, 'web~~rare': [0, 0, 1, 0, 0, 0] },
  },
  'a first pair after an outage that began long before its window': {
    isLongGap: true,
    samples: [
      ...life('web', 'cart', [
        [0, 80, 40_000, 10],
        [95, 180, 40_950, 10],
      ]),
      ...life('web', 'rare', [[95, 180, 1, 0]]),
    ],
    rows: {
      'web~~cart': [150, 50, 95, 150, 150, 150],
      'web~~rare': [0, 0, '?', 0, 0, 0],
    },
    unattributed: [0, 0, 156, 0, 0, 0],
  },
  'the only pair of a collector is rare, and its target is known': {
    samples: [
      ...life('web', 'rare', [[110, 180, 1, 0]]),
      ...counter(agent, [[0, 180, 1, 0]], { metric: 'up' }),
    ],
    rows: { 'web~~rare': [0, 0, 0, 1, 0, 0] },
  },
  'the only pair of a collector is rare, and its target was down': {
    samples: [
      ...life('web', 'rare', [[110, 180, 1, 0]]),
      ...counter(
        agent,
        [
          [0, 110, 0, 0],
          [110, 180, 1, 0],
        ],
        { metric: 'up' },
      ),
    ],
    rows: {},
    cannotTell: [0, 0, 0, 1, 0, 0],
  },
  'the only pair of a collector is rare, and nothing else is known': {
    samples: life('web', 'rare', [[110, 180, 1, 0]]),
    rows: {},
    cannotTell: [0, 0, 0, 1, 0, 0],
  },
  'the only pair of a collector is born, and moves': {
    samples: life('web', 'rare', [[110, 180, 6, 2]]),
    // The six and what came before the first scrape may be of any time.
    rows: { 'web~~rare': [0, 0, 0, 19, 30, 30] },
    cannotTell: [0, 0, 0, 1, 0, 0],
  },
  'away for fifteen minutes, and back as it was': {
    samples: [
      ...steady(),
      ...life('web', 'back', [
        [0, 80, 500, 0],
        [95, 180, 500, 0],
      ]),
    ],
    rows: busy,
  },
  'away for fifteen minutes, and back with more': {
    isLongGap: true,
    samples: [
      ...steady(),
      ...life('web', 'back', [
        [0, 80, 500, 0],
        [95, 180, 530, 0],
      ]),
    ],
    rows: { ...busy, 'web~~back': [0, 0, '?', 0, 0, 0] },
    unattributed: [0, 0, 30, 0, 0, 0],
  },
  'away for fifteen minutes beside others, and back with less': {
    samples: [
      ...steady(),
      ...life('web', 'back', [
        [0, 80, 500, 0],
        [95, 180, 20, 0],
      ]),
    ],
    // Its producer was there without it in the scrape before, so all of it is new.
    rows: { ...busy, 'web~~back': [0, 0, 20, 0, 0, 0] },
  },
  'the whole producer away for fifteen minutes, and back as it was': {
    samples: [
      ...life('web', 'cart', [
        [0, 80, 40_000, 0],
        [95, 180, 40_000, 0],
      ]),
      ...life('web', 'rare', [
        [0, 80, 2, 0],
        [95, 180, 2, 0],
      ]),
    ],
    rows: {},
  },
  'the whole producer away for fifteen minutes, and back from nothing': {
    isLongGap: true,
    samples: [
      ...life('web', 'cart', [
        [0, 80, 40_000, 0],
        [95, 180, 0, 10],
      ]),
      ...life('web', 'rare', [
        [0, 80, 2, 0],
        [95, 180, 2, 0],
      ]),
    ],
    // What was counted before the first scrape may have been counted in the gap.
    rows: {
      'web~~cart': [0, 0, 95, 150, 150, 150],
      'web~~rare': [0, 0, '?', 0, 0, 0],
    },
    unattributed: [0, 0, 3, 0, 0, 0],
  },
  'away for five hours less two, and back as it was': {
    samples: [
      ...steady(),
      ...life('web', 'back', [
        [0, 2, 120_000, 0],
        [125, 180, 120_000, 0],
      ]),
    ],
    rows: busy,
  },
  'a gap of four minutes over the end of a window': {
    samples: [
      ...life('web', 'cart', [
        [0, 103, 40_000, 10],
        [107, 180, 41_070, 10],
      ]),
      ...life('web', 'idle', [
        [0, 103, 7, 0],
        [107, 180, 7, 0],
      ]),
    ],
    rows: { 'web~~cart': [150, 150, 130, 170, 150, 150] },
  },
  'a gap of eight minutes over the end of a window': {
    isLongGap: true,
    samples: [
      ...life('web', 'cart', [
        [0, 101, 40_000, 10],
        [109, 180, 41_090, 10],
      ]),
      ...life('web', 'idle', [
        [0, 101, 700, 0],
        [109, 180, 700, 0],
      ]),
    ],
    rows: { 'web~~cart': [150, 150, 110, 190, 150, 150] },
  },
  'born in the very first and the very last scrape of a window': {
    samples: [
      ...steady(),
      ...values(pairOf('web', 'first', agent), 105, times(100, 4)),
      ...values(pairOf('web', 'last', agent), 104.5, times(100, 4)),
    ],
    rows: {
      ...busy,
      'web~~first': [0, 0, 0, 4, 0, 0],
      'web~~last': [0, 0, 4, 0, 0, 0],
    },
  },
  'born large beside others': {
    samples: [...steady(), ...life('web', 'promo', [[110, 180, 5_000, 0]])],
    rows: { ...busy, 'web~~promo': [0, 0, 0, 5_000, 0, 0] },
  },
  'pruned when idle, and born anew at one again and again': {
    samples: [
      ...steady(),
      ...[65, 80, 96, 123].flatMap((from) => life('web', 'rare', [[from, from + 5, 1, 0]])),
    ],
    rows: { ...busy, 'web~~rare': [1, 1, 1, 0, 1, 0] },
  },
} satisfies Record<string, Shown>;

type Name = keyof typeof shapes;
const names = Object.keys(shapes) as Name[];

describe('a counter that appears is not a new one for that', () => {
  let recorded: Shapes<Name | 'all labels come'>;

  beforeAll(async () => {
    recorded = await recordShapes({ ...samplesOf(shapes), 'all labels come': labelAdded() });
  });
  afterAll(() => recorded.stop());

  it('all series of a running producer get a label: every window says what was counted', async () => {
    const readings = await recorded.readAll('all labels come', [0, 180], 15);
    expect(rowsOf(readings)).toEqual({
      'shop-web~~shop-new': [...times(8, 0), 3, 0, 0, 0],
      // Of the first window it is known from the first scrape on.
      'shop-web~~shop-orders': [145, ...times(11, 150)],
    });
    expect(readings.map(({ outcome }) => outcome)).toEqual(times(12, 'complete'));
  });

  it.each(names)('%s', async (name) => {
    const shape: Shown = shapes[name];
    const readings = await recorded.readAll(name, span, 15);
    expect(rowsOf(readings)).toEqual(shape.rows);
    expect(doubtsOf(readings)).toEqual({
      cannotTell: shape.cannotTell ?? none,
      unattributed: shape.unattributed ?? none,
      severalWriters: none,
    });
  });

  it.each(names)('%s: windows add up, whatever their length', async (name) => {
    const { isLongGap = false }: Shown = shapes[name];
    const whole = await recorded.read(name, 98, 108);
    const minutes = await recorded.readAll(name, [98, 108], 1);
    expect(accountOf(minutes, isLongGap)).toEqual(accountOf([whole], isLongGap));
    const hours = await recorded.read(name, 60, 180);
    const quarters = await recorded.readAll(name, [60, 180], 15);
    expect(accountOf(quarters, isLongGap)).toEqual(accountOf([hours], isLongGap));
  });
});

function labelAdded(): RecordedSample[] {
  const before = { job: 'alloy', instance: 'a:1' };
  const after = { ...before, collector: 'a' };
  const both = (client: string, server: string, first: number, perMinute: number) => [
    ...life(client, server, [[0, 100, first, perMinute]], before),
    ...life(client, server, [[100, 180, first + 100 * perMinute, perMinute]], after),
  ];
  return [
    ...both('shop-orders', 'shop-ledger', 1_250_000, 0),
    ...both('shop-cron', 'shop-ledger', 777, 0),
    ...both('shop-web', 'shop-orders', 400_000, 10),
    ...life('shop-web', 'shop-new', [[130, 180, 3, 0]], after),
  ];
}
