import { it } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { createNormalizer, normalize } from '../../src/domain/normalize.ts';
import type { PairFact } from '../../src/domain/observation.ts';
import type { ServiceKind } from '../../src/domain/service.ts';
import { endpoint, fact, shuffled } from './arbitraries.ts';

const call = (client: string, server: string, connectionType = '', value = 1): PairFact =>
  fact({ client: endpoint(client), server: endpoint(server), connectionType, value });

/** A pair with a side that was inferred, and nobody says which. */
const open = (client: string, server: string, value = 1): PairFact =>
  call(client, server, 'virtual_node', value);

const idsOf = (facts: readonly PairFact[]) =>
  normalize(facts).observations.map(({ dependencyId }) => dependencyId);
const kindsOf = (facts: readonly PairFact[]) =>
  Object.fromEntries(normalize(facts).services.map(({ id, kind }) => [id, kind]));

describe('a client called user, where nobody says which side was inferred', () => {
  it('is a service towards the outside, and the caller nobody saw towards a service', () => {
    const facts = [
      call('front-end', 'user', '', 180),
      call('user', 'user-db', 'database', 150),
      open('user', 'api.mailer.example', 90),
      open('user', 'front-end', 300),
    ];
    const { observations } = normalize(facts);
    expect(observations.map(({ dependencyId, requests }) => [dependencyId, requests])).toEqual([
      ['front-end~~user', 180],
      ['user~~api.mailer.example', 90],
      ['user~~user-db', 150],
      ['~user~~front-end', 300],
    ]);
    expect(kindsOf(facts)).toEqual({
      'api.mailer.example': 'external',
      'front-end': 'service',
      user: 'service',
      'user-db': 'database',
      '~user': 'user',
    });
  });

  it.each<[string, PairFact]>([
    ['calls', call('user', 'x')],
    ['is called', call('x', 'user')],
    ['asks a database', call('user', 'x', 'database')],
    ['sends messages', call('user', 'x', 'messaging_system')],
    ['gets messages', call('x', 'user', 'messaging_system')],
    ['is said to call the outside', { ...open('user', 'x'), virtualSide: 'server' }],
    ['called once, and not in this window', call('user', 'x', '', 0)],
  ])('is a service where it %s', (_, shows) => {
    expect(idsOf([open('user', 'api.example'), shows])).toContain('user~~api.example');
    expect(kindsOf([open('user', 'api.example'), shows])['api.example']).toBe('external');
  });

  it.each<[string, PairFact]>([
    ['is the database of somebody', call('x', 'user', 'database')],
    ['is said to be outside', { ...open('x', 'user'), virtualSide: 'server' }],
    ['is in another namespace', fact({ client: endpoint('user', 'shop'), server: endpoint('x') })],
    ['is named by values that cannot be used', call('user', 'x', '', -1)],
  ])('is nobody seen where what is called so %s', (_, shows) => {
    expect(idsOf([open('user', 'b'), shows])).toContain('~user~~b');
  });

  it.each<[string, PairFact]>([
    ['calls', call('b', 'x')],
    ['is called', call('x', 'b')],
    ['calls the outside', open('b', 'pay.example')],
    ['is said to be called by somebody outside', { ...open('x', 'b'), virtualSide: 'client' }],
  ])('is nobody seen where the other %s, whoever else is called user', (_, shows) => {
    expect(idsOf([call('user', 'db', 'database'), open('user', 'b'), shows])).toContain('~user~~b');
  });

  it('is nobody seen where nothing else is known', () => {
    expect(idsOf([open('user', 'b')])).toEqual(['~user~~b']);
    expect(kindsOf([open('user', 'b')])).toEqual({ '~user': 'user', b: 'service' });
  });

  it('is one with its latency and failures, whichever side it is', () => {
    const latency = { ...open('user', 'api.example', 2), kind: 'clientLatencyP50Seconds' } as const;
    const failed = { ...open('user', 'api.example', 1), kind: 'failedRequests' } as const;
    const { observations } = normalize([latency, failed, open('user', 'api.example', 9)]);
    // The time of a caller that nobody saw was measured by nobody.
    expect(observations).toMatchObject([{ requests: 9, failedRequests: 1 }]);
    expect(observations[0]?.latency).toBeUndefined();
    const known = normalize([latency, open('user', 'api.example', 9), call('user', 'x')]);
    expect(known.observations[0]).toMatchObject({
      dependencyId: 'user~~api.example',
      latency: { clientLatencyP50Seconds: 2 },
    });
  });
});

describe('what is known beside the values', () => {
  const read = (facts: readonly PairFact[], known: Readonly<Record<string, ServiceKind>>) => {
    const normalizer = createNormalizer(undefined, (id) => known[id]);
    for (const one of facts) normalizer.add(one);
    const questions = normalizer.openQuestions();
    return { questions, ids: normalizer.finish().observations.map((one) => one.dependencyId) };
  };
  const facts = [open('user', 'front-end'), open('user', 'api.example')];

  it('decides where the values do not', () => {
    expect(read(facts, { user: 'service', 'front-end': 'service' }).ids).toEqual([
      'user~~api.example',
      '~user~~front-end',
    ]);
    expect(read(facts, { user: 'external', 'front-end': 'database' }).ids).toEqual([
      '~user~~api.example',
      '~user~~front-end',
    ]);
  });

  it('is asked for where it helps and nowhere else', () => {
    expect(read(facts, {}).questions).toEqual(['api.example', 'front-end', 'user']);
    expect(read([...facts, call('user', 'x')], {}).questions).toEqual(['api.example', 'front-end']);
    expect(read([open('user', 'x'), call('x', 'y')], {}).questions).toEqual([]);
    expect(
      read([open('a', 'x'), { ...open('user', 'x'), virtualSide: 'client' }], {}).questions,
    ).toEqual([]);
    expect(read([open('user', ''), open('user', '\ud800')], {}).questions).toEqual(['user']);
  });
});

const names = fc.constantFrom('user', 'unknown', 'a', 'b', 'c');
const anyFact = fc
  .tuple(
    names,
    names,
    fc.constantFrom('', 'database', 'messaging_system', 'virtual_node', 'virtual_node'),
    fc.nat(2),
  )
  .map(([client, server, type, value]) => call(client, server, type, value));

describe('the side that was inferred', () => {
  it.prop([
    fc.array(anyFact, { maxLength: 12 }).chain((all) => fc.tuple(fc.constant(all), shuffled(all))),
  ])('does not depend on the order of the values', ([all, reordered]) => {
    expect(normalize(reordered)).toEqual(normalize(all));
  });

  it.prop([fc.array(anyFact, { maxLength: 12 })])(
    'is the same in a part that is told what the other parts show',
    (facts) => {
      const kinds = new Map<string, ServiceKind>();
      for (const { client, server, connectionType } of facts) {
        if (connectionType === 'virtual_node' && client.name === 'user') continue;
        kinds.set(client.name, 'service');
        if (!['database', 'virtual_node'].includes(connectionType)) {
          kinds.set(server.name, 'service');
        }
      }
      // Series that all moved, so that each says what it is.
      const moved = facts.map((one) => ({ ...one, value: 1 }));
      const parts = [...new Set(moved.map(({ client }) => client.name))].flatMap((name) => {
        const part = createNormalizer(undefined, (id) => kinds.get(id));
        for (const one of moved) if (one.client.name === name) part.add(one);
        return part.finish().observations.map(({ dependencyId }) => dependencyId);
      });
      expect(parts.sort()).toEqual(idsOf(moved).sort());
    },
  );
});
