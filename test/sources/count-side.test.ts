import { describe, expect, it } from 'vitest';
import { createRelabelling } from '../../src/domain/relabel.ts';
import { countSide } from '../../src/sources/count-side.ts';
import { tempo } from '../../src/sources/dialects/tempo.ts';
import type { Source } from '../../src/sources/source.ts';
import { anAsking, aSource, tooHeavy } from './doubles.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
const names = numbers(40).map((index) => `client-${index}`);

/** A server with one series for each client, of which it counts so many at once. */
function serverWith(room: number, given: Partial<Source> = {}, clients = names) {
  const asked: number[] = [];
  const listed: string[] = [];
  const asking = anAsking(tempo(), {
    source: aSource(given),
    client: {
      async query(expression) {
        const [, pattern] = /[{,]client=~?"([^"]*)"/.exec(expression) ?? [];
        const wanted = pattern?.replaceAll('\\\\', '').split('|');
        const chosen = clients.filter((one) => wanted?.includes(one) ?? true);
        asked.push(wanted?.length ?? Number.POSITIVE_INFINITY);
        if (chosen.length > room) throw tooHeavy();
        return {
          samples: chosen.map((client) => ({ labels: { client }, value: 2 })),
          warnings: [],
        };
      },
      async labelValues(label, { matchers: [matcher = ''] }) {
        listed.push(`${label} ${matcher}`);
        return { values: matcher.includes('request_total') ? clients : [], warnings: ['told'] };
      },
    },
  });
  return { asking, asked, listed };
}

const renaming = {
  relabelling: createRelabelling([
    { sourceLabels: ['name'], regex: 'client-.*', targetLabel: 'name', replacement: 'one' },
  ]),
};

describe('the series of one side', () => {
  it('are counted together where the source has room', async () => {
    const { asking, asked, listed } = serverWith(40);
    const { groups, warnings } = await countSide(asking, 'client', []);
    expect(groups.flatMap(({ values }) => values).sort()).toEqual([...names].sort());
    expect(groups.every(({ series }) => series === 2)).toBe(true);
    // Once for each counter that shows pairs, and for the gauge.
    expect(asked).toHaveLength(2);
    expect([listed, warnings]).toEqual([[], []]);
  });

  it('are named by the index, each by itself, where counting is refused', async () => {
    const { asking, asked, listed } = serverWith(39);
    const { groups, warnings } = await countSide(asking, 'client', ['server="x"']);
    expect(groups.map(({ values }) => values).sort()).toEqual(
      [['']].concat(names.map((one) => [one]).sort()),
    );
    expect(groups.every(({ series }) => series === 1)).toBe(true);
    expect(asked).toHaveLength(1);
    expect(listed[0]).toBe('client traces_service_graph_request_total{server="x"}');
    expect(warnings).toEqual(['told', 'told']);
  });

  it('are counted list by list where a rule may make several names one', async () => {
    const { asking, asked } = serverWith(5, renaming);
    const { groups } = await countSide(asking, 'client', []);
    expect(groups).toHaveLength(1);
    expect(groups[0]?.series).toBe(80);
    expect(groups[0]?.values.toSorted()).toEqual(names.toSorted());
    // After the whole a list of all, then halves; what was answered is doubled.
    expect(asked.slice(0, 6)).toEqual([Number.POSITIVE_INFINITY, 41, 21, 11, 6, 3]);
    expect(asked.filter((size) => size > 5).length).toBeLessThan(20);
  });

  it('are one each where even one of them is refused', async () => {
    const { asking } = serverWith(0, renaming, ['client-1', 'client-2']);
    const { groups } = await countSide(asking, 'client', []);
    expect(groups.flatMap(({ values }) => values).sort()).toEqual(['client-1', 'client-2']);
    expect(groups.every(({ series }) => series <= 1)).toBe(true);
  });

  it('are asked in lists of no more than 12,000 characters', async () => {
    const long = numbers(40).map((index) => `client-${index}-${'x'.repeat(480)}`);
    const { asking, asked } = serverWith(39, renaming, long);
    await countSide(asking, 'client', []);
    const lists = asked.filter((size) => size !== Number.POSITIVE_INFINITY);
    expect(Math.max(...lists)).toBeLessThanOrEqual(25);
  });
});
