import { it } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { nearestOf, wordsNear } from '../../src/domain/near-names.ts';

const shop = ['checkout', 'payment', 'cart', 'cart-cache', 'orders', 'orders-db', 'search'].map(
  (name) => ({ id: `shop:${name}`, name }),
);

describe('what a mistyped name was meant for', () => {
  it.each([
    ['payments', ['shop:payment']],
    ['Checkout', ['shop:checkout']],
    ['CHECKOUT', ['shop:checkout']],
    ['chekcout', ['shop:checkout']],
    ['shpo:checkout', ['shop:checkout']],
    ['shop/checkout', ['shop:checkout']],
    ['bank:checkout', ['shop:checkout']],
    ['order', ['shop:orders', 'shop:orders-db']],
    ['cart-service', ['shop:cart']],
    ['carts', ['shop:cart']],
  ])('is found: %s', (word, ids) => {
    expect(nearestOf(word, shop).slice(0, ids.length)).toEqual(ids);
  });

  it.each(['', 'x', 'nothing-like-it', 'ca', 'c'.repeat(101)])('is not guessed: %j', (word) => {
    expect(nearestOf(word, shop)).toEqual([]);
  });

  it('names three at most, and the same ones in any order', () => {
    const many = ['a', 'b', 'c', 'd', 'e'].map((part) => ({ id: `${part}:cart`, name: 'cart' }));
    expect(nearestOf('carrt', many)).toEqual(['a:cart', 'b:cart', 'c:cart']);
    expect(nearestOf('carrt', many.toReversed())).toEqual(['a:cart', 'b:cart', 'c:cart']);
  });

  const letters = fc.stringMatching(/^[a-z-]{4,20}$/);
  const slip = fc.constantFrom('drop', 'double', 'swap', 'upper');

  it.prop([letters, slip, fc.nat()])('survives one slip anywhere', (name, how, place) => {
    const at = place % (name.length - 1);
    const [before, one, next, after] = [
      name.slice(0, at),
      name.charAt(at),
      name.charAt(at + 1),
      name.slice(at + 2),
    ];
    const typed = {
      drop: before + next + after,
      double: before + one + one + next + after,
      swap: before + next + one + after,
      upper: before + one.toUpperCase() + next + after,
    }[how];
    expect(nearestOf(typed, [{ id: `shop:${name}`, name }])).toEqual([`shop:${name}`]);
  });
});

describe('the words beside which names are looked for', () => {
  it('are the last part in each of its cases', () => {
    expect(wordsNear('shop:Checkout')).toEqual(['Checkout', 'checkout', 'CHECKOUT']);
    expect(wordsNear('payments')).toEqual(['payments', 'Payments', 'PAYMENTS']);
  });

  it.each(['', 'shop:', 'c'.repeat(101)])('are none where nothing is said: %j', (word) => {
    expect(wordsNear(word)).toEqual([]);
  });
});
