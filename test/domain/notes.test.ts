import { describe, expect, it } from 'vitest';
import { normalize } from '../../src/domain/normalize.ts';
import type { Note } from '../../src/domain/notes.ts';
import type { PairFact } from '../../src/domain/observation.ts';
import { endpoint, fact } from './arbitraries.ts';

const plain = { connectionType: 'messaging_system' };
/** What is noted of values that are one pair, without what did not occur. */
function notedOf(...facts: readonly PairFact[]): Partial<Record<Note, number>> {
  const { noted } = normalize(facts);
  return Object.fromEntries(Object.entries(noted).filter(([, count]) => count > 0));
}

describe('what is odd about an observation is counted, and the observation kept', () => {
  it('nothing, of a plain one', () => {
    expect(notedOf(fact(plain))).toEqual({});
  });

  it.each<[Note, PairFact]>([
    ['missingConnectionType', fact()],
    ['failed', fact({ ...plain, kind: 'failedRequests' })],
    ['addressName', fact({ ...plain, server: endpoint('10.1.2.3:5432') })],
    ['addressName', fact({ ...plain, client: endpoint('2001:db8::1') })],
    ['addressName', fact({ ...plain, client: endpoint('[2001:db8::1]:443') })],
  ])('%s', (note, odd) => {
    expect(notedOf(fact({ ...odd, kind: 'requests' }), odd)).toEqual({ [note]: 1 });
  });

  it.each(['1.2.3', 'v1.2.3.4', 'redis:6379', 'a:b', '10.1.2.3.example'])(
    'is no address: %s',
    (name) => {
      expect(notedOf(fact({ ...plain, server: endpoint(name) }))).toEqual({});
    },
  );

  it.each([
    ['more failed than there were', 3, 2, 1],
    ['failed, and there were none', 1, 0, 1],
    ['more failed by rounding alone', 0.1 + 0.2, 0.3, 0],
    ['all failed', 2, 2, 0],
  ])('%s', (_, failed, requests, count) => {
    const noted = notedOf(
      fact({ ...plain, value: requests }),
      fact({ ...plain, kind: 'failedRequests', value: failed }),
    );
    expect(noted.moreFailedThanRequests ?? 0).toBe(count);
  });

  it('requests that cannot be counted, and so their failures are not more', () => {
    const uncounted = fact({ ...plain, kind: 'uncounted' });
    const failed = fact({ ...plain, kind: 'failedRequests', value: 9 });
    expect(notedOf(fact(plain), uncounted, failed)).toEqual({ failed: 1, uncounted: 1 });
  });

  it('several connection types, and a virtual node', () => {
    const types = [fact(), fact({ connectionType: 'virtual_node' })];
    expect(notedOf(...types)).toEqual({
      missingConnectionType: 1,
      severalConnectionTypes: 1,
      virtualNode: 1,
    });
  });

  it('user and unknown', () => {
    const virtual = (name: string) =>
      fact({ client: endpoint(name), connectionType: 'virtual_node', virtualSide: 'client' });
    expect(notedOf(virtual('user'), virtual('unknown'))).toEqual({
      virtualNode: 2,
      user: 1,
      unknown: 1,
    });
  });
});
