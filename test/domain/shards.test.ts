import { it } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { createNormalizer, normalize } from '../../src/domain/normalize.ts';
import type { Observation } from '../../src/domain/observation.ts';
import { serviceId } from '../../src/domain/service.ts';
import { groupByIdentity, packGroups, type ShardGroup, seriesOf } from '../../src/domain/shards.ts';
import { addCounts } from '../../src/domain/window-totals.ts';
import { anyFact } from './arbitraries.ts';

const few = (letters: string) => fc.constantFrom(...letters);
const names = fc.array(fc.record({ value: few('abcdef'), identity: few('rstuvw') }));
const nothing: ReadonlyMap<string, number> = new Map();

const groups: fc.Arbitrary<ShardGroup[]> = fc.array(
  fc.record({
    values: fc.array(fc.string({ maxLength: 5 }), { minLength: 1, maxLength: 3 }),
    series: fc.integer({ min: 1, max: 30 }),
  }),
);
const bounds = fc.record({
  series: fc.integer({ min: 1, max: 40 }),
  characters: fc.integer({ min: 1, max: 40 }),
});
const charactersOf = (pack: readonly ShardGroup[]) =>
  pack.flatMap(({ values }) => values).reduce((sum, value) => sum + value.length + 1, 0);

describe('values grouped by what they name', () => {
  it.prop([names])('are each in one group', (all) => {
    const values = groupByIdentity(all, nothing).flatMap((group) => group.values);
    expect(values.toSorted()).toEqual([...new Set(all.map(({ value }) => value))].sort());
  });

  it.prop([names])('are in the same group where they name the same service', (all) => {
    const found = groupByIdentity(all, nothing);
    const groupOf = (value: string) => found.find(({ values }) => values.includes(value));
    for (const one of all) {
      for (const other of all) {
        if (one.identity === other.identity) {
          expect(groupOf(one.value)).toBe(groupOf(other.value));
        }
      }
    }
  });

  it.prop([names])('are in no larger group than that makes necessary', (all) => {
    for (const { values } of groupByIdentity(all, nothing)) {
      // From any one value, all of its group are reached over services that they share.
      const reached = new Set(values.slice(0, 1));
      for (let before = 0; before < reached.size; ) {
        before = reached.size;
        const known = new Set(
          all.filter(({ value }) => reached.has(value)).map(({ identity }) => identity),
        );
        for (const { value, identity } of all) if (known.has(identity)) reached.add(value);
      }
      expect([...reached].sort()).toEqual(values);
    }
  });

  it.prop([names, fc.dictionary(few('abcdef'), fc.nat(9))])(
    'keep all their series, and one at least',
    (all, counts) => {
      const series = new Map(Object.entries(counts));
      for (const group of groupByIdentity(all, series)) {
        const sum = group.values.reduce((total, value) => total + (series.get(value) ?? 0), 0);
        expect(group.series).toBe(Math.max(1, sum));
      }
    },
  );
});

describe('groups packed into shards', () => {
  it.prop([groups, bounds])('are all there, once and in their order', (all, bound) => {
    expect(packGroups(all, bound).flat()).toEqual(all);
  });

  it.prop([groups, bounds])('never exceed a bound unless one does by itself', (all, bound) => {
    for (const pack of packGroups(all, bound)) {
      expect(pack.length).toBeGreaterThan(0);
      if (pack.length === 1) continue;
      expect(seriesOf(pack)).toBeLessThanOrEqual(bound.series);
      expect(charactersOf(pack)).toBeLessThanOrEqual(bound.characters);
    }
  });

  it.prop([groups, bounds])('would not fit into the shard before', (all, bound) => {
    const packs = packGroups(all, bound);
    for (const [index, pack] of packs.slice(1).entries()) {
      const both = [...(packs[index] ?? []), ...pack.slice(0, 1)];
      const fits = seriesOf(both) <= bound.series && charactersOf(both) <= bound.characters;
      expect(fits).toBe(false);
    }
  });

  it.prop([groups.filter((all) => all.length > 1)])('fall apart when they are halved', (all) => {
    const half = { series: Math.ceil(seriesOf(all) / 2), characters: Number.POSITIVE_INFINITY };
    expect(packGroups(all, half).length).toBeGreaterThan(1);
  });
});

/** An observation without the kinds of its services, of which the graph keeps the strongest. */
function withoutKinds({ client, server, ...rest }: Observation) {
  return { ...rest, client: { ...client, kind: '' }, server: { ...server, kind: '' } };
}

describe('a window cut into shards', () => {
  /** Facts as series have them: under a raw name, of which several may be of one client. */
  const rawFacts = fc.array(fc.tuple(few('pqrs'), anyFact), { maxLength: 40 });

  it.prop([rawFacts, fc.integer({ min: 1, max: 12 }), fc.boolean()])(
    'shows the same observations, drops and self-calls as in one piece',
    (facts, series, byServer) => {
      const side = byServer ? 'server' : 'client';
      const named = facts.map(([value, fact]) => ({
        value,
        identity: serviceId(fact[side], 'service'),
      }));
      const counts = new Map<string, number>();
      for (const { value } of named) counts.set(value, (counts.get(value) ?? 0) + 1);
      const shards = packGroups(groupByIdentity(named, counts), { series, characters: 1000 });
      const whole = normalize(facts.map(([, fact]) => fact));
      // Who has spans may lie in another shard; what the graph knows stands in for it.
      const kinds = new Map(whole.services.map(({ id, kind }) => [id, kind]));
      const parts = shards.map((shard) => {
        const values = new Set(shard.flatMap((group) => group.values));
        const normalizer = createNormalizer(undefined, (id) => kinds.get(id));
        for (const [value, fact] of facts) if (values.has(value)) normalizer.add(fact);
        return normalizer.finish();
      });
      const byId = (a: { dependencyId: string; mode: string }, b: typeof a) =>
        `${a.dependencyId} ${a.mode}` < `${b.dependencyId} ${b.mode}` ? -1 : 1;
      expect(
        parts.flatMap(({ observations }) => observations.map(withoutKinds)).sort(byId),
      ).toEqual(whole.observations.map(withoutKinds).sort(byId));
      const drops = parts
        .map(({ dropped }) => dropped)
        .reduce<Record<string, number>>(addCounts, {});
      expect(drops).toEqual(addCounts({}, whole.dropped));
      expect(parts.reduce((sum, { selfCalls }) => sum + selfCalls, 0)).toBe(whole.selfCalls);
    },
  );
});
