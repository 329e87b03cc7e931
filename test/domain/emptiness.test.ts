import { describe, expect, it } from 'vitest';
import { type SourceBeginning, whyEmpty } from '../../src/domain/emptiness.ts';

const minute = 60_000;
const unread: SourceBeginning = {
  firstReadEndMillis: null,
  intervalMillis: 15 * minute,
  settleMillis: 90_000,
};
const read = { ...unread, firstReadEndMillis: 30 * minute };
const now = 100 * minute;
const present = { atMillis: null, isFiltered: false };

describe('why there is nothing', () => {
  it('is that there is no source, whatever was asked', () => {
    expect(whyEmpty([], { atMillis: 0, isFiltered: true }, now).reason).toBe('noSource');
  });

  it('is that nothing was read, until the first source is read; the earliest is due first', () => {
    const slow = { ...unread, intervalMillis: 60 * minute, settleMillis: 0 };
    expect(whyEmpty([slow, unread], present, now)).toMatchObject({
      reason: 'notReadYet',
      expectedAtMillis: 105 * minute + 90_000,
    });
    expect(whyEmpty([unread, read], present, now).reason).toBe('nothingSeen');
  });

  it('does not guess when a source is due whose schedule is not known', () => {
    const unknown = { ...unread, settleMillis: null };
    const { detail, expectedAtMillis } = whyEmpty([unknown], present, now);
    expect(expectedAtMillis).toBeNull();
    expect(detail).toMatch(/^No window has been read yet\. /);
  });

  it.each([
    [29 * minute, 'beforeFirstWindow'],
    [30 * minute, 'nothingSeen'],
    [null, 'nothingSeen'],
  ])('is that the instant lies before the first window: %s', (atMillis, reason) => {
    expect(whyEmpty([read, unread], { atMillis, isFiltered: false }, now).reason).toBe(reason);
  });

  it('is that nothing is as was asked, where something in particular was', () => {
    expect(whyEmpty([read], { atMillis: null, isFiltered: true }, now).reason).toBe('noMatch');
  });
});
