import { describe, expect, it } from 'vitest';
import { normalize } from '../../src/domain/normalize.ts';
import type { PairFact } from '../../src/domain/observation.ts';
import { endpoint, fact } from './arbitraries.ts';

/** A pair of which the source says that one side was inferred. */
const virtual = (client: string, server: string, given: Partial<PairFact> = {}): PairFact =>
  fact({
    client: endpoint(client),
    server: endpoint(server),
    connectionType: 'virtual_node',
    ...given,
  });

const kindsOf = (...facts: PairFact[]) =>
  Object.fromEntries(normalize(facts).services.map(({ id, kind }) => [id, kind]));

describe('the kind of a service', () => {
  it('is service on both sides of a direct call and of a message', () => {
    expect(kindsOf(fact())).toEqual({ a: 'service', b: 'service' });
    expect(kindsOf(fact({ connectionType: 'messaging_system' }))).toEqual({
      a: 'service',
      b: 'service',
    });
  });

  it('is database where the connection is to one, whatever it is called', () => {
    expect(kindsOf(fact({ server: endpoint('user'), connectionType: 'database' }))).toEqual({
      a: 'service',
      user: 'database',
    });
  });

  it('is service for a connection type nobody has heard of', () => {
    expect(kindsOf(fact({ connectionType: 'carrier_pigeon' }))).toEqual({
      a: 'service',
      b: 'service',
    });
  });

  it('is user or unknown for the virtual nodes of that name, with ids of their own', () => {
    expect(kindsOf(virtual('user', 'b'))).toEqual({ '~user': 'user', b: 'service' });
    expect(kindsOf(virtual('unknown', 'b', { virtualSide: 'client' }))).toEqual({
      '~unknown': 'unknown',
      b: 'service',
    });
    expect(kindsOf(virtual('a', 'unknown'))).toEqual({ a: 'service', '~unknown': 'unknown' });
  });

  it('is external for any other virtual node', () => {
    expect(kindsOf(virtual('a', 'api.stripe.com'))).toEqual({
      a: 'service',
      'api.stripe.com': 'external',
    });
  });

  it('follows the side the source names as virtual, not the names', () => {
    expect(kindsOf(virtual('user', 'pay', { virtualSide: 'server' }))).toEqual({
      user: 'service',
      pay: 'external',
    });
    expect(kindsOf(virtual('gateway', 'b', { virtualSide: 'client' }))).toEqual({
      gateway: 'external',
      b: 'service',
    });
  });

  it('is never decided by the name: a real service may be called user or unknown', () => {
    const real = fact({ client: endpoint('user'), server: endpoint('unknown') });
    expect(kindsOf(real, virtual('user', 'b', { virtualSide: 'client' }))).toEqual({
      user: 'service',
      unknown: 'service',
      '~user': 'user',
      b: 'service',
    });
  });

  it('is service for one called unknown that calls outside, or is called by nobody seen', () => {
    expect(kindsOf(virtual('unknown', 'pay.example'))).toEqual({
      unknown: 'service',
      'pay.example': 'external',
    });
    const real = fact({ client: endpoint('unknown'), server: endpoint('db') });
    expect(kindsOf(real, virtual('user', 'unknown'))).toEqual({
      unknown: 'service',
      db: 'service',
      '~user': 'user',
    });
  });

  it.each([
    ['external', 'database', 'database'],
    ['external', 'service', 'service'],
    ['database', 'service', 'service'],
  ])('is the strongest that is known: of %s and %s it is %s', (weaker, stronger, kind) => {
    const seenAs: Record<string, PairFact> = {
      external: virtual('a', 'x'),
      database: fact({ server: endpoint('x'), connectionType: 'database' }),
      service: fact({ client: endpoint('x') }),
    };
    const [one, other] = [seenAs[weaker] ?? fact(), seenAs[stronger] ?? fact()];
    expect(kindsOf(one, other).x).toBe(kind);
    expect(kindsOf(other, one).x).toBe(kind);
  });

  it.each<[string, PairFact[]]>([
    ['server', [virtual('a', 'x'), fact({ client: endpoint('x') })]],
    ['client', [virtual('x', 'b', { virtualSide: 'client' }), fact({ server: endpoint('x') })]],
  ])('is the same in every observation, also where it was first a virtual %s', (_, facts) => {
    const { observations } = normalize(facts);
    const shown = observations.flatMap(({ client, server }) => [client, server]);
    expect(shown.filter(({ id }) => id === 'x').map(({ kind }) => kind)).toEqual([
      'service',
      'service',
    ]);
  });
});
