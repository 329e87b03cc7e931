import { it } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { freshnessOf } from '../../src/domain/freshness.ts';

const now = Date.UTC(2026, 2, 1, 12);
const source = 'prometheus';

describe('freshness', () => {
  it('is how far the last complete window lies behind now', () => {
    const last = now - 1_050_000;
    const frontier = now - 150_000;
    expect(
      freshnessOf({ source, lastCompleteWindowEndMillis: last, frontierMillis: frontier }, now),
    ).toEqual({
      source,
      lastCompleteWindowEnd: '2026-03-01T11:42:30.000Z',
      frontier: '2026-03-01T11:57:30.000Z',
      lagSeconds: 1050,
    });
  });

  it('is not known of a source that was never read, and that is not "no lag"', () => {
    expect(
      freshnessOf({ source, lastCompleteWindowEndMillis: null, frontierMillis: null }, now),
    ).toEqual({ source, lastCompleteWindowEnd: null, frontier: null, lagSeconds: null });
  });

  it('grows while windows are read but none is complete', () => {
    const progress = { source, lastCompleteWindowEndMillis: now - 7_200_000, frontierMillis: now };
    expect(freshnessOf(progress, now).lagSeconds).toBe(7200);
  });

  it.prop([fc.integer({ min: -1e9, max: 1e9 })])(
    'is never negative, whatever the clocks',
    (ahead) => {
      const progress = { source, lastCompleteWindowEndMillis: now + ahead, frontierMillis: null };
      expect(freshnessOf(progress, now).lagSeconds).toBeGreaterThanOrEqual(0);
    },
  );
});
