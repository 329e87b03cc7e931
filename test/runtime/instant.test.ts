import { it } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { isNow, parseInstant, parseMoment } from '../../src/runtime/instant.ts';

describe('an instant', () => {
  it.each([
    ['2026-03-01T12:00:00Z', '2026-03-01T12:00:00.000Z'],
    ['2026-03-01T12:00:00.5Z', '2026-03-01T12:00:00.500Z'],
    ['2026-03-01T12:00:00.123456789Z', '2026-03-01T12:00:00.123Z'],
    ['2026-03-01T12:00:00+02:00', '2026-03-01T10:00:00.000Z'],
    ['2026-03-01T00:30:00-01:30', '2026-03-01T02:00:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ])('is read: %s', (text, iso) => {
    expect(parseInstant(text)).toBe(Date.parse(iso));
  });

  it.each([
    '',
    'now',
    '1772366400',
    '2026-03-01',
    '2026-03-01T12:00:00',
    '2026-03-01T12:00Z',
    '2026-03-01 12:00:00Z',
    '2026-3-1T12:00:00Z',
    '2026-03-01T12:00:00z',
    '2026-03-01T12:00:00+0200',
    ' 2026-03-01T12:00:00Z',
    '2026-03-01T12:00:00Z\n',
    '+002026-03-01T12:00:00Z',
  ])('is not read from what is written otherwise: %j', (text) => {
    expect(parseInstant(text)).toBeNull();
  });

  it.each([
    '2026-13-01T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-01-32T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '2026-04-31T00:00:00+02:00',
    '2026-01-01T25:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:61Z',
    '2026-01-01T00:00:00+24:00',
  ])('is not read from a time that does not exist: %s', (text) => {
    expect(parseInstant(text)).toBeNull();
  });

  it.prop([
    fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
  ])('that was written as ISO 8601 is read back', (date) => {
    expect(parseInstant(date.toISOString())).toBe(date.getTime());
  });

  it.prop([fc.string()])('is never NaN', (text) => {
    expect(parseInstant(text)).not.toBeNaN();
  });
});

describe('a point in time', () => {
  it.each([
    ['2026-03-01T12:00:00Z', { atMillis: Date.UTC(2026, 2, 1, 12) }],
    ['24h', { agoMillis: 86_400_000 }],
    ['1h30m', { agoMillis: 5_400_000 }],
    ['7d', { agoMillis: 604_800_000 }],
    ['now', { agoMillis: 0 }],
    ['0s', { agoMillis: 0 }],
  ])('is read: %s', (text, moment) => {
    expect(parseMoment(text)).toEqual(moment);
  });

  it.each(['', 'NOW', 'yesterday', '-24h', '24', '24h ago', '2026-03-01', '1772366400'])(
    'is not read from %j',
    (text) => {
      expect(parseMoment(text)).toBeNull();
    },
  );

  it('is the present where no time lies between', () => {
    const isPresent = (text: string) => isNow(parseMoment(text) ?? { agoMillis: 1 });
    expect(['now', '0m', '1s', '1970-01-01T00:00:00Z'].map(isPresent)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
