import { describe, expect, it } from 'vitest';
import { plainText } from '../../src/runtime/plain-text.ts';
import { hostileTexts } from '../support/hostile.ts';

describe('a text that is printed', () => {
  it('is left as it is where it is plain', () => {
    expect(plainText('café, 服务 🦊: "a" \\ %s')).toBe('café, 服务 🦊: "a" \\ %s');
  });

  it.each([
    ['one\r\ntwo\tthree', 'one two three'],
    ['red\u001b[31m', 'red\ufffd[31m'],
    ['\u202eevil\u202c', '\ufffdevil\ufffd'],
    ['a\u2028b\u0085c\ud800', 'a\ufffdb\ufffdc\ufffd'],
  ])('has nothing that a terminal obeys: %j', (text, plain) => {
    expect(plainText(text)).toBe(plain);
  });

  it.each(hostileTexts)('is one bounded line: %j', (text) => {
    const plain = plainText(text.repeat(10));
    expect(plain).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
    expect(plain.length).toBeLessThanOrEqual(2002);
  });
});
