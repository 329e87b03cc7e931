import { it } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { normalize } from '../../src/domain/normalize.ts';
import { hasTraffic, isSeen, type PairFact } from '../../src/domain/observation.ts';
import { anyFact, endpoint, fact, shuffled } from './arbitraries.ts';

const only = (facts: Parameters<typeof normalize>[0]) => {
  const { observations } = normalize(facts);
  expect(observations).toHaveLength(1);
  const [observation] = observations;
  if (observation === undefined) throw new Error('There is one observation.');
  return observation;
};

const facts = fc.array(anyFact, { maxLength: 30 });

describe('the observations of a window', () => {
  it.prop([facts.chain((all) => fc.tuple(fc.constant(all), shuffled(all)))])(
    'do not depend on the order of the values',
    ([all, reordered]) => {
      expect(normalize(reordered)).toEqual(normalize(all));
    },
  );

  it.prop([facts])('hold one of each pair and mode, in the order of their ids', (all) => {
    const keys = normalize(all).observations.map((one) => `${one.dependencyId} ${one.mode}`);
    expect(keys).toEqual([...new Set(keys)].sort());
  });

  it.prop([facts])('name every service once, and those of observations only', (all) => {
    const { observations, services } = normalize(all);
    const named = observations.flatMap(({ client, server }) => [client.id, server.id]);
    expect(services.map(({ id }) => id)).toEqual([...new Set(named)].sort());
    for (const { client, server } of observations) {
      expect(services).toContainEqual(client);
      expect(services).toContainEqual(server);
    }
  });

  it('are none where the source said nothing', () => {
    expect(normalize([])).toMatchObject({ observations: [], services: [], selfCalls: 0 });
  });

  it('carry names verbatim', () => {
    const client = { environment: 'Prod', cluster: 'EU 1', namespace: 'Shop', name: 'Café ~:' };
    expect(only([fact({ client })]).client).toMatchObject(client);
  });

  it('add the values of shards and of several connection types of a pair', () => {
    const observation = only([
      fact({ value: 3 }),
      fact({ value: 4 }),
      fact({ value: 5, connectionType: 'database' }),
      fact({ value: 2, kind: 'failedRequests' }),
      fact({ value: 1, kind: 'failedRequests', connectionType: 'database' }),
    ]);
    expect(observation).toMatchObject({
      mode: 'sync',
      connectionTypes: ['database', 'direct'],
      requests: 12,
      failedRequests: 3,
    });
  });

  it('are two where a pair both calls and sends messages', () => {
    const { observations } = normalize([
      fact({ value: 3 }),
      fact({ value: 4, connectionType: 'messaging_system' }),
    ]);
    expect(observations).toMatchObject([
      { mode: 'async', connectionTypes: ['messaging_system'], requests: 4 },
      { mode: 'sync', connectionTypes: ['direct'], requests: 3 },
    ]);
  });

  it('keep pairs in opposite directions apart', () => {
    const { observations } = normalize([
      fact(),
      fact({ client: endpoint('b'), server: endpoint('a') }),
    ]);
    expect(observations.map(({ dependencyId }) => dependencyId)).toEqual(['a~~b', 'b~~a']);
  });

  it('keep services of one name in two namespaces apart', () => {
    const { services } = normalize([
      fact({ server: endpoint('b', 'x') }),
      fact({ server: endpoint('b', 'y') }),
    ]);
    expect(services.map(({ id }) => id)).toEqual(['a', 'x:b', 'y:b']);
  });

  it('keep services of one name apart in any number of namespaces', () => {
    const namespaces = Array.from({ length: 40 }, (_, index) => `n${100 + index}`);
    const facts = namespaces.map((namespace) => fact({ server: endpoint('b', namespace) }));
    // In both directions, because who was known first is found in another way than who came late.
    const { observations } = normalize([...facts, ...facts.toReversed()]);
    expect(observations.map(({ server }) => server.id)).toEqual(namespaces.map((n) => `${n}:b`));
    expect(new Set(observations.map(({ requests }) => requests))).toEqual(
      new Set([2 * (facts[0]?.value ?? 0)]),
    );
  });

  it('keep and count a service that calls itself', () => {
    const { observations, selfCalls } = normalize([fact({ server: endpoint('a') }), fact()]);
    expect(observations.map(({ dependencyId }) => dependencyId)).toEqual(['a~~a', 'a~~b']);
    expect(selfCalls).toBe(1);
  });
});

describe('an idle series of a pair', () => {
  const idle = (given: Partial<PairFact>) => fact({ value: 0, ...given });
  const outside = { connectionType: 'virtual_node', server: endpoint('x') };
  const direct = { connectionType: '', server: endpoint('x') };

  it.each<[string, PairFact[], object]>([
    [
      'a call that once was taken for one to the outside',
      [fact(direct), idle(outside)],
      { connectionTypes: ['direct'], server: { kind: 'service' } },
    ],
    [
      'the outside that once had spans',
      [fact(outside), idle(direct)],
      { connectionTypes: ['virtual_node'], server: { kind: 'external' } },
    ],
    [
      'a database, also where all but its requests is idle',
      [fact({ connectionType: 'database' }), idle({ kind: 'failedRequests' }), idle({})],
      { connectionTypes: ['database'], server: { kind: 'database' } },
    ],
    [
      'what is listed and not called',
      [idle({ kind: 'listed', ...outside, value: 1 }), idle(direct)],
      { connectionTypes: ['virtual_node'], server: { kind: 'external' }, requests: 0 },
    ],
    [
      'what is used and not counted',
      [fact({ kind: 'used', ...outside }), idle({ kind: 'used', ...direct })],
      { connectionTypes: ['virtual_node'], server: { kind: 'external' }, used: true },
    ],
    [
      'nothing that moved: then all of them say',
      [idle(outside), idle(direct)],
      { connectionTypes: ['direct', 'virtual_node'], server: { kind: 'service' } },
    ],
  ])('says neither type nor kind beside one that moved: %s', (_, all, expected) => {
    expect(only(all)).toMatchObject(expected);
    expect(only(all.toReversed())).toMatchObject(expected);
  });

  it('adds no mode to what is seen', () => {
    const { observations } = normalize([
      fact(direct),
      idle({ ...direct, connectionType: 'messaging_system' }),
    ]);
    expect(observations.filter(isSeen).map(({ mode }) => mode)).toEqual(['sync']);
  });

  const types = fc.constantFrom('', 'database', 'virtual_node', 'other');
  it.prop([
    fc
      .array(fc.tuple(types, fc.nat(1)), { minLength: 1, maxLength: 8 })
      .map((all) => all.map(([connectionType, value]) => fact({ connectionType, value }))),
  ])('changes nothing but where all are idle, in any order', (all) => {
    const moved = all.filter(({ value }) => value > 0);
    const { connectionTypes, client, server } = only(all);
    expect({ connectionTypes, client, server }).toEqual(
      (({ connectionTypes, client, server }) => ({ connectionTypes, client, server }))(
        only(moved.length > 0 ? moved : all),
      ),
    );
  });
});

describe('what a window showed of a pair', () => {
  it('is seen with traffic when it had requests', () => {
    const observation = only([fact({ value: 0.5 })]);
    expect([isSeen(observation), hasTraffic(observation)]).toEqual([true, true]);
  });

  it('is seen without traffic when it is only listed, and its requests are not known', () => {
    const observation = only([fact({ kind: 'listed' })]);
    expect([isSeen(observation), hasTraffic(observation)]).toEqual([true, false]);
    expect(observation.requests).toBeNull();
  });

  it('is listed where one connection type is, whatever the source says of another', () => {
    const listed = fact({ kind: 'listed' });
    const gone = fact({ kind: 'listed', value: 0, connectionType: 'database' });
    expect(only([listed, gone]).listed).toBe(true);
    expect(only([gone, listed]).listed).toBe(true);
  });

  it('is not seen when its series exists but did not move', () => {
    const observation = only([fact({ value: 0 })]);
    expect([isSeen(observation), hasTraffic(observation)]).toEqual([false, false]);
    expect(observation.requests).toBe(0);
  });

  it('is not seen when it is idle and listed as gone', () => {
    const observation = only([fact({ value: 0 }), fact({ kind: 'listed', value: 0 })]);
    expect(isSeen(observation)).toBe(false);
  });

  it('is no observation when only failed requests speak of it', () => {
    const { observations, services } = normalize([fact({ kind: 'failedRequests', value: 9 })]);
    expect([observations, services]).toEqual([[], []]);
  });

  it('is no observation when it is only listed as gone', () => {
    expect(normalize([fact({ kind: 'listed', value: 0 })]).observations).toEqual([]);
  });
});
