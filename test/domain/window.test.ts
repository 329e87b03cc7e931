import { it } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import {
  boundedFrontier,
  floorToGrid,
  type Grid,
  initialFrontier,
  latestSettledEnd,
  nextWindow,
  type Window,
} from '../../src/domain/window.ts';

const minute = 60_000;
const at = (time: string) => Date.parse(`2026-03-01T${time}Z`);

const instant = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2100, 0) });
const interval = fc.integer({ min: 1, max: 1440 }).map((minutes) => minutes * minute);
const grid: fc.Arbitrary<Grid> = fc.record({
  intervalMillis: interval,
  settleMillis: fc.integer({ min: 0, max: 86_400_000 }),
});

/** The windows a walk reads whose interval is changed before some of them. */
function walk(frontier: number, intervals: readonly number[]): Window[] {
  const windows: Window[] = [];
  for (const length of intervals) {
    windows.push(nextWindow(windows.at(-1)?.endMillis ?? frontier, length));
  }
  return windows;
}

describe('windows', () => {
  it.prop([instant, fc.array(interval, { minLength: 1, maxLength: 20 })])(
    'tile time without gap or overlap, from any frontier and through changes of the interval',
    (frontier, intervals) => {
      const windows = walk(frontier, intervals);
      expect(windows.map((window) => window.startMillis)).toEqual([
        frontier,
        ...windows.slice(0, -1).map((window) => window.endMillis),
      ]);
    },
  );

  it.prop([instant, interval])(
    'end on the grid and are one interval at most',
    (frontier, length) => {
      const { startMillis, endMillis } = nextWindow(frontier, length);
      expect(endMillis % length).toBe(0);
      expect(endMillis - startMillis).toBeGreaterThan(0);
      expect(endMillis - startMillis).toBeLessThanOrEqual(length);
    },
  );

  it('after a change of the interval, the first runs to the next grid point', () => {
    const windows = walk(at('10:15:00'), [60 * minute, 60 * minute]);
    expect(windows).toEqual([
      { startMillis: at('10:15:00'), endMillis: at('11:00:00') },
      { startMillis: at('11:00:00'), endMillis: at('12:00:00') },
    ]);
  });

  it('lie on one grid before and after 1970', () => {
    expect(floorToGrid(-1, minute)).toBe(-minute);
    expect(nextWindow(-1, minute)).toEqual({ startMillis: -1, endMillis: 0 });
  });
});

describe('the latest settled end', () => {
  it('of a window of 15 minutes comes 90 seconds after it', () => {
    const usual = { intervalMillis: 15 * minute, settleMillis: 90_000 };
    expect(latestSettledEnd(at('10:16:29'), usual)).toBe(at('10:00:00'));
    expect(latestSettledEnd(at('10:16:30'), usual)).toBe(at('10:15:00'));
  });

  it.prop([instant, grid])('is the last grid point that is settle in the past', (now, given) => {
    const end = latestSettledEnd(now, given);
    expect(end % given.intervalMillis).toBe(0);
    expect(end).toBeLessThanOrEqual(now - given.settleMillis);
    expect(end + given.intervalMillis).toBeGreaterThan(now - given.settleMillis);
  });

  it.prop([instant, grid])('is what a source that was never read reads first', (now, given) => {
    const first = nextWindow(initialFrontier(now, given), given.intervalMillis);
    expect(first.endMillis).toBe(latestSettledEnd(now, given));
    expect(first.endMillis - first.startMillis).toBe(given.intervalMillis);
  });
});

describe('catching up', () => {
  const catchup = fc.integer({ min: 1, max: 60 * 24 * 60 * minute });

  it.prop([instant, grid, catchup, fc.nat()])(
    'leaves nothing out after an outage that is not longer than the bound',
    (now, given, bound, age) => {
      const frontier = latestSettledEnd(now, given) - (age % (bound + 1));
      expect(boundedFrontier(frontier, now, given, bound)).toBe(frontier);
    },
  );

  it.prop([instant, grid, catchup, fc.integer({ min: 1, max: 1e11 })])(
    'after a longer outage begins on the grid, with all of the bound and less than an interval more',
    (now, given, bound, more) => {
      const latest = latestSettledEnd(now, given);
      const begin = boundedFrontier(
        latest - bound - given.intervalMillis - more,
        now,
        given,
        bound,
      );
      expect(begin % given.intervalMillis).toBe(0);
      expect(latest - begin).toBeGreaterThanOrEqual(bound);
      expect(latest - begin).toBeLessThan(bound + given.intervalMillis);
    },
  );

  it.prop([instant, instant, grid, catchup])('never goes back', (frontier, now, given, bound) => {
    expect(boundedFrontier(frontier, now, given, bound)).toBeGreaterThanOrEqual(frontier);
  });
});
