import { describe, expect, it } from 'vitest';
import { loadStatements } from '../../src/graph/statements.ts';
import { cutsOf } from '../support/cuts.ts';

/** Statements that may count or filter what they have cut, and why that says nothing wrong. */
const allowed = new Map([
  ['query/freshness', 'the last windows of which any was read; of more nothing is said'],
  ['query/agreeing-sources', 'a sample, and called one: it advises and counts nothing'],
  ['query/services-near', 'the names beside a word, of which one is suggested; none are counted'],
  ['query/dependencies-on-ahead', 'where the page is not in the stretch, all is looked through'],
  ['ingest/read-sums', 'the windows that touch one are the next; those farther off are not meant'],
  [
    'maintenance/rebuild-pairs',
    'a page of clients, each with all its pairs; the next page follows',
  ],
  [
    'maintenance/prune-changes',
    'a page of changes, which is what is gone over; the next page follows',
  ],
  ['schema/031-observed-reading', 'a batch, repeated until nothing is left'],
]);

describe('what is cut', () => {
  it.each([
    ['MATCH (a) WITH a LIMIT $limit WHERE a.x RETURN a', ['WHERE after LIMIT']],
    ['MATCH (a) WITH a LIMIT 50 RETURN count(a) AS count', ['count( after LIMIT']],
    ['MATCH (a) WITH a LIMIT 50 MATCH (a)-->(b) RETURN b', ['MATCH after LIMIT']],
    ['CALL () { MATCH (a) RETURN a LIMIT $n } RETURN DISTINCT a', ['DISTINCT after LIMIT']],
    [
      'MATCH (a) CALL (a) { MATCH (b) WITH b LIMIT 8 RETURN max(b.x) AS x } RETURN x',
      ['max( after LIMIT'],
    ],
  ])('is not counted or filtered: %s', (text, found) => {
    expect(cutsOf(text)).toEqual(found);
  });

  it.each([
    'MATCH (a) WHERE a.x RETURN count(a) AS count LIMIT 10',
    'MATCH (a) WITH a LIMIT $limit DELETE a RETURN count(*) AS done',
    "MATCH (a) WHERE a.text = ' LIMIT 5 WHERE ' RETURN a",
    'MATCH (a) WITH a LIMIT $limit OPTIONAL MATCH (a)-->(b) RETURN a {.id}, b',
    'MATCH (a) CALL (a) { MATCH (b) RETURN b LIMIT 1 } WITH a, b WHERE b.x RETURN count(a)',
    'MATCH (a) WITH a LIMIT 9 CALL (a) { MATCH (a)-->(b) WHERE b.x RETURN collect(b) AS all } RETURN all',
  ])('may be all that happens: %s', (text) => {
    expect(cutsOf(text)).toEqual([]);
  });

  const all = [...loadStatements().values()];
  it.each(all.filter(({ name }) => !allowed.has(name)))('is not counted in $name', ({ text }) => {
    expect(cutsOf(text)).toEqual([]);
  });

  it.each([...allowed.keys()])('is in %s, which says why it may be', (name) => {
    expect(cutsOf(loadStatements().get(name)?.text ?? '')).not.toEqual([]);
  });
});
