import { it } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { addToLooked, type Looked, lastLookedAt, wasLookedAt } from '../../src/domain/looked.ts';
import { shuffled } from './arbitraries.ts';

type Interval = readonly [start: number, end: number];

const interval: fc.Arbitrary<Interval> = fc
  .tuple(fc.nat(40), fc.integer({ min: 1, max: 8 }))
  .map(([start, length]) => [start, start + length]);
const intervals = fc.array(interval, { maxLength: 15 });

const look = (all: readonly Interval[]): Looked =>
  all.reduce<Looked>((looked, [start, end]) => addToLooked(looked, start, end), []);

/** The plain model: the unit cells `(n, n + 1]` that were looked at. */
function cells(all: readonly Interval[]): number[] {
  const looked = new Set<number>();
  for (const [start, end] of all) for (let n = start; n < end; n += 1) looked.add(n);
  return [...looked].sort((a, b) => a - b);
}

const pairsOf = (looked: Looked): Interval[] =>
  looked.flatMap((start, i) =>
    i % 2 === 0 ? [[start, looked[i + 1] ?? Number.NaN] as const] : [],
  );

describe('the time that was looked at', () => {
  it.prop([intervals])('is all that was added, and nothing else', (all) => {
    expect(cells(pairsOf(look(all)))).toEqual(cells(all));
  });

  it.prop([intervals])('is kept in ascending intervals that neither meet nor touch', (all) => {
    const looked = look(all);
    expect(looked.length % 2).toBe(0);
    for (const [i, instant] of looked.slice(1).entries()) {
      expect(instant).toBeGreaterThan(looked[i] ?? Number.NaN);
    }
  });

  it.prop([intervals.chain((all) => fc.tuple(fc.constant(all), shuffled(all)))])(
    'does not depend on the order of windows',
    ([all, reordered]) => {
      expect(look(reordered)).toEqual(look(all));
    },
  );

  it.prop([intervals.chain((all) => fc.tuple(fc.constant(all), fc.subarray(all)))])(
    'does not depend on how often a window is read',
    ([all, again]) => {
      expect(look([...all, ...again])).toEqual(look(all));
    },
  );

  it.prop([intervals, interval])('is not changed in place', (all, [start, end]) => {
    const before = Object.freeze([...look(all)]);
    addToLooked(before, start, end);
    expect(before).toEqual(look(all));
  });

  it.each<[string, Looked, Interval, Looked]>([
    ['windows that touch become one', [0, 10], [10, 20], [0, 20]],
    ['a hole stays a hole', [0, 10], [11, 20], [0, 10, 11, 20]],
    ['a hole that is filled vanishes', [0, 10, 20, 30], [10, 20], [0, 30]],
    ['an earlier window comes before', [20, 30], [0, 10], [0, 10, 20, 30]],
    ['one over all swallows all', [5, 10, 20, 25], [0, 30], [0, 30]],
  ])('%s', (_, before, [start, end], after) => {
    expect(addToLooked(before, start, end)).toEqual(after);
  });
});

describe('when it was last looked', () => {
  it('is not known before the first time', () => {
    expect(lastLookedAt([], 100)).toBeNull();
    expect(lastLookedAt([50, 60], 40)).toBeNull();
  });

  it.prop([fc.array(interval, { minLength: 1 })])(
    'is the latest end, whatever came last',
    (all) => {
      const far = Number.MAX_SAFE_INTEGER;
      expect(lastLookedAt(look(all), far)).toBe(Math.max(...all.map(([, end]) => end)));
    },
  );

  it('is not after the frontier, though windows after it were read on demand', () => {
    expect(lastLookedAt([0, 10, 40, 50], 20)).toBe(10);
    expect(lastLookedAt([0, 10, 40, 50], 45)).toBe(45);
  });
});

describe('whether all of a time was looked at', () => {
  it.prop([intervals, interval])('is so where each of its instants was', (all, [start, end]) => {
    const seen = new Set(cells(all));
    const wanted = Array.from({ length: end - start }, (_, index) => start + index);
    // The instant that comes right after the unit cell `(n, n + 1]` began lies in it.
    expect(wasLookedAt(look(all), start + 1, end)).toBe(wanted.every((cell) => seen.has(cell)));
  });
});
