import { it } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import {
  addShard,
  noTotals,
  type ShardAccounting,
  type WindowTotals,
} from '../../src/domain/window-totals.ts';
import { shuffled } from './arbitraries.ts';

const accounting: fc.Arbitrary<ShardAccounting> = fc.record({
  partsRead: fc.nat(3),
  partsLost: fc.nat(3),
  splits: fc.nat(3),
  observations: fc.nat(100),
  selfCalls: fc.nat(100),
  noted: fc.dictionary(fc.constantFrom('user', 'failed'), fc.nat(9)),
  valuesRead: fc.nat(100),
  dropped: fc.dictionary(fc.constantFrom('overflow', 'invalidName'), fc.nat(9)),
  cannotTell: fc.nat(100),
  brokenSeries: fc.nat(100),
  presenceWarnings: fc.nat(3),
  otherWarnings: fc.nat(3),
  unanswered: fc.nat(3),
  // Whole, so that the sums are exact.
  readSeconds: fc.nat(100),
  writeSeconds: fc.nat(100),
});
const totalsOf = (shards: readonly ShardAccounting[]): WindowTotals =>
  shards.reduce(addShard, noTotals);

describe('the shards of a window', () => {
  it.prop([
    fc
      .array(accounting, { maxLength: 6 })
      .chain((all) => fc.tuple(fc.constant(all), shuffled(all))),
  ])('come to the same in any order', ([shards, others]) => {
    expect(totalsOf(others)).toEqual(totalsOf(shards));
  });

  it.prop([fc.array(accounting, { maxLength: 6 })])('are each counted', (shards) => {
    const totals = totalsOf(shards);
    expect(totals.shards).toBe(shards.length);
    expect(totals.shardsLost).toBe(shards.filter(({ partsLost }) => partsLost > 0).length);
    expect(totals.shardsRead).toBe(shards.filter(({ partsRead }) => partsRead > 0).length);
    expect(totals.valuesRead).toBe(shards.reduce((sum, { valuesRead }) => sum + valuesRead, 0));
  });

  it('add what was dropped by its reason', () => {
    const empty = { ...noTotals, partsRead: 1 };
    const totals = totalsOf([
      { ...empty, dropped: { overflow: 1, invalidName: 0 } },
      { ...empty, dropped: { overflow: 2, missingClient: 4 } },
    ]);
    expect(totals.dropped).toEqual({ overflow: 3, missingClient: 4 });
  });
});
