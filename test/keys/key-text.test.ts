import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equalHashes, hashOfKey, idOfKey, newKey } from '../../src/keys/key-text.ts';
import { withoutKeys } from '../../src/runtime/without-keys.ts';

/** Keys of bytes that the test chooses, the extremes among them. */
const bytes = fc
  .tuple(
    fc.uint8Array({ minLength: 8, maxLength: 8 }),
    fc.uint8Array({ minLength: 32, maxLength: 32 }),
  )
  .map(
    ([id, secret]) =>
      (count: number) =>
        count === 8 ? id : secret,
  );
const characters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

describe('the text of a key', () => {
  it('has its prefix, its id and a secret, and says its id', () => {
    fc.assert(
      fc.property(bytes, (random) => {
        const { id, text } = newKey(random);
        expect(text).toMatch(/^topolog_[0-9A-Za-z]{11}_[0-9A-Za-z]{49}$/);
        expect(text.split('_')[1]).toBe(id);
        expect(idOfKey(text)).toBe(id);
      }),
      {
        examples: [
          [(count) => new Uint8Array(count)],
          [(count) => new Uint8Array(count).fill(255)],
        ],
      },
    );
  });

  it('keeps all 256 bits of its secret: other bytes are another text', () => {
    fc.assert(
      fc.property(bytes, fc.nat(255), (random, bit) => {
        const flipped = (count: number) => {
          const given = Uint8Array.from(random(count));
          const at = bit >> 3;
          if (count === 32) given[at] = (given[at] ?? 0) ^ (1 << (bit & 7));
          return given;
        };
        return newKey(random).text !== newKey(flipped).text;
      }),
    );
  });

  it('does not survive a slip of the pen', () => {
    fc.assert(
      fc.property(bytes, fc.nat(60), fc.constantFrom(...characters), (random, at, letter) => {
        const { text } = newKey(random);
        const place = 'topolog_'.length + at;
        const slipped = text.slice(0, place) + letter + text.slice(place + 1);
        return slipped === text || idOfKey(slipped) === null;
      }),
    );
  });

  it('is not found in what is none', () => {
    fc.assert(fc.property(fc.string({ maxLength: 80 }), (text) => idOfKey(text) === null));
    const { text } = newKey(randomBytes);
    for (const other of [
      ` ${text}`,
      `${text} `,
      `${text}\n`,
      text.slice(1),
      `${text}0`,
      `x${text}`,
    ])
      expect(idOfKey(other)).toBeNull();
  });

  it('may be of an id that there is already', () => {
    const { id, text } = newKey(randomBytes);
    const again = newKey(randomBytes, id);
    expect(again.id).toBe(id);
    expect(idOfKey(again.text)).toBe(id);
    expect(again.text).not.toBe(text);
  });

  it('is taken out of whatever is logged, but for its id', () => {
    fc.assert(
      fc.property(bytes, fc.string(), fc.string(), (random, before, after) => {
        const { id, text } = newKey(random);
        const shown = withoutKeys(`${before}${text}${after}`);
        expect(shown).toContain(`topolog_${id}_[secret]`);
        expect(shown).not.toContain(text.slice(-49));
      }),
    );
  });
});

describe('what is kept of a key', () => {
  it('is its SHA-256', () => {
    const { text } = newKey(randomBytes);
    expect(hashOfKey(text)).toBe(createHash('sha256').update(text).digest('hex'));
  });

  it('is equal to itself only, and to nothing where nothing is kept', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        const [left, right] = [hashOfKey(one), hashOfKey(other)];
        return equalHashes(left, right) === (one === other) && !equalHashes(left, null);
      }),
    );
    for (const broken of ['', 'x', '00', hashOfKey('a').toUpperCase()]) {
      expect(equalHashes(hashOfKey('a'), broken)).toBe(false);
    }
    // What stands in for no hash is no key's.
    expect(equalHashes('0'.repeat(64), null)).toBe(false);
  });
});
