import { it } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { promDuration } from '../../src/sources/increments.ts';

describe('a duration in PromQL', () => {
  it.each([
    [1000, '1s'],
    [90_000, '90s'],
    [900_000, '900s'],
    [1500, '1500ms'],
    [1, '1ms'],
    [0, '0s'],
  ])('of %i milliseconds is %s', (millis, text) => {
    expect(promDuration(millis)).toBe(text);
  });

  it.prop([fc.integer({ min: 0, max: 400 * 86_400_000 })])(
    'is a whole number of a unit, and loses nothing',
    (millis) => {
      const [, number, unit] = /^(\d+)(ms|s)$/.exec(promDuration(millis)) ?? [];
      expect(Number(number) * (unit === 's' ? 1000 : 1)).toBe(millis);
    },
  );
});
