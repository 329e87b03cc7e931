import { it } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { callGroupsOf } from '../../src/sources/call-groups.ts';
import { shuffled } from '../domain/arbitraries.ts';

describe('sources that see the same calls', () => {
  it('have the smallest of their ids in common, whoever says it', () => {
    const groups = callGroupsOf([
      { id: 'd' },
      { id: 'c', sameCallsAs: ['b'] },
      { id: 'b' },
      { id: 'a', sameCallsAs: ['c'] },
      { id: 'f', sameCallsAs: ['e'] },
      { id: 'e', sameCallsAs: ['f'] },
    ]);
    expect(Object.fromEntries(groups)).toEqual({ a: 'a', b: 'a', c: 'a', d: 'd', e: 'e', f: 'e' });
  });

  const ids = ['a', 'b', 'c', 'd', 'e'];
  const sources = fc
    .tuple(...ids.map((id) => fc.subarray(ids.filter((one) => one !== id))))
    .map((said) => ids.map((id, index) => ({ id, sameCallsAs: said[index] ?? [] })))
    .chain((all) => fc.tuple(fc.constant(all), shuffled(all)));

  it.prop([sources])('are the same in whatever order they are named', ([all, others]) => {
    const groups = callGroupsOf(all);
    expect(Object.fromEntries(callGroupsOf(others))).toEqual(Object.fromEntries(groups));
    for (const { id, sameCallsAs } of all) {
      for (const other of sameCallsAs) expect(groups.get(other)).toBe(groups.get(id));
    }
  });
});
