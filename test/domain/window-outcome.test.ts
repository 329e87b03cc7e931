import { describe, expect, it } from 'vitest';
import { judgeOutcome } from '../../src/domain/window-outcome.ts';

const census = { series: 10, nearStart: 10, nearEnd: 10, cannotTell: 0, broken: 0 };

describe('a window', () => {
  it('with samples near both ends and no warning is complete', () => {
    expect(judgeOutcome(census, 0)).toBe('complete');
  });

  it.each([
    ['near its start', { nearStart: 0 }],
    ['near its end', { nearEnd: 0 }],
    ['at all', { series: 0, nearStart: 0, nearEnd: 0 }],
  ])('without samples %s is suspicious: nobody may have looked', (_, missing) => {
    expect(judgeOutcome({ ...census, ...missing }, 0)).toBe('suspicious');
  });

  it('with a warning is partial, even where it would be suspicious too', () => {
    expect(judgeOutcome(census, 1)).toBe('partial');
    expect(judgeOutcome({ ...census, nearEnd: 0 }, 2)).toBe('partial');
  });

  it('is complete although some series cannot be told to be new', () => {
    expect(judgeOutcome({ ...census, cannotTell: 3 }, 0)).toBe('complete');
  });
});
