import { describe, expect, it } from 'vitest';
import {
  afterLateWindow,
  afterTimelyWindow,
  type LearntSettle,
  settleOf,
} from '../../src/domain/settle.ts';

const minute = 60_000;
const quarter = { configuredMillis: 90_000, intervalMillis: 15 * minute };
const asConfigured: LearntSettle = { settleMillis: null, changedAtMillis: null };

/** What is waited after so many faults, each of a window of its own. */
function grown(times: number, bounds = quarter): LearntSettle {
  let learnt = asConfigured;
  for (let fault = 1; fault <= times; fault += 1) {
    const end = fault * bounds.intervalMillis;
    learnt = afterLateWindow(learnt, bounds, end, end + minute);
  }
  return learnt;
}

describe('how long windows settle', () => {
  it('is as configured until samples come late', () => {
    expect(settleOf(null, quarter)).toBe(90_000);
  });

  it('doubles with each fault, up to half a window more, so that the next is not held up', () => {
    expect([1, 2, 3, 9].map((times) => grown(times).settleMillis)).toEqual([
      180_000, 360_000, 540_000, 540_000,
    ]);
    const short = { configuredMillis: 10_000, intervalMillis: minute };
    expect(grown(9, short).settleMillis).toBe(40_000);
  });

  it('grows by no more than ten minutes', () => {
    const daily = { configuredMillis: 90_000, intervalMillis: 24 * 60 * minute };
    expect(grown(9, daily).settleMillis).toBe(90_000 + 10 * minute);
  });

  it('grows from nothing too', () => {
    expect(grown(1, { ...quarter, configuredMillis: 0 }).settleMillis).toBe(30_000);
  });

  it('grows once of all windows that one fault delays', () => {
    const once = afterLateWindow(asConfigured, quarter, 15 * minute, 70 * minute);
    expect(afterLateWindow(once, quarter, 30 * minute, 71 * minute)).toEqual(once);
    expect(afterLateWindow(once, quarter, 75 * minute, 95 * minute).settleMillis).toBe(360_000);
  });

  it('shrinks by half after 96 windows without late samples, until it is as configured', () => {
    const learnt = grown(2);
    const changed = learnt.changedAtMillis ?? 0;
    const quiet = (windows: number, from = learnt) =>
      afterTimelyWindow(from, quarter, (from.changedAtMillis ?? 0) + windows * 15 * minute);
    expect(quiet(95)).toEqual(learnt);
    const half = quiet(96);
    expect(half).toEqual({
      settleMillis: 180_000,
      changedAtMillis: changed + 96 * 15 * minute,
    });
    expect(quiet(96, half).settleMillis).toBeNull();
  });

  it('is never less than configured, nor more than configured allows by now', () => {
    expect(settleOf(60_000, quarter)).toBe(90_000);
    expect(settleOf(540_000, { configuredMillis: 10_000, intervalMillis: minute })).toBe(40_000);
  });
});
