import { describe, expect, it } from 'vitest';
import { type Plan, planRun, type Situation } from '../../src/runs/range.ts';
import type { IngestRequest } from '../../src/runs/runs.ts';
import { AppError } from '../../src/runtime/errors.ts';
import { aSource } from '../sources/doubles.ts';

const at = (time: string) => Date.parse(`2026-03-01T${time}Z`);

/** Reads `from → to`, either of which may be left out. */
function range(text: string): IngestRequest {
  const [from, to] = text.split('→').map((time) => time.trim());
  return {
    ...(from ? { fromMillis: at(from) } : {}),
    ...(to ? { toMillis: at(to) } : {}),
  };
}

const situations: Record<string, Situation> = {
  'never read': { frontierMillis: null, walking: false, nowMillis: at('12:02') },
  'in its first walk': { frontierMillis: null, walking: true, nowMillis: at('12:02') },
  'read to 11:00': { frontierMillis: at('11:00'), walking: false, nowMillis: at('12:02') },
  'walking at 11:00': { frontierMillis: at('11:00'), walking: true, nowMillis: at('12:02') },
  'read to 10:50': { frontierMillis: at('10:50'), walking: false, nowMillis: at('12:02') },
};

function plan(asked: string, of: string): Plan {
  const situation = situations[of];
  if (situation === undefined) throw new Error(`There is no situation "${of}".`);
  return planRun(range(asked), aSource(), situation);
}

function refusal(asked: string, of: string): string {
  try {
    plan(asked, of);
  } catch (error) {
    if (error instanceof AppError && error.code === 'InvalidRange') return error.message;
    throw error;
  }
  return 'nothing was refused';
}

describe('of a source that is', () => {
  it.each([
    ['never read', 'walk', ' → '],
    ['read to 11:00', 'walk', ' → '],
    ['walking at 11:00', 'walk', ' → '],
    ['in its first walk', 'walk', ' → '],
  ])('%s, a request without a range is a %s', (of, kind, asked) => {
    expect(plan(asked, of)).toEqual({ kind });
  });

  it.each([
    ['never read', '08:00 →', 'walk', '08:00 →'],
    ['never read', '→ 09:00', 'walk', '→ 09:00'],
    ['never read', '08:00 → 09:00', 'walk', '08:00 → 09:00'],
    ['never read', '08:01 → 08:59', 'walk', '08:00 → 09:00'],
    ['never read', '08:00 → 12:00', 'walk', '08:00 → 12:00'],
    ['read to 11:00', '→ 11:30', 'walk', '→ 11:30'],
    ['read to 11:00', '→ 11:16', 'walk', '→ 11:30'],
    ['read to 11:00', '08:00 →', 'reingest', '08:00 → 12:00'],
    ['read to 11:00', '08:00 → 09:00', 'reingest', '08:00 → 09:00'],
    ['read to 11:00', '08:01 → 08:02', 'reingest', '08:00 → 08:15'],
    ['read to 11:00', '10:00 → 11:30', 'reingest', '10:00 → 11:30'],
    ['read to 11:00', '11:15 → 11:30', 'reingest', '11:15 → 11:30'],
    ['read to 10:50', '→ 11:00', 'walk', '→ 11:00'],
    ['walking at 11:00', '08:00 → 09:00', 'reingest', '08:00 → 09:00'],
    ['walking at 11:00', '→ 11:30', 'reingest', '11:00 → 11:30'],
    ['in its first walk', '08:00 →', 'reingest', '08:00 → 12:00'],
    ['in its first walk', '08:00 → 09:00', 'reingest', '08:00 → 09:00'],
  ])('%s, a request for %s is a %s of %s', (of, asked, kind, bounds) => {
    expect(plan(asked, of)).toEqual({ kind, ...range(bounds) });
  });
});

describe('with words that say what would do, it is refused', () => {
  const settled = '2026-03-01T12:00:00.000Z';

  it.each([
    ['an end that has not settled', 'never read', '08:00 → 12:01', settled],
    ['an end in the future', 'read to 11:00', '→ 23:00', settled],
    ['a start in the future', 'never read', '23:00 →', settled],
    ['a start that has not settled', 'read to 11:00', '12:00 →', settled],
    ['a start at the end', 'never read', '09:00 → 09:00', '2026-03-01T09:00:00.000Z'],
    ['a start after the end', 'read to 11:00', '10:00 → 09:00', '2026-03-01T09:00:00.000Z'],
    ['only an end, already read', 'read to 11:00', '→ 10:00', 'give from as well'],
    ['only an end, just read', 'read to 11:00', '→ 11:00', 'give from as well'],
    ['only an end, already read', 'walking at 11:00', '→ 10:00', 'give from as well'],
    ['only an end', 'in its first walk', '→ 10:00', 'give from as well'],
  ])('to ask for %s of a source %s: %s', (_, of, asked, words) => {
    expect(refusal(asked, of)).toContain(words);
  });

  it.each(['08:10 → 08:05', '08:05 → 08:05'])(
    'to ask for a range that is none, also inside one window: %s',
    (asked) => {
      expect(refusal(asked, 'read to 11:00')).toContain('from must be earlier');
    },
  );

  it('to re-ingest more windows than could ever be meant', () => {
    const situation = { frontierMillis: at('11:00'), walking: false, nowMillis: at('12:02') };
    const years = { fromMillis: Date.UTC(2020, 0), toMillis: at('11:00') };
    expect(() => planRun(years, aSource(), situation)).toThrow(/more than 140000 windows/);
  });
});
