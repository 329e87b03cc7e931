import { it } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { boxesOf, matchersOfLabels } from '../../src/sources/boxes.ts';
import type { CounterLabels } from '../../src/sources/counter-labels.ts';
import { selectorOf, series } from '../../src/sources/series.ts';
import { nodesOf } from './every-question.ts';

const labels: CounterLabels = {
  client: ['client'],
  server: ['server'],
  identity: ['client', 'server'],
  kinds: [],
  replicas: [],
};
const boxes = (pairs: readonly { client?: string; server?: string }[]) =>
  boxesOf(pairs, labels, (pair) => pair);
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

/** The values that a matcher leaves of its label. */
const valuesOf = (matcher: string | undefined) =>
  (/=~?"(.*)"$/.exec(matcher ?? '')?.[1] ?? '').split('|');

describe('boxes of series', () => {
  it('are none of nothing', () => {
    expect(boxes([])).toEqual([]);
  });

  it('select all clients and all servers of their members', () => {
    expect(
      boxes([
        { client: 'b', server: 's' },
        { client: 'a', server: 't' },
      ]),
    ).toEqual([
      {
        matchers: ['client=~"a|b"', 'server=~"t|s"'],
        members: [
          { client: 'a', server: 't' },
          { client: 'b', server: 's' },
        ],
      },
    ]);
  });

  it('select what has no such label by its empty value', () => {
    const [box] = boxes([{ server: 's' }, { client: 'a', server: 's' }]);
    expect(box?.matchers).toEqual(['client=~"|a"', 'server="s"']);
  });

  it('hold at most 400 series', () => {
    const sizes = boxes(numbers(1000).map((i) => ({ client: `c${i}`, server: 's' })));
    expect(sizes.map(({ members }) => members.length)).toEqual([400, 400, 200]);
  });

  it('keep the members of one client together, and so select few strangers', () => {
    const pairs = numbers(800).map((i) => ({ client: `c${i % 8}`, server: `s${i}` }));
    const found = boxes(pairs);
    expect(found).toHaveLength(2);
    for (const { matchers } of found) expect(valuesOf(matchers[0])).toHaveLength(4);
  });

  const name = fc.string({
    minLength: 0,
    maxLength: 900,
    unit: fc.constantFrom('a', 'b', '.', '"'),
  });
  it.prop([fc.array(fc.record({ client: name, server: name }), { maxLength: 60 })], {
    numRuns: 60,
  })('hold each series once, and names of at most 6,000 characters', (pairs) => {
    const found = boxes(pairs);
    const byText = (one: unknown) => JSON.stringify(one);
    expect(
      found
        .flatMap(({ members }) => members)
        .map(byText)
        .sort(),
    ).toEqual(pairs.map(byText).sort());
    for (const { matchers, members } of found) {
      const clients = new Set(members.map(({ client }) => client));
      const servers = new Set(members.map(({ server }) => server));
      const characters = [...clients, ...servers].reduce(
        (sum, one = '') => sum + one.length + 1,
        0,
      );
      if (members.length > 1) expect(characters).toBeLessThanOrEqual(6000);
      expect(nodesOf(selectorOf(series('x'), matchers))).not.toContain('error');
    }
  });
});

describe('matchers of label sets', () => {
  it('have each label with all its values; what a set lacks is empty', () => {
    expect(matchersOfLabels([{ job: 'a', pod: 'p' }, { job: 'b' }, { job: 'a' }])).toEqual([
      'job=~"a|b"',
      'pod=~"p|"',
    ]);
    expect(matchersOfLabels([])).toEqual([]);
    expect(matchersOfLabels([{}])).toEqual([]);
  });
});
