import { it } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { addToLooked, type Looked } from '../../src/domain/looked.ts';
import {
  agesFromOf,
  cutoffOf,
  cutoffsAt,
  isTripped,
  laterCutoffs,
} from '../../src/domain/staleness.ts';

/** Time looked at between two instants, instant by instant. */
function measure(looked: Looked, from: number, to: number): number {
  let sum = 0;
  for (let i = 0; i + 1 < looked.length; i += 2) {
    const [start = 0, end = 0] = looked.slice(i, i + 2);
    sum += Math.max(0, Math.min(end, to) - Math.max(start, from));
  }
  return sum;
}

const windows = fc.array(fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 10 })), { maxLength: 8 });
const lookedOf = (all: readonly (readonly [number, number])[]): Looked =>
  all.reduce<Looked>((looked, [start, length]) => addToLooked(looked, start, start + length), []);

describe('the age of what nobody watched for a while', () => {
  it('goes on where it was', () => {
    const times = { countsFrom: 20, unwatchedSince: 60, watchedAgainAt: 200 };
    expect(agesFromOf([0, 200], times)).toBe(160);
    // Of the time before it went only half was looked at.
    expect(agesFromOf([0, 20, 40, 200], times)).toBe(180);
    // It was seen in the last window that had its producer.
    expect(agesFromOf([0, 200], { ...times, countsFrom: 60 })).toBe(200);
  });

  it.prop([windows, fc.nat(70), fc.nat(70), fc.nat(70)])(
    'is as much looked time as it was',
    (all, ...instants) => {
      const [countsFrom = 0, unwatchedSince = 0, watchedAgainAt = 0] = instants.sort(
        (a, b) => a - b,
      );
      const looked = lookedOf(all);
      const agesFrom = agesFromOf(looked, { countsFrom, unwatchedSince, watchedAgainAt });
      const age = measure(looked, countsFrom, unwatchedSince);
      expect(measure(looked, agesFrom, watchedAgainAt)).toBe(age);
      expect(agesFrom).toBeGreaterThanOrEqual(countsFrom);
      expect(agesFrom).toBeLessThanOrEqual(watchedAgainAt);
    },
  );
});

describe('the cutoff of a source', () => {
  it('lies a threshold back while all was looked at', () => {
    expect(cutoffOf([0, 100], 100, 30)).toBe(70);
  });

  it('does not move while nobody looks', () => {
    expect(cutoffOf([0, 100], 500, 30)).toBe(70);
    expect(cutoffOf([0, 100, 480, 500], 500, 30)).toBe(90);
  });

  it('is none before there was time enough to miss anything', () => {
    expect(cutoffOf([], 100, 30)).toBeNull();
    expect(cutoffOf([0, 20, 30, 39], 100, 30)).toBeNull();
  });

  it.prop([windows, fc.nat(80), fc.integer({ min: 1, max: 40 })])(
    'is the latest instant after which so much was looked at',
    (all, now, threshold) => {
      const looked = lookedOf(all);
      const instants = Array.from({ length: now + 1 }, (_, index) => index);
      const latest = instants.filter((c) => measure(looked, c, now) >= threshold).at(-1) ?? null;
      expect(cutoffOf(looked, now, threshold)).toBe(latest);
    },
  );

  it.prop([
    windows.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    ),
    fc.nat(80),
  ])('does not depend on the order in which windows were read', ([all, shuffled], now) => {
    expect(cutoffOf(lookedOf(shuffled), now, 7)).toBe(cutoffOf(lookedOf(all), now, 7));
  });

  it.prop([windows, windows, fc.nat(80), fc.nat(80)])(
    'never moves back, whatever is read later and whenever passes are made',
    (before, more, now, later) => {
      const limits = { staleMillis: 5, removeMillis: 9 };
      const first = cutoffsAt(lookedOf(before), now, limits);
      const found = cutoffsAt(lookedOf([...before, ...more]), later, limits);
      for (const { stale, removed, passedAt } of [first, found]) {
        expect(removed ?? -1).toBeLessThanOrEqual(stale ?? -1);
        expect(stale ?? -1).toBeLessThanOrEqual(passedAt);
      }
      const next = laterCutoffs(first, found);
      expect(next.stale ?? -1).toBeGreaterThanOrEqual(first.stale ?? -1);
      expect(next.removed ?? -1).toBeGreaterThanOrEqual(first.removed ?? -1);
      expect(next.removed ?? -1).toBeLessThanOrEqual(next.stale ?? -1);
      expect(next.stale ?? -1).toBeLessThanOrEqual(next.passedAt);
      expect(laterCutoffs(found, first)).toEqual(next);
    },
  );
});

describe('the breaker', () => {
  const breaker = { ratio: 0.2, atLeast: 20 };
  it.each([
    [19, 20, false],
    [20, 100, false],
    [21, 100, true],
    [20, 99, true],
    [0, 0, false],
  ])('of %d of %d: %s', (wouldMark, fresh, tripped) => {
    expect(isTripped(wouldMark, fresh, breaker)).toBe(tripped);
  });
});
