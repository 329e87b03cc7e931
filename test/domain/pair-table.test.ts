import { it } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import type { Mode } from '../../src/domain/dependency.ts';
import { calleeOf, modeOf, PairTable, serverOf } from '../../src/domain/pair-table.ts';
import { mode } from './arbitraries.ts';

const services = 60;
const number = fc.nat(services - 1);
/** More pairs than there is room for at first, and many of them twice. */
const pairs = fc.array(fc.tuple(number, number, mode), { maxLength: 2000, size: 'max' });
const ranks = fc
  .shuffledSubarray(
    Array.from({ length: services }, (_, index) => index),
    { minLength: services },
  )
  .map((order) => Uint32Array.from(order));

function tableOf(given: readonly (readonly [number, number, Mode])[]) {
  const table = new PairTable();
  const rows = given.map(([client, server, mode]) => table.rowOf(client, calleeOf(server, mode)));
  return { table, rows };
}

describe('the table of pairs', () => {
  it.prop([pairs])('gives each pair one row, in the order of appearance', (given) => {
    const known = new Map<string, number>();
    const expected = given.map((pair) => {
      const row = known.get(pair.join()) ?? known.size;
      known.set(pair.join(), row);
      return row;
    });
    const { table, rows } = tableOf(given);
    expect(rows).toEqual(expected);
    expect(table.size).toBe(known.size);
  });

  it.prop([pairs])('keeps what was written of a pair while it grows', (given) => {
    const table = new PairTable();
    for (const [client, server, mode] of given) {
      const row = table.rowOf(client, calleeOf(server, mode));
      const { requests } = table.columns;
      requests[row] = (requests[row] ?? 0) + 1;
    }
    const { client, callee, requests } = table.columns;
    const counted = Array.from({ length: table.size }, (_, row) => {
      const pair = [client[row], serverOf(callee[row] ?? 0), modeOf(callee[row] ?? 0)].join();
      return [pair, requests[row]] as const;
    });
    const expected = new Map<string, number>();
    for (const pair of given) expected.set(pair.join(), (expected.get(pair.join()) ?? 0) + 1);
    expect(new Map(counted)).toEqual(expected);
  });

  it.prop([pairs, ranks, ranks])(
    'is put in order by client, server and mode',
    (given, clientRanks, serverRanks) => {
      const { table } = tableOf(given);
      const { client, callee } = table.columns;
      const placeOf = (row: number) => {
        const called = callee[row] ?? 0;
        const side = serverRanks[serverOf(called)] ?? 0;
        return ((clientRanks[client[row] ?? 0] ?? 0) * services + side) * 2 + (called % 2);
      };
      const places = Array.from(table.inOrder(clientRanks, serverRanks), placeOf);
      expect(places).toHaveLength(table.size);
      expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
    },
  );

  it('is empty after it let go', () => {
    const { table } = tableOf([
      [0, 1, 'sync'],
      [1, 0, 'async'],
    ]);
    table.clear();
    expect(table.size).toBe(0);
    expect(table.rowOf(1, calleeOf(0, 'async'))).toBe(0);
  });
});
