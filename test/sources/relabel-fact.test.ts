import { describe, expect, it } from 'vitest';
import { createNormalizer } from '../../src/domain/normalize.ts';
import { createRelabelling, type RelabelRule } from '../../src/domain/relabel.ts';
import { tempo } from '../../src/sources/dialects/tempo.ts';
import { relabelFact, relabelledEndpoint } from '../../src/sources/relabel-fact.ts';
import { endpoint, fact } from '../domain/arbitraries.ts';
import { aSource } from './doubles.ts';

const sourceWith = (...rules: RelabelRule[]) => aSource({ relabelling: createRelabelling(rules) });
const dropAll: RelabelRule = { action: 'drop', sourceLabels: ['name'] };
const toX: RelabelRule = { sourceLabels: ['name'], targetLabel: 'name', replacement: 'x' };

describe('a fact of a source with relabelling rules', () => {
  it('has both its sides renamed, and all else as it was', () => {
    const given = fact({ value: 7, kind: 'failedRequests', connectionType: 'database' });
    expect(relabelFact(sourceWith(toX), given)).toEqual({
      ...given,
      client: endpoint('x'),
      server: endpoint('x'),
    });
  });

  it('is the same without rules', () => {
    const given = fact();
    expect(relabelFact(aSource(), given)).toBe(given);
  });

  it('is dropped with either of its sides, and counted', () => {
    const dropB = sourceWith({ ...dropAll, regex: 'b' });
    const normalizer = createNormalizer();
    for (const given of [fact(), fact({ server: endpoint('c') })]) {
      normalizer.add(relabelFact(dropB, given));
    }
    const { dropped, observations } = normalizer.finish();
    expect(dropped.relabelled).toBe(1);
    expect(observations.map(({ dependencyId }) => dependencyId)).toEqual(['a~~c']);
  });

  it('of many pairs at once is left to be counted as overflow', () => {
    for (const given of [
      fact({ overflow: true }),
      fact({ client: endpoint('__cardinality_overflow__') }),
    ]) {
      expect(relabelFact(sourceWith(dropAll), given)).toBe(given);
    }
  });

  it('may get the name that it had not', () => {
    const rule: RelabelRule = { ...toX, regex: '' };
    expect(relabelFact(sourceWith(rule), fact({ server: endpoint('') }))?.server.name).toBe('x');
  });

  it('keeps the virtual side that its first names had', () => {
    const virtual = (client: string) =>
      fact({ client: endpoint(client), connectionType: 'virtual_node' });
    expect(relabelFact(sourceWith(toX), virtual('a'))).toMatchObject({ virtualSide: 'server' });
    expect(relabelFact(sourceWith(toX), virtual('user'))).toMatchObject({
      virtualSide: null,
      calledUser: true,
    });
    const toUser = sourceWith({ ...toX, replacement: 'user' });
    expect(relabelFact(toUser, virtual('a'))).toMatchObject({ virtualSide: 'server' });
  });

  it('may rename a caller that nobody saw, which stays one', () => {
    const normalizer = createNormalizer();
    const given = fact({ client: endpoint('user'), connectionType: 'virtual_node' });
    normalizer.add(relabelFact(sourceWith({ ...toX, regex: 'user' }), given));
    expect(normalizer.finish().observations).toMatchObject([
      { client: { id: 'x', kind: 'external' }, server: { id: 'b', kind: 'service' } },
    ]);
  });
});

describe('one side of a sample', () => {
  const labels = { client: 'a', client_namespace: 'shop' };

  it('is the service it is written as, rules applied', () => {
    const source = sourceWith({ ...toX, sourceLabels: ['side'], regex: 'client' });
    expect(relabelledEndpoint(source, tempo(), 'client', labels)).toEqual(endpoint('x', 'shop'));
    expect(relabelledEndpoint(source, tempo(), 'server', { server: 'b' })).toEqual(endpoint('b'));
  });

  it('is none where a rule drops it, whatever the other side would be', () => {
    const keepA = sourceWith({ action: 'keep', sourceLabels: ['name'], regex: 'a' });
    expect(relabelledEndpoint(keepA, tempo(), 'client', labels)).toEqual(endpoint('a', 'shop'));
    expect(relabelledEndpoint(sourceWith(dropAll), tempo(), 'client', labels)).toBeNull();
  });

  it('is the same without rules', () => {
    expect(relabelledEndpoint(aSource(), tempo(), 'client', labels)).toEqual(endpoint('a', 'shop'));
  });
});
