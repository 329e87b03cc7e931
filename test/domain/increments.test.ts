import { describe, expect, it } from 'vitest';
import { isCount, livesOf, mergeCopies } from '../../src/domain/counter-samples.ts';
import {
  appearedOf,
  type CounterSeries,
  judgeCounters,
  smallCount,
} from '../../src/domain/increments.ts';
import {
  counts,
  judged,
  pastOf,
  producerOf,
  quarter,
  series,
  windowOf,
  within,
} from '../support/counter-samples.ts';

const a1 = { instance: 'a:1' };
const a2 = { instance: 'a:2' };
const busy = { ...a1, server: 'busy' };

describe('a reset', () => {
  it.each([
    ['at the boundary of the window', '56: 100x5; 61: 7x15', '7'],
    ['at the boundary, and counting on', '56: 100x5; 61: 7 9 12x13', '12'],
    ['in the first step after the start', '56: 100x4 105 ; 61: 3x15', '3'],
    ['before the window, within reach', '56: 90 95 2 3 4; 61: 5 6 7x13', '3'],
    ['in the middle of the window', '56: 50x8; 64: 4 8x11', '8'],
    ['in the last step of the window', '56: 50x19; 75: 6', '6'],
    ['to nothing', '56: 50x10; 66: 0x10', '0'],
    ['twice, of a young counter', '56: 3x6; 62: 1 4; 64: 2 2 2x10', '6'],
    ['between samples that miss some scrapes', '56: 50; 59: 50; 63: 5; 67: 6; 71: 6; 75: 8', '8'],
  ])('%s counts what came after it', (_, text, answer) => {
    expect(judged([series(a1, text)])).toEqual([answer]);
  });

  it('of a crash loop counts each process', () => {
    expect(judged([series(a1, '56: 9x5; 61: 1 2 3 4 1 2 3 4 1 2 3 4 1 2 3')])).toEqual(['15']);
  });

  it('lets the next windows stay exact', () => {
    const all = [series(a1, '56: 100x3 105 2 4 6 8 10 12 14 16 18')];
    const minutes = [59, 60, 61, 62, 63].map((at) => windowOf(at, at + 1));
    expect(minutes.flatMap((times) => judged(all, pastOf(), times))).toEqual([
      '2',
      '2',
      '2',
      '2',
      '2',
    ]);
  });

  it('is exact in windows of a minute that are scraped each minute', () => {
    const all = [series(a1, '50: 40x5 44 3 3 5x10')];
    const minutes = [54, 55, 56, 57, 58].map((at) => windowOf(at, at + 1));
    expect(minutes.map((times) => judged(all, pastOf(), times)[0])).toEqual([
      '4',
      '3',
      '0',
      '2',
      '0',
    ]);
  });
});

describe('a series that is born beside others of its producer', () => {
  const other = series(busy, '56: 1000 1001 1002x18');
  it.each([
    ['and stands still', '65: 3x11', '3'],
    ['and then moves', '65: 20 120 220 320 420 520x6', '520'],
    ['in the last scrape', '75: 20', '20'],
    ['and is reset', '65: 20 30 4 5x8', '35'],
    ['and is pruned and born again', '61: 2 2; 70: 2x6', '4'],
    ['and is pruned and born lower', '61: 15 15; 70: 12x6', '27'],
    ['and comes back after a gap as large as it was', '61: 15 15; 70: 15x6', '15'],
    ['and comes back after a gap larger than it was', '61: 15 15; 70: 18x6', '18'],
    ['at nothing', '65: 0x11', '0'],
  ])('%s counts whole', (_, text, answer) => {
    expect(judged([series(a1, text), other])[0]).toBe(answer);
  });

  it('counts beside a series of another process that ended', () => {
    const ended = series(a2, '56: 4x7');
    expect(judged([series(a1, '64: 30x12'), other, ended])[0]).toBe('30');
  });

  it('that began in the very scrape does not say that it was there before', () => {
    const together = series(busy, '65: 7x11');
    expect(judged([series(a1, '65: 3x11'), together])).toEqual(['0 ?', '0 ?']);
    const moment = {
      ...together,
      samples: together.samples.map(([at, v]) => [at - 900, v] as const),
    };
    expect(judged([series(a1, '65: 3x11'), moment])[0]).toBe('0 ?');
  });

  it('is not told by a producer that was there before the window only', () => {
    const gone = series(busy, '56: 7x5');
    const back = series(busy, '75: 7');
    // Known and away: born in the gap, all of which lies within the reach.
    expect(judged([series(a1, '75: 3'), gone])[0]).toBe('3');
    expect(judged([series(a1, '75: 3'), back])[0]).toBe('0 ?');
  });
});

describe('a producer whose only pair is rare', () => {
  it('is seen where its target was up', () => {
    const presence = { [producerOf(a1)]: Array.from({ length: 20 }, (_, i) => 56 + i) };
    expect(judged([series(a1, '65: 1x4')], pastOf({ presence }))).toEqual(['1']);
    const before = pastOf({ presence, counts: [[a1, 1]] });
    expect(judged([series(a1, '65: 1x4')], before)).toEqual(['1']);
  });

  it('is seen where it always ends after the same quiet time', () => {
    const rhythm = {
      counts: [[a1, 1]] as [typeof a1, number][],
      samples: '0: 1x6; 20: 1x6; 40: 1x6',
    };
    expect(judged([series(a1, '65: 1x6')], pastOf(rhythm))).toEqual(['null +1']);
    const inWindow = [series(a1, '58: 1x6; 70: 1x6')];
    const before = pastOf({ samples: '20: 1x6; 40: 1x6' });
    expect(judged(inWindow, before)).toEqual(['1']);
  });

  it('is not told where there is no rule, and that is said', () => {
    const none = {
      counts: [[a1, 1]] as [typeof a1, number][],
      samples: '0: 1x16; 20: 1x6; 40: 1x9',
    };
    expect(judged([series(a1, '65: 1x6')], pastOf(none))).toEqual(['0 ?']);
    expect(judged([series(a1, '65: 1x6')])).toEqual(['0 ?']);
  });
});

describe('a series that was away', () => {
  it.each([
    ['restarted in one step within reach', '56: 40x5 _ _ _ 2x12', '2'],
    ['restarted in one step, gap longer than reach', '56: 40x2 ; 64: 2x12', '2'],
    ['as it was', '56: 40x2 ; 64: 40x12', '0'],
    ['as it was, in the middle of the window', '56: 40x6 ; 70: 40x6', '0'],
    ['with more, of which both ends are within reach', '56: 40x3 ; 66: 45x3 46', '6'],
  ])('and comes back %s', (_, text, answer) => {
    expect(judged([series(a1, text)])).toEqual([answer]);
  });

  it.each([
    ['as it was has counted nothing', '65: 40x11', '0'],
    ['with more is seen, and the amount is of no window', '65: 60x11', 'null +20'],
    ['with more and counting on has the growth', '65: 60 61 62x9', '2 +20'],
    ['lower is a new process, which began in the gap', '65: 2x11', 'null +2'],
    ['lower and counting on has the growth', '65: 2 3x10', '1 +2'],
  ])('longer than reach and comes back %s', (_, text, answer) => {
    const past = pastOf({ counts: [[a1, 40]] });
    expect(judged([series(a1, text)], past)).toEqual([answer]);
  });

  it('is of the window where its process started near it', () => {
    const past = pastOf({ counts: [[a1, 40]], starts: { [producerOf(a1)]: 63 } });
    expect(judged([series(a1, '65: 2x11')], past)).toEqual(['2']);
    expect(judged([series(a1, '65: 55x11')], past)).toEqual(['55']);
  });

  it('is not taken for new by a start that is older, or of an exporter before it', () => {
    const late = { [producerOf(a1)]: 63 };
    const counted: [typeof a1, number][] = [[a1, 40]];
    expect(judged([series(a1, '65: 40x11')], pastOf({ counts: counted, starts: late }))).toEqual([
      '0',
    ]);
    expect(
      judged([series(a1, '58: 40x3; 69: 42x6')], pastOf({ starts: { [producerOf(a1)]: 50 } })),
    ).toEqual(['2']);
    expect(
      judged(
        [series(a1, '65: 2x11')],
        pastOf({ counts: counted, starts: { [producerOf(a1)]: 1 } }),
      ),
    ).toEqual(['null +2']);
  });

  it('with its whole producer is new where one series is lower', () => {
    const rare = series(a1, '58: 1; 67: 1x9');
    const large = series(busy, '58: 300; 67: 300x9');
    const lower = series(busy, '58: 300; 67: 20x9');
    const higher = series(busy, '58: 300; 67: 320x9');
    expect(judged([rare, large])).toEqual(['0', '0']);
    expect(judged([rare, lower])).toEqual(['1', '20']);
    expect(judged([rare, higher])).toEqual(['0', '20']);
  });

  it('with its whole producer goes on where a large count is as it was, though one is lower', () => {
    const [rare, idle] = [series(a1, '58: 5; 67: 1x9'), series(busy, '58: 300; 67: 300x9')];
    expect(judged([rare, idle])).toEqual(['1', '0']);
  });

  it('twice is judged at each return', () => {
    const large = series(busy, '56: 300; 62: 20 20; 69: 20 20; 75: 20');
    const idle = series(a1, '56: 1; 62: 1 1; 69: 1 1; 75: 1');
    expect(judged([idle, large])).toEqual(['1', '20']);
  });
});

describe('a label', () => {
  const old = { instance: 'a:1' };
  const added = { instance: 'a:1', collector: 'x' };
  const idle = (labels: object, text: string) => series({ ...labels, server: 'idle' }, text);

  it('that is added to all series of a producer counts nothing for what stands still', () => {
    const all = [
      series(old, '56: 1250000x10'),
      series(added, '66: 1250000x10'),
      idle(old, '56: 3x10'),
      idle(added, '66: 3x10'),
    ];
    expect(judged(all)).toEqual(['0', '0', '0', '0']);
  });

  it('that is added counts what the counters went on with', () => {
    const all = [
      series(old, '56: 400 410 420 430 440 450 460 470 480 490'),
      series(added, '66: 500 510 520 530 540 550 560 570 580 590'),
    ];
    expect(judged(all)).toEqual(['50', '100']);
  });

  it('that is added in the last scrape of a window, or the first, is found', () => {
    const last = [series(old, '56: 400x19'), series(added, '75: 405')];
    const first = [series(old, '56: 400x5'), series(added, '61: 405x15')];
    expect(judged(last)).toEqual(['0', '5']);
    expect(judged(first)).toEqual(['0', '5']);
  });

  it('that is added to one small series alone is not told', () => {
    expect(judged([series(old, '56: 3x10'), series(added, '66: 3x10')])).toEqual(['0', '0 ?']);
  });

  it('that is removed from one series of a producer counts nothing', () => {
    const others = series({ ...old, server: 'busy' }, '56: 7x20');
    expect(judged([series(added, '56: 777x10'), series(old, '66: 777x10'), others])[1]).toBe('0');
    expect(judged([series(added, '56: 3x10'), series(old, '66: 3x10'), others])[1]).toBe('0');
    expect(judged([series(added, '56: 30x10'), series(old, '66: 34x10'), others])[1]).toBe('4');
  });

  it('of an identity that is added to a running producer counts nothing', () => {
    const named = { ...old, namespace: 'shop' };
    const all = [
      series(old, '56: 777x10'),
      series(named, '66: 777x10'),
      idle(old, '56: 2x10'),
      idle(named, '66: 2x10'),
    ];
    expect(judged(all)).toEqual(['0', '0', '0', '0']);
  });

  it('that is added after a gap belongs to no window', () => {
    const past = pastOf({ counts: [[old, 700]] });
    expect(judged([series(added, '66: 700x10')], past)).toEqual(['0']);
    expect(judged([series(added, '66: 750x9 751')], past)).toEqual(['1 +50']);
  });

  it('goes to the series that is most alike, each once', () => {
    const of = (instance: string, text: string, more = {}) => series({ instance, ...more }, text);
    const all = [
      of('a:1', '56: 100x10'),
      of('a:2', '56: 500x10'),
      of('a:2', '66: 500x10', { zone: 'z' }),
      of('a:1', '66: 103x10', { zone: 'z' }),
    ];
    expect(judged(all)).toEqual(['0', '0', '0', '3']);
  });

  it('that is added and taken away again counts once', () => {
    const busyAgain = [
      series(old, '56: 100 110 120 130; 66: 190 200 210'),
      series(added, '60: 140 150 160 170 175 180'),
    ];
    expect(judged(busyAgain)).toEqual(['30', '40']);
    const restarted = [
      series(old, '56: 900x4; 66: 90 100 110'),
      series(added, '60: 910 910 10 40 60 80'),
    ];
    expect(judged(restarted)).toEqual(['30', '80']);
    const still = [series(old, '56: 3x4; 66: 3x9'), series(added, '60: 3x6')];
    expect(judged([...still, series(busy, '56: 1x20')])[0]).toBe('0');
    const long = pastOf({ counts: [[old, 40]], there: [producerOf(old)] });
    expect(judged([series(added, '56: 90x10'), series(old, '66: 95x9')], long)).toEqual(['0', '5']);
  });

  it('of a pair that nobody counted before does not make it known', () => {
    expect(judged([series(added, '66: 3x10')])).toEqual(['0 ?']);
  });
});

describe('another process', () => {
  it.each([
    ['a lower count', '60', [series(a1, '56: 900x8'), series(a2, '65: 60x11')]],
    [
      'one lower count and a rare pair',
      '1',
      [
        series(a1, '56: 1x8'),
        series(a2, '65: 1x11'),
        series({ ...a1, server: 'busy' }, '56: 900x8'),
        series({ ...a2, server: 'busy' }, '65: 20x11'),
      ],
    ],
  ])('that replaces one with %s counts whole', (_, answer, all) => {
    expect(judged(all)[1]).toBe(answer);
  });

  it('that started near the window counts whole, its rare pairs too', () => {
    const past = pastOf({ starts: { [producerOf(a2)]: 64 } });
    expect(judged([series(a2, '65: 1x11')], past)).toEqual(['1']);
    expect(judged([series(a1, '56: 1x20'), series(a2, '65: 1x11')], past)).toEqual(['0', '1']);
    expect(judged([series(a1, '56: 5x8'), series(a2, '65: 60x11')], past)).toEqual(['0', '60']);
  });

  it('that nobody knows is not told; what it counts then is', () => {
    expect(judged([series(a2, '65: 500x5 510x6')])).toEqual(['10 ?']);
    const older = pastOf({ starts: { [producerOf(a2)]: 10 } });
    expect(judged([series(a2, '65: 500x5 510x6')], older)).toEqual(['10 ?']);
  });

  it('that was there before an outage has its first pair in it', () => {
    const there = pastOf({ there: [producerOf(a1)] });
    expect(judged([series(a1, '65: 3x11')], there)).toEqual(['null +3']);
    const started = pastOf({ there: [producerOf(a1)], starts: { [producerOf(a1)]: 58 } });
    expect(judged([series(a1, '65: 3x11')], started)).toEqual(['3']);
    expect(judged([series(a1, '67: 3x8'), series(busy, '56: 8 9; 67: 9x8')])[0]).toBe('3');
  });

  it('beside one that lives on near the end of the window does not go on with its count', () => {
    const living = {
      ...series(a1, '56: 900x19'),
      samples: counts('56: 900x19').map(([at, v]) => [at + 3000, v] as const),
    };
    expect(judged([living, series(a2, '75: 60')])).toEqual(['0', '0 ?']);
  });
});

describe('a second job', () => {
  const jobs = [{ job: 'x' }, { job: 'y' }] as const;
  it('that reads what another reads counts nothing of what was there', () => {
    expect(judged([series(jobs[0], '56: 800x20'), series(jobs[1], '65: 800x11')])).toEqual([
      '0',
      '0',
    ]);
    expect(
      judged([series(jobs[0], '56: 800x14 801x6'), series(jobs[1], '65: 800x5 801x6')]),
    ).toEqual(['1', '1']);
    const rare = [jobs[0], jobs[1]].map((job) => ({ ...job, server: 'rare' }));
    expect(
      judged([
        series(jobs[0], '56: 800x20'),
        series(jobs[1], '65: 800x11'),
        series(rare[0] ?? {}, '56: 2x20'),
        series(rare[1] ?? {}, '65: 2x11'),
      ]),
    ).toEqual(['0', '0', '0', '0']);
  });

  it('is not told from a new instance by one small count', () => {
    expect(judged([series(jobs[0], '56: 1x20'), series(jobs[1], '65: 1x11')])).toEqual([
      '0',
      '0 ?',
    ]);
  });

  it('does not go on with what ended long ago', () => {
    const past = pastOf({ counts: [[{ job: 'old' }, 300]] });
    expect(judged([series(jobs[0], '56: 800x20'), series(jobs[1], '65: 800x11')], past)).toEqual([
      '0',
      '0',
    ]);
  });
});

describe('several writers', () => {
  const byTurns = (high: number, rise: number, low: number, lowRise: number, steps: number) =>
    Array.from({ length: steps }, (_, i): [number, number] => [
      (56 + i / 2) * 60_000,
      i % 2 === 0 ? high + (rise * i) / 2 : low + (lowRise * (i - 1)) / 2,
    ]);
  const half = { ...quarter, scrapeIntervalMillis: 30_000 };
  const of = (samples: [number, number][]): CounterSeries => ({ ...series(a1, ''), samples });

  it('by turns are seen, and their count is not known', () => {
    expect(judged([of(byTurns(100_000, 5, 300, 2, 40))], pastOf(), half)).toEqual(['null writers']);
    expect(judged([of(byTurns(100_000, 0, 300, 1, 40))], pastOf(), half)).toEqual(['null writers']);
  });

  it('that both stand still count nothing', () => {
    expect(judged([of(byTurns(100_000, 0, 300, 0, 40))], pastOf(), half)).toEqual(['0 writers']);
  });

  it('are found in windows of a minute', () => {
    const all = [of(byTurns(100_000, 5, 300, 2, 40))];
    const short = { ...half, reachMillis: 75_000 };
    for (let at = 58; at < 75; at += 1) {
      expect(judged(all, pastOf(), windowOf(at, at + 1, short))).toEqual(['null writers']);
    }
  });

  it('are not what restarts, or is pruned, again and again', () => {
    expect(judged([series(a1, '56: 9x5; 61: 1 3 5 9 1 3 5 9 1 3 5 9 9 9 9')])).toEqual(['27']);
    expect(judged([series(a1, '56: 3; 62: 1 3; 69: 1 3'), series(busy, '56: 7x20')])[0]).toBe('6');
  });
});

describe('copies', () => {
  it('of two servers are one counter', () => {
    const one = counts('56: 10 11 12 13');
    const late = one.map(([at, value]): [number, number] => [at + 20_000, value - 1]);
    expect(mergeCopies([one, late]).map(([, value]) => value)).toEqual([
      10, 10, 11, 11, 12, 12, 13, 13,
    ]);
  });

  it('are reset once, whoever sees it first', () => {
    const one = counts('56: 10 11 2 3');
    const late = counts('56: 10 11 2 4').map(([at, value]): [number, number] => [
      at + 20_000,
      value,
    ]);
    const lagging = counts('56: 10 11 11 2').map(([at, value]): [number, number] => [
      at + 20_000,
      value,
    ]);
    expect(
      judged(
        [{ ...series(a1, ''), samples: mergeCopies([one, late]) }],
        pastOf(),
        windowOf(56, 60),
      ),
    ).toEqual(['5']);
    expect(mergeCopies([one, lagging]).map(([, value]) => value)).toEqual([
      10, 10, 11, 11, 2, 2, 3, 3,
    ]);
  });

  it('go on where one of them did not show the reset', () => {
    const one = counts('56: 100 3 9 20 60 90 120 140');
    const blind = counts('56: 100 _ _ _ 110 120 130 140 150').map(([at, v]): [number, number] => [
      at + 9_000,
      v,
    ]);
    expect(mergeCopies([one, blind]).at(-1)?.[1]).toBe(150);
  });

  it('with one time each are one sample', () => {
    expect(mergeCopies([counts('56: 10 11'), counts('56: 9 12')])).toEqual(counts('56: 10 12'));
    expect(mergeCopies([])).toEqual([]);
  });
});

describe('a sample', () => {
  it.each([
    [0, true],
    [2 ** 53 - 1, true],
    [2 ** 53, false],
    [-1, false],
    [Number.NaN, false],
    [Number.POSITIVE_INFINITY, false],
  ])('%s is a count: %s', (value, answer) => {
    expect(isCount(value)).toBe(answer);
  });

  it('of one time with another is a step like any', () => {
    expect(judged([series(a1, '60: 5; 65: 6; 65: 6; 68: 7')])).toEqual(['2']);
  });

  it('farther from the one before than the reach begins a life', () => {
    expect(livesOf(counts('0: 1; 5: 2; 11: 3'), 300_000).map(({ length }) => length)).toEqual([
      2, 1,
    ]);
  });

  it('is of the window that it ends, the start left out', () => {
    const all = [series(a1, '59: 5 6 9'), series(busy, '56: 1x20')];
    expect(judged(all, pastOf(), windowOf(59, 60))[0]).toBe('1');
    expect(judged(all, pastOf(), windowOf(60, 61))[0]).toBe('3');
  });
});

describe('an outline', () => {
  const outline = (labels: Record<string, string>, text: string) => ({
    ...series(labels, text),
    isOutline: true,
  });
  it('is one life, and its producer was there all the time', () => {
    const all = [outline(busy, '60: 100; 75: 180'), outline(a1, '67: 3; 75: 5')];
    expect(judged(all, pastOf(), windowOf(59, 75))).toEqual(['80 ?', '5']);
  });

  it('appeared like any other', () => {
    const all = [outline(busy, '58: 100; 75: 180'), outline(a1, '67: 3; 75: 5')];
    expect(appearedOf(all, quarter)).toEqual([all[1]]);
  });
});

describe('many series', () => {
  /** How often series are looked at, for a producer each and a family for all. */
  function looksAt(count: number, family: string): number {
    let looks = 0;
    const all = Array.from({ length: count }, (_, i): CounterSeries[] => {
      const of = (labels: Record<string, string>, text: string) => ({
        ...series(labels, text),
        ...(family === '' ? {} : { family }),
      });
      return [
        of({ pod: `old-${i}`, job: 'x' }, '56: 9x5'),
        of({ pod: `new-${i}`, job: 'x' }, `65: ${20 + (i % 7)}x3`),
      ];
    }).flat();
    const watched = all.map(
      (one): CounterSeries =>
        new Proxy(one, {
          get(target, name, self) {
            looks += 1;
            return Reflect.get(target, name, self);
          },
        }),
    );
    judgeCounters(within(all, quarter).length > 0 ? watched : [], [], pastOf(), quarter);
    return looks;
  }

  it.each([['one family'], ['']])(
    'are judged by a work that grows with their number (%s)',
    (family) => {
      const [few, many] = [looksAt(500, family), looksAt(5000, family)];
      expect(many / few).toBeLessThan(11);
      expect(few).toBeLessThan(1000 * 200);
    },
  );

  it('of one family go on with one count each', () => {
    const pods = Array.from({ length: 300 }, (_, i) => [
      series({ pod: `old-${i}` }, '56: 100x5'),
      series({ pod: `new-${i}` }, '65: 107x11'),
    ]).flat();
    expect(judged(pods).filter((answer) => answer === '7')).toHaveLength(300);
  });
});

it('says how small a count may begin anew', () => {
  const other = series(busy, '56: 7x20');
  const back = (value: number) => judged([series(a1, `57: ${value}; 67: ${value}x9`), other])[0];
  expect([back(smallCount), back(smallCount + 1)]).toEqual([String(smallCount), '0']);
});
