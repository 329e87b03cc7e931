import { it } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { evidenceId } from '../../src/domain/dependency.ts';
import { maxNameLength } from '../../src/domain/known-services.ts';
import { type DropReason, dropReasons, normalize } from '../../src/domain/normalize.ts';
import type { PairFact } from '../../src/domain/observation.ts';
import { anyFact, endpoint, fact } from './arbitraries.ts';

const tooLong = 'x'.repeat(maxNameLength + 1);
const loneSurrogate = 'a\ud800';

/** Neo4j refuses to write a text that is larger than this, in bytes, where an index holds it. */
const indexLimit = 8160;

const rejected: [string, DropReason, Partial<PairFact>][] = [
  ['a client without a name', 'missingClient', { client: endpoint('') }],
  ['a server without a name', 'missingServer', { server: endpoint('') }],
  ['an overflow series', 'overflow', { overflow: true }],
  ['an overflow series without names', 'overflow', { overflow: true, client: endpoint('') }],
  ['the overflow client', 'overflow', { client: endpoint('__cardinality_overflow__') }],
  ['the overflow server', 'overflow', { server: endpoint('__cardinality_overflow__') }],
  ['NaN', 'invalidValue', { value: Number.NaN }],
  ['infinity', 'invalidValue', { value: Number.POSITIVE_INFINITY }],
  ['minus infinity', 'invalidValue', { value: Number.NEGATIVE_INFINITY }],
  ['less than nothing', 'invalidValue', { value: -1 }],
  ['failed requests less than nothing', 'invalidValue', { kind: 'failedRequests', value: -1 }],
  ['listed as NaN', 'invalidValue', { kind: 'listed', value: Number.NaN }],
  ['a client with too long a name', 'nameTooLong', { client: endpoint(tooLong) }],
  ['a server in too long a namespace', 'nameTooLong', { server: endpoint('b', tooLong) }],
  ['a client that is no text', 'invalidName', { client: endpoint(loneSurrogate) }],
  ['a server in what is no text', 'invalidName', { server: endpoint('b', loneSurrogate) }],
];

describe('a value that cannot be used', () => {
  it.each(rejected)('is counted and nothing of it is observed: %s (%s)', (_, reason, given) => {
    const { dropped, observations, services } = normalize([fact(given)]);
    const none = Object.fromEntries(dropReasons.map((one) => [one, 0]));
    expect(dropped).toEqual({ ...none, [reason]: 1 });
    expect([observations, services]).toEqual([[], []]);
  });

  it.each(rejected)('changes nothing of what else is observed: %s (%s)', (_, __, given) => {
    const good = [fact({ value: 2 }), fact({ client: endpoint('b'), server: endpoint('a') })];
    const { observations, services } = normalize([fact(given), ...good, fact(given)]);
    expect({ observations, services }).toEqual({
      observations: normalize(good).observations,
      services: normalize(good).services,
    });
  });

  it.prop([fc.array(anyFact, { maxLength: 20 })])('is counted once, by one reason', (facts) => {
    // All but the failures without requests, which are a pair's and no value's.
    const countOf = (some: readonly PairFact[]) => {
      const { failuresOnly: _, ...ofValues } = normalize(some).dropped;
      return Object.values(ofValues).reduce((sum, count) => sum + count, 0);
    };
    const bad = facts.filter((one) => countOf([one]) > 0);
    expect(countOf(facts)).toBe(bad.length);
  });

  it('is a pair that failed requests and counted none', () => {
    const { dropped, observations } = normalize([fact({ kind: 'failedRequests', value: 3 })]);
    expect(dropped.failuresOnly).toBe(1);
    expect(observations).toEqual([]);
    expect(normalize([fact({ kind: 'listed', value: 0 })]).dropped.failuresOnly).toBe(0);
  });

  it('is not one with the longest accepted name', () => {
    const { observations } = normalize([fact({ client: endpoint('x'.repeat(maxNameLength)) })]);
    expect(observations).toHaveLength(1);
  });
});

describe('whatever a source says', () => {
  it.prop([fc.array(anyFact, { maxLength: 20 })])('every count observed is finite', (facts) => {
    for (const { requests, failedRequests } of normalize(facts).observations) {
      expect((requests ?? 0) >= 0 && Number.isFinite(requests ?? 0)).toBe(true);
      expect(Number(failedRequests) >= 0 && Number.isFinite(failedRequests)).toBe(true);
    }
  });

  it('counts too large to add never become infinite', () => {
    const huge = [fact({ value: 1.7e308 }), fact({ value: 1.7e308, connectionType: 'database' })];
    for (const { requests } of normalize(huge).observations) {
      expect(Number.isFinite(requests)).toBe(true);
    }
  });

  it('connection types are texts of bounded length, as names are', () => {
    const strange = [fact({ connectionType: tooLong }), fact({ connectionType: loneSurrogate })];
    for (const { connectionTypes } of normalize(strange).observations) {
      for (const type of connectionTypes) {
        expect(type.length).toBeLessThanOrEqual(maxNameLength);
        expect(type.isWellFormed()).toBe(true);
      }
    }
  });

  it.each(['x', ' ', 'ж', '服'])(
    'ids fit into an index, or the value is dropped: names of %j only',
    (character) => {
      const long = character.repeat(maxNameLength);
      const side = { environment: long, cluster: long, namespace: long, name: long };
      const source = 's'.repeat(63);
      for (const facts of [
        [fact({ client: endpoint(long), server: endpoint(long) })],
        [fact({ client: side, server: side })],
      ]) {
        for (const { dependencyId, mode } of normalize(facts).observations) {
          const reading = { dialect: 'otel-collector', variant: 'ж'.repeat(256) };
          expect(evidenceId(source, reading, mode, dependencyId).length).toBeLessThanOrEqual(
            indexLimit,
          );
        }
      }
    },
  );
});
