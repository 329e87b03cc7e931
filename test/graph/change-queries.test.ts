import { describe, expect, it } from 'vitest';
import { everything } from '../../src/domain/view.ts';
import { createChangeQueries } from '../../src/graph/change-queries.ts';
import type { Database, Transaction } from '../../src/graph/database.ts';

/** A changelog of four changes, of which the last commit can be seen only at the third look. */
function changelog(seenAtLook: number) {
  let looks = 0;
  const asked: string[] = [];
  const change = (sequence: number) => ({
    sequence,
    atMillis: sequence,
    recordedAtMillis: sequence,
    type: 'service.discovered',
    context: 'live',
    subject: 'web',
    run: null,
    source: null,
    windowEndMillis: null,
    client: null,
    server: null,
    state: null,
    modes: null,
    criticality: null,
    confidence: null,
    conflicts: null,
    environment: '',
    cluster: '',
    namespace: '',
    name: 'web',
    kind: 'service',
    virtual: false,
  });
  const transaction = {
    async rows(
      statement: string,
      params: { after?: number; upTo?: number },
      row: { parse(one: unknown): unknown },
    ) {
      asked.push(statement);
      const visible = [1, 2, 3, 4].filter((number) => number < 3 || looks >= seenAtLook);
      const { after = 0, upTo = 0 } = params;
      const within = visible.filter((number) => number > after && number <= upTo);
      if (statement === 'query/feed-position')
        return [row.parse({ sequence: 4, prunedSequence: 0 })];
      if (statement === 'query/changes') return within.map((number) => row.parse(change(number)));
      looks += 1;
      return [row.parse({ count: within.length })];
    },
  };
  const database = {
    read: (work: (one: Transaction) => unknown) => work(transaction as unknown as Transaction),
  } as unknown as Database;
  return { changes: createChangeQueries(database), asked };
}

describe('the changelog', () => {
  it('is told up to its end only when the whole of the last commit can be seen', async () => {
    const { changes, asked } = changelog(3);
    const page = await changes.changes(everything, 2, 10, {});
    expect(page.changes.map(({ sequence }) => sequence)).toEqual([3, 4]);
    expect(page.cursor).toBe(4);
    expect(asked.filter((name) => name === 'query/count-changes-after')).toHaveLength(4);
  });

  it('is counted once, and not again for who follows', async () => {
    const { changes, asked } = changelog(0);
    await changes.changes(everything, 0, 2, {});
    await changes.changes(everything, 2, 2, {});
    await changes.changes(everything, 4, 2, {});
    expect(asked.filter((name) => name === 'query/count-changes-after')).toHaveLength(1);
  });
});
