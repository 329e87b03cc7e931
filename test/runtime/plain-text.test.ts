import { describe, expect, it } from 'vitest';
import { table } from '../../src/cli/table.ts';
import { plainText, withoutControls } from '../../src/runtime/plain-text.ts';
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

describe('lines that are printed', () => {
  const obeyed = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/u;

  it.each(hostileTexts)('have nothing that a terminal obeys but their ends: %j', (text) => {
    expect(withoutControls(`${text}\n${text}`)).not.toMatch(obeyed);
  });

  it.each(hostileTexts)('mean the same to a program that reads JSON: %j', (text) => {
    const shown = withoutControls(`${JSON.stringify({ [text]: text })}\n`);
    expect(shown).not.toMatch(obeyed);
    expect(JSON.parse(shown)).toEqual({ [text]: text });
  });
});

describe('a table', () => {
  it('has a line for each row, whatever is in it', () => {
    const lines = table([
      ['ID', 'NAME'],
      ['1', 'a\u001b[2K\u001b[1G\nok        neo4j'],
    ]);
    expect(lines).toEqual(['ID  NAME', '1   a\ufffd[2K\ufffd[1G ok        neo4j']);
  });
});
