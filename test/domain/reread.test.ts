import { describe, expect, it } from 'vitest';
import {
  cameLate,
  isSettled,
  nextReread,
  outdatedBy,
  rereadOfLate,
  type WindowSums,
} from '../../src/domain/reread.ts';
import type { WindowOutcome } from '../../src/domain/window-outcome.ts';

const minute = 60_000;
const hour = 60 * minute;
const window = { startMillis: 0, endMillis: 15 * minute };
const day = { withinMillis: 24 * hour };

/** All instants at which a window that never becomes whole is read, by the clock of its end. */
function readings(outcome: WindowOutcome, withinMillis = day.withinMillis, length = 15 * minute) {
  const at: number[] = [];
  const long = { startMillis: 0, endMillis: length };
  let nowMillis = length + 90_000;
  for (let rereads = 0; ; rereads += 1) {
    const state = { window: long, outcome, isLate: false, rereads };
    const due = nextReread(state, { nowMillis, withinMillis });
    if (due === null) return at;
    at.push((due - length - 90_000) / length);
    nowMillis = due;
  }
}

describe('a window that lacks something', () => {
  it.each(['partial', 'suspicious'] as const)(
    'is read again after 1, 4, 16 and 64 windows: %s',
    (outcome) => {
      expect(readings(outcome)).toEqual([1, 5, 21, 85]);
    },
  );

  it('is read again once where the source refused it', () => {
    expect(readings('failed')).toEqual([1]);
  });

  it('is not read again where it is whole', () => {
    expect(readings('complete')).toEqual([]);
  });

  it('is not read again where nothing can come: its producer named no more pairs', () => {
    expect(isSettled({ reasons: ['overflow'] })).toBe(true);
    expect(isSettled({ reasons: [] })).toBe(true);
    expect(isSettled({ reasons: ['overflow', 'shardLost'] })).toBe(false);
    expect(isSettled({ reasons: ['noSamplesNearEnd'] })).toBe(false);
  });

  it('is not read again longer after its end than wanted, and never where that is nothing', () => {
    expect(readings('partial', 2 * hour)).toEqual([1, 5]);
    expect(readings('partial', 0)).toEqual([]);
    expect(readings('partial', day.withinMillis, 6 * hour)).toEqual([1]);
  });

  it('is read again at once where its samples are seen to have come, also when it looked whole', () => {
    const bound = { nowMillis: 2 * hour, ...day };
    const state = { window, outcome: 'complete', rereads: 3 } as const;
    expect(rereadOfLate(state, bound)).toBe(2 * hour);
    expect(rereadOfLate({ ...state, rereads: 4 }, bound)).toBeNull();
    expect(rereadOfLate(state, { ...bound, nowMillis: 25 * hour })).toBeNull();
  });
});

const sums = (opening: number, closing: number, sumsId = 'all'): WindowSums => ({
  opening,
  closing,
  sumsId,
});

describe('the sums at the ends of windows', () => {
  const before = { closing: 100 };
  const after = { opening: 200 };

  it('fit where nothing came late, however servers round', () => {
    const rounded = sums(100 * (1 + 1e-14), 200 * (1 - 1e-14));
    expect(outdatedBy(rounded, null, [before], [after])).toEqual([]);
  });

  it('show the window before whose end came late, by a single count among many', () => {
    expect(outdatedBy(sums(101, 200), null, [before], [after])).toEqual([before]);
    const many = { closing: 1e10 };
    expect(outdatedBy(sums(1e10 + 1, 200), null, [many], [])).toEqual([many]);
  });

  it('show the window after that began where this one did not end yet', () => {
    expect(outdatedBy(sums(100, 230), sums(100, 200), [before], [after])).toEqual([after]);
  });

  it('are left alone where they differ and reading again showed the same', () => {
    expect(outdatedBy(sums(101, 230), sums(101, 230), [before], [after])).toEqual([]);
  });

  it('are news where something else was asked before', () => {
    const earlier = sums(101, 230, 'other');
    expect(outdatedBy(sums(101, 230), earlier, [before], [after])).toEqual([before, after]);
  });

  it('tell that the end of a window came late only by what was asked alike', () => {
    expect(cameLate(sums(100, 230), sums(100, 200))).toBe(true);
    expect(cameLate(sums(100, 200), sums(90, 200))).toBe(false);
    expect(cameLate(sums(100, 230), sums(100, 200, 'other'))).toBe(false);
    expect(cameLate(sums(100, 230), null)).toBe(false);
  });
});
