import { describe, expect, it } from 'vitest';
import type { Aliases } from '../../src/domain/alias.ts';
import { createNormalizer } from '../../src/domain/normalize.ts';
import type { PairFact } from '../../src/domain/observation.ts';
import { endpoint, fact } from './arbitraries.ts';

const shop = {
  id: 'shop:checkout',
  kind: 'service' as const,
  environment: '',
  cluster: '',
  namespace: 'shop',
  name: 'checkout',
};
const aliases: Aliases = new Map([
  ['checkout-v2', shop],
  ['checkout-v3', shop],
]);

function normalized(facts: readonly PairFact[]) {
  const normalizer = createNormalizer(aliases);
  for (const one of facts) normalizer.add(one);
  return normalizer.finish();
}

describe('a service that stands for another', () => {
  const pay = endpoint('pay');
  const facts = [
    fact({ client: endpoint('checkout-v2'), server: pay, value: 3 }),
    fact({ client: endpoint('checkout-v3'), server: pay, value: 4 }),
    fact({ client: endpoint('checkout', 'shop'), server: pay, value: 5 }),
  ];

  it('counts for the other, in whatever order the names come', () => {
    for (const order of [facts, facts.toReversed()]) {
      const { observations, services } = normalized(order);
      expect(observations).toMatchObject([{ dependencyId: 'shop:checkout~~pay', requests: 12 }]);
      expect(services.map(({ id }) => id)).toEqual(['pay', 'shop:checkout']);
    }
  });

  it('is the other even where nothing names that', () => {
    const { observations } = normalized(facts.slice(0, 1));
    expect(observations[0]?.client).toEqual(shop);
  });

  it('calls itself where the one called the other', () => {
    const call = fact({ client: endpoint('checkout-v2'), server: endpoint('checkout-v3') });
    expect(normalized([call])).toMatchObject({
      observations: [{ dependencyId: 'shop:checkout~~shop:checkout' }],
      selfCalls: 1,
    });
  });

  it('is told apart from one of that name elsewhere', () => {
    const elsewhere = fact({ client: endpoint('checkout-v2', 'lab'), server: pay });
    expect(normalized([elsewhere]).observations[0]?.client.id).toBe('lab:checkout-v2');
  });
});
