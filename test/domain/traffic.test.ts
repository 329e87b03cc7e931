import { it } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { dialectOrder, type EvidenceTraffic, trafficOf } from '../../src/domain/traffic.ts';
import { dialectNames } from '../../src/sources/dialect-names.ts';
import { mode, shuffled } from './arbitraries.ts';

function evidence(given: Partial<EvidenceTraffic> = {}): EvidenceTraffic {
  const { source = 'shop' } = given;
  return {
    source,
    callGroup: source,
    mode: 'sync',
    dialect: 'tempo',
    variant: null,
    requestsPerSecond: 2,
    errorRatio: 0.5,
    latency: {},
    ...given,
  };
}

/** Rates are whole, so that sums are exact. */
const anyEvidence: fc.Arbitrary<EvidenceTraffic> = fc
  .record({
    source: fc.constantFrom('a', 'b', 'c'),
    mode,
    dialect: fc.constantFrom(...dialectNames, 'unheard-of', null),
    variant: fc.constantFrom(null, 'x', 'y'),
    requestsPerSecond: fc.option(fc.nat(4)),
    errorRatio: fc.option(fc.constantFrom(0, 0.25, 0.5, 1)),
    p95: fc.nat(3),
  })
  .map(({ p95, ...given }) =>
    evidence({
      ...given,
      callGroup: given.source === 'c' ? 'b' : given.source,
      latency: { serverLatencyP95Seconds: p95 },
    }),
  );
const all = fc
  .uniqueArray(anyEvidence, {
    selector: ({ source, mode: how, dialect, variant }) => [source, how, dialect, variant].join(),
    maxLength: 8,
  })
  .chain((items) => fc.tuple(fc.constant(items), shuffled(items)));

const sum = (numbers: readonly (number | null)[]) =>
  numbers.reduce<number>((total, one) => total + (one ?? 0), 0);

describe('the traffic of a dependency', () => {
  it('is that of its evidence', () => {
    const latency = { serverLatencyP95Seconds: 1 };
    const one = evidence({ latency });
    expect(trafficOf([one])).toEqual({
      requestsPerSecond: 2,
      errorRatio: 0.5,
      latency,
      parts: [{ mode: 'sync', sources: ['shop'], taken: one }],
    });
    expect(trafficOf([])).toMatchObject({ requestsPerSecond: null, errorRatio: null, parts: [] });
  });

  it('is the larger of what one source was read in, with its failures and latency', () => {
    const larger = evidence({
      dialect: 'beyla',
      requestsPerSecond: 3,
      errorRatio: 0.1,
      latency: { clientLatencyMeanSeconds: 7 },
    });
    expect(trafficOf([evidence(), larger])).toEqual({
      requestsPerSecond: 3,
      errorRatio: 0.1,
      latency: larger.latency,
      parts: [{ mode: 'sync', sources: ['shop'], taken: larger }],
    });
  });

  it('is not known to fail where the larger does not tell', () => {
    const silent = evidence({ dialect: 'istio', requestsPerSecond: 3, errorRatio: null });
    expect(trafficOf([evidence(), silent])).toMatchObject({
      requestsPerSecond: 3,
      errorRatio: null,
    });
  });

  it('is the sum over modes, and over sources that see calls of their own', () => {
    const parts = [
      evidence({ errorRatio: 0.5 }),
      evidence({ mode: 'async', requestsPerSecond: 1, errorRatio: 0 }),
      evidence({ source: 'other', requestsPerSecond: 1, errorRatio: 0 }),
    ];
    expect(trafficOf(parts)).toMatchObject({ requestsPerSecond: 4, errorRatio: 0.25 });
  });

  it('has the share of failures of the calls of which it is known', () => {
    const silent = evidence({ source: 'other', requestsPerSecond: 30, errorRatio: null });
    expect(trafficOf([evidence(), silent])).toMatchObject({
      requestsPerSecond: 32,
      errorRatio: 0.5,
    });
  });

  it('is the larger of sources that see the same calls', () => {
    const other = evidence({ source: 'mesh', callGroup: 'shop', requestsPerSecond: 5 });
    const { requestsPerSecond, parts } = trafficOf([evidence(), other]);
    expect(requestsPerSecond).toBe(5);
    expect(parts).toEqual([{ mode: 'sync', sources: ['mesh', 'shop'], taken: other }]);
  });

  it('is that of the first dialect, then variant, where all count alike', () => {
    expect(dialectOrder).toEqual(dialectNames);
    const inOrder = [
      ...dialectOrder.map((dialect) => evidence({ dialect })),
      evidence({ dialect: 'unheard-of', variant: 'x' }),
      evidence({ dialect: 'unheard-of', variant: 'y' }),
    ];
    for (const [index, first] of inOrder.entries()) {
      const rest = inOrder.slice(index).reverse();
      expect(trafficOf(rest).parts.map(({ taken }) => taken)).toEqual([first]);
    }
  });

  it.prop([all])('does not depend on the order of the evidence', ([items, others]) => {
    expect(trafficOf(others)).toEqual(trafficOf(items));
  });

  it.prop([all])('is never above the sum, and the largest within a part', ([items]) => {
    const { requestsPerSecond, errorRatio, parts } = trafficOf(items);
    const keyOf = (one: EvidenceTraffic) => `${one.mode} ${one.callGroup}`;
    const keys = new Set(items.map(keyOf));
    expect(parts.map(({ taken }) => keyOf(taken)).sort()).toEqual([...keys].sort());
    for (const { taken, sources } of parts) {
      const group = items.filter((one) => keyOf(one) === keyOf(taken));
      expect(taken.requestsPerSecond ?? -1).toBe(
        Math.max(...group.map((one) => one.requestsPerSecond ?? -1)),
      );
      expect(sources).toEqual([...new Set(group.map(({ source }) => source))].sort());
    }
    expect(requestsPerSecond ?? 0).toBe(sum(parts.map(({ taken }) => taken.requestsPerSecond)));
    expect(requestsPerSecond ?? 0).toBeLessThanOrEqual(
      sum(items.map((one) => one.requestsPerSecond)),
    );
    expect(requestsPerSecond === null).toBe(items.every((one) => one.requestsPerSecond === null));
    if (errorRatio === null) return;
    const known = parts.flatMap(({ taken }) => taken.errorRatio ?? []);
    expect(errorRatio).toBeGreaterThanOrEqual(Math.min(...known));
    expect(errorRatio).toBeLessThanOrEqual(Math.max(...known));
  });
});
