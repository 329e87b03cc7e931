import { it } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { latencySides, sideOfLatencyFact } from '../../src/domain/latency.ts';
import { normalize } from '../../src/domain/normalize.ts';
import type { PairFact, PairFactKind } from '../../src/domain/observation.ts';
import { endpoint, fact, shuffled } from './arbitraries.ts';

/** The latency of the only pair, which had requests too. */
function latencyOf(...facts: PairFact[]) {
  const { observations } = normalize([fact(), ...facts]);
  expect(observations).toHaveLength(1);
  return observations[0]?.latency;
}

const kinds = [...sideOfLatencyFact.keys()] as PairFactKind[];

describe('the latency of a pair', () => {
  it('is absent where nothing is known of it', () => {
    expect(normalize([fact()]).observations[0]).not.toHaveProperty('latency');
  });

  it.each(['server', 'client', 'messaging'] as const)(
    'has a mean of all its series: %s',
    (side) => {
      const sum = (value: number, connectionType = '') =>
        fact({ kind: `${side}LatencySumSeconds`, value, connectionType });
      const count = (value: number, connectionType = '') =>
        fact({ kind: `${side}LatencyCount`, value, connectionType });
      const latency = latencyOf(sum(1), count(10), sum(8, 'other'), count(20, 'other'));
      expect(latency).toEqual({ [`${side}LatencyMeanSeconds`]: 0.3 });
    },
  );

  it('has no mean of no requests, or of half of what it takes', () => {
    const sum = fact({ kind: 'serverLatencySumSeconds', value: 1 });
    expect(latencyOf(sum)).toBeUndefined();
    expect(latencyOf(sum, fact({ kind: 'serverLatencyCount', value: 0 }))).toBeUndefined();
  });

  it('has the greatest quantile where several series have one', () => {
    const of = (value: number, connectionType: string) =>
      fact({ kind: 'clientLatencyP95Seconds', value, connectionType });
    expect(latencyOf(of(0.2, ''), of(0.5, 'other'), of(0.1, 'third'))).toEqual({
      clientLatencyP95Seconds: 0.5,
    });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1])(
    'is absent where the value is %d, and no value was dropped',
    (value) => {
      for (const kind of kinds) {
        const { observations, dropped } = normalize([fact(), fact({ kind, value })]);
        expect(observations[0]).not.toHaveProperty('latency');
        expect(dropped.invalidValue).toBe(0);
      }
    },
  );

  it('makes no observation alone', () => {
    expect(normalize([fact({ kind: 'serverLatencyP50Seconds' })]).observations).toEqual([]);
  });

  it.each([
    ['database', null, 'b', ['client']],
    ['virtual_node', 'server', 'b', ['client']],
    ['virtual_node', 'client', 'user', ['server']],
    ['', null, 'b', ['server', 'client', 'messaging']],
  ] as const)(
    'is known of the sides that measure: %j %j',
    (connectionType, virtualSide, _, sides) => {
      const facts = latencySides.map((side) =>
        fact({ kind: `${side}LatencyP50Seconds`, value: 1, connectionType, virtualSide }),
      );
      const { observations } = normalize([fact({ connectionType, virtualSide }), ...facts]);
      const names = Object.keys(observations[0]?.latency ?? {});
      expect(names).toEqual(sides.map((side) => `${side}LatencyP50Seconds`));
    },
  );

  const someFacts = fc.array(
    fc.record({
      kind: fc.constantFrom<PairFactKind>('requests', 'used', ...kinds),
      value: fc.integer({ min: 0, max: 1000 }),
      connectionType: fc.constantFrom('', 'database', 'messaging_system'),
    }),
    { maxLength: 20 },
  );
  it.prop([someFacts.chain((given) => fc.tuple(fc.constant(given), shuffled(given)))])(
    'does not depend on the order of the values',
    ([given, other]) => {
      const read = (values: typeof given) => normalize(values.map((value) => fact(value)));
      expect(read(other)).toEqual(read(given));
    },
  );
});

describe('traffic that is not counted in requests', () => {
  it('makes an observation whose requests are not known', () => {
    const { observations } = normalize([fact({ kind: 'used', value: 7 })]);
    expect(observations).toMatchObject([{ requests: null, used: true }]);
  });

  it('is none at zero', () => {
    expect(normalize([fact({ kind: 'used', value: 0 })]).observations).toEqual([]);
    expect(
      normalize([fact(), fact({ kind: 'used', value: 0 })]).observations[0],
    ).not.toHaveProperty('used');
  });
});

describe('overflow', () => {
  it.each(['environment', 'cluster', 'namespace', 'name'] as const)(
    'is found in the %s',
    (part) => {
      const over = { ...endpoint('b'), [part]: '__cardinality_overflow__' };
      expect(normalize([fact({ server: over })]).dropped.overflow).toBe(1);
    },
  );
});
