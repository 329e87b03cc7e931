import { it } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import {
  type Coverage,
  coverageOf,
  coverageOfSource,
  type SourceReading,
} from '../../src/domain/coverage.ts';
import { addToLooked, type Looked } from '../../src/domain/looked.ts';
import type { WindowOutcome } from '../../src/domain/window-outcome.ts';

const minute = 60_000;
const quarter = 15 * minute;

interface Read {
  readonly end: number;
  readonly outcome: WindowOutcome;
}

/** What the graph knows of windows of one length, numbered by their ends, as of an instant. */
function readingOf(
  windows: readonly Read[],
  instant: number,
  { interval = quarter, frontier }: { interval?: number; frontier?: number | null } = {},
): SourceReading {
  const looked = windows
    .filter(({ outcome }) => outcome === 'complete')
    .reduce<Looked>((all, { end }) => addToLooked(all, (end - 1) * interval, end * interval), []);
  const ends = windows.map(({ end }) => end * interval);
  const read = windows
    .filter(({ end, outcome }) => outcome !== 'failed' && end * interval <= instant)
    .map(({ end }) => end * interval);
  const reached = frontier === undefined ? Math.max(...ends) : frontier;
  return {
    looked,
    frontierMillis: Number.isFinite(reached) ? reached : null,
    intervalMillis: interval,
    lastReadEndMillis: read.length === 0 ? null : Math.max(...read),
  };
}

/** Windows from a picture such as `CCP.F`, the first of which ends at 1: C complete, P, S, F, or none. */
function pictured(picture: string): Read[] {
  const outcomes = { C: 'complete', P: 'partial', S: 'suspicious', F: 'failed' } as const;
  return [...picture].flatMap((letter, index) =>
    letter === 'C' || letter === 'P' || letter === 'S' || letter === 'F'
      ? [{ end: index + 1, outcome: outcomes[letter] }]
      : [],
  );
}

describe('what one source covers', () => {
  // Instants are in windows: 2.5 lies in the middle of the third one.
  it.each<[string, string, number, Coverage]>([
    ['an instant in complete windows', 'CCCC', 2.5, 'complete'],
    ['the end of a complete window', 'CCCC', 1, 'complete'],
    ['an instant before the begin', '..CC', 1.5, 'none'],
    ['the begin of the first window', '..CC', 2, 'none'],
    ['the first window, before its end', '..CC', 2.9, 'none'],
    ['the first window, at its end', '..CC', 3, 'complete'],
    ['the usual lag', 'CCCC', 5.2, 'complete'],
    ['more than the usual lag, but little', 'CCCP', 5.9, 'partial'],
    ['the present of a source that stopped', 'CCCC', 7, 'none'],
    ['partial windows in the middle', 'CCPPPPCC', 5.5, 'partial'],
    ['suspicious windows alone', 'SSSS', 3.5, 'partial'],
    ['the window after the last complete one', 'CCFCC', 2.5, 'partial'],
    ['one failed window among complete ones', 'CCFCC', 3, 'partial'],
    ['failed windows long after anything was read', 'CCFFFFCC', 5.5, 'none'],
    ['a hole without any windows', 'CC....CC', 5.5, 'none'],
    ['the first window after a hole, before its end', 'CC....CC', 6.9, 'none'],
    ['the first window after a hole, at its end', 'CC....CC', 7, 'complete'],
    ['nothing but failed windows', 'FFFF', 3, 'none'],
    ['where a walk over the past has not come', 'CC', 40, 'none'],
  ])('%s', (_, picture, instant, expected) => {
    const millis = instant * quarter;
    expect(coverageOfSource(readingOf(pictured(picture), millis), millis)).toBe(expected);
  });

  it('is none of a source that was never read', () => {
    const never = { looked: [], frontierMillis: null, intervalMillis: null };
    expect(coverageOfSource({ ...never, lastReadEndMillis: null }, quarter)).toBe('none');
  });

  it('is none of a source that has begun and read nothing', () => {
    const reading = readingOf([], 4 * quarter, { frontier: 4 * quarter });
    expect(coverageOfSource(reading, 4 * quarter)).toBe('none');
  });

  it('counts what was read beyond the frontier, or before the begin, as if read in time', () => {
    const windows = pictured('.CC..CC..CC');
    const at = (instant: number) =>
      coverageOfSource(
        readingOf(windows, instant * quarter, { frontier: 7 * quarter }),
        instant * quarter,
      );
    expect([at(2.5), at(6.5), at(10.5)]).toEqual(['complete', 'complete', 'complete']);
  });

  it('measures the lag in windows of the source, and gives short ones time to settle', () => {
    const at = (interval: number, lag: number) => {
      const instant = 4 * interval + lag;
      return coverageOfSource(readingOf(pictured('CCCC'), instant, { interval }), instant);
    };
    expect(at(minute, 5 * minute)).toBe('complete');
    expect(at(60 * minute, 110 * minute)).toBe('complete');
    expect(at(minute, 30 * minute)).toBe('none');
    expect(at(quarter, 30 * minute)).toBe('complete');
  });

  const outcomes = fc.constantFrom<WindowOutcome | null>(
    'complete',
    'complete',
    'complete',
    'partial',
    'suspicious',
    'failed',
    null,
  );
  const history = fc
    .array(outcomes, { minLength: 1, maxLength: 20 })
    .map((all) =>
      all.flatMap((outcome, index) => (outcome === null ? [] : [{ end: index + 1, outcome }])),
    );
  // Long enough that the five minutes are less than a window.
  const instants = fc.integer({ min: 0, max: 25 * 60 }).map((minutes) => (minutes * quarter) / 60);

  it.prop([history, instants])('is what the windows around the instant say', (windows, instant) => {
    const outcomeOf = (end: number) => windows.find((one) => one.end === end)?.outcome;
    const frontier = Math.max(0, ...windows.map(({ end }) => end));
    const ended = Math.floor(instant / quarter);
    const lies = Math.ceil(instant / quarter);
    const isLag = frontier * quarter <= instant && instant - frontier * quarter <= 35 * minute;
    const wasRead = windows.some(
      ({ end, outcome }) =>
        outcome !== 'failed' && end * quarter <= instant && instant - end * quarter <= 35 * minute,
    );
    const isComplete =
      (outcomeOf(ended) === 'complete' && outcomeOf(lies) === 'complete') ||
      (isLag && outcomeOf(frontier) === 'complete');
    const expected = isComplete ? 'complete' : wasRead ? 'partial' : 'none';
    expect(coverageOfSource(readingOf(windows, instant), instant)).toBe(expected);
  });

  it.prop([history, instants])(
    'does not fall when a window up to the frontier is read again completely',
    (windows, instant) => {
      const rank = (coverage: Coverage) => ['none', 'partial', 'complete'].indexOf(coverage);
      const before = rank(coverageOfSource(readingOf(windows, instant), instant));
      for (const { end } of windows) {
        const mended = windows.map((one) =>
          one.end === end ? { end, outcome: 'complete' as const } : one,
        );
        expect(rank(coverageOfSource(readingOf(mended, instant), instant))).toBeGreaterThanOrEqual(
          before,
        );
      }
    },
  );
});

describe('what all sources cover', () => {
  const at = 2.5 * quarter;
  const complete = readingOf(pictured('CCC'), at);
  const partial = readingOf(pictured('PPP'), at);
  const none = readingOf(pictured('...CC'), at);

  it.each<[string, SourceReading[], Coverage]>([
    ['nothing, where there is no source', [], 'none'],
    ['all, where each does', [complete, complete], 'complete'],
    ['nothing, where none does', [none, none], 'none'],
    ['a part, where one of two began later', [complete, none], 'partial'],
    ['a part, where one of two was read in part', [complete, partial], 'partial'],
    ['a part, where each was read in part', [partial, partial], 'partial'],
  ])('%s', (_, readings, expected) => {
    expect(coverageOf(readings, at)).toBe(expected);
  });
});
