import { it } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import {
  aged,
  joinEvidence,
  mergeEvidence,
  type StoredEvidence,
  watched,
} from '../../src/domain/evidence.ts';
import type { Observation } from '../../src/domain/observation.ts';

const minute = 60_000;
const service = (name: string) => ({
  id: name,
  kind: 'service' as const,
  environment: '',
  cluster: '',
  namespace: '',
  name,
});

function observed(given: Partial<Observation> = {}): Observation {
  return {
    dependencyId: 'a~~b',
    client: service('a'),
    server: service('b'),
    mode: 'sync',
    connectionTypes: ['direct'],
    requests: 120,
    failedRequests: 6,
    listed: false,
    ...given,
  };
}

const windowOf = (index: number) => ({
  startMillis: index * minute,
  endMillis: (index + 1) * minute,
});

/** Windows of one pair: the grid is fixed, so a window says the same whenever it is read. */
const windows = fc.uniqueArray(
  fc.record({
    index: fc.nat(12),
    observation: fc
      .record({
        requests: fc.option(fc.nat(600)),
        failedRequests: fc.nat(20),
        listed: fc.boolean(),
      })
      .map(observed),
  }),
  { selector: ({ index }) => index, maxLength: 12 },
);

type Read = { index: number; observation: Observation };

function readAll(reads: readonly Read[]): StoredEvidence | null {
  let evidence: StoredEvidence | null = null;
  for (const { index, observation } of reads) {
    evidence = mergeEvidence(evidence, observation, windowOf(index)) ?? evidence;
  }
  return evidence;
}

describe('the evidence of a pair', () => {
  it('is a rate of the window, its share of failures, and the time it was seen', () => {
    expect(mergeEvidence(null, observed(), windowOf(4))).toEqual({
      firstSeenAt: 5 * minute,
      lastSeenAt: 5 * minute,
      lastTrafficAt: 5 * minute,
      staleAt: null,
      removedAt: null,
      unwatchedSince: null,
      unwatchedBy: null,
      agesFrom: null,
      windowEnd: 5 * minute,
      connectionTypes: ['direct'],
      requestsPerSecond: 2,
      errorRatio: 0.05,
      latency: {},
    });
  });

  it('does not begin with a series that does not move', () => {
    expect(
      mergeEvidence(null, observed({ requests: 0, failedRequests: 0 }), windowOf(0)),
    ).toBeNull();
  });

  it('has no traffic and was not seen again when its series stands still', () => {
    const before = mergeEvidence(null, observed(), windowOf(0));
    expect(mergeEvidence(before, observed({ requests: 0 }), windowOf(1))).toMatchObject({
      lastSeenAt: minute,
      lastTrafficAt: minute,
      windowEnd: 2 * minute,
      requestsPerSecond: 0,
      errorRatio: null,
    });
  });

  it('has the latency of its newest window, and none where its series stood still', () => {
    const latency = { serverLatencyP50Seconds: 0.2 };
    const before = mergeEvidence(null, observed({ latency }), windowOf(0));
    expect(before?.latency).toEqual(latency);
    expect(mergeEvidence(before, observed({ latency }), windowOf(0))).toBeNull();
    const slower = { serverLatencyP50Seconds: 0.4 };
    const after = mergeEvidence(before, observed({ latency: slower }), windowOf(0));
    expect(after?.latency).toEqual(slower);
    expect(mergeEvidence(before, observed({ requests: 0, latency }), windowOf(1))?.latency).toEqual(
      {},
    );
  });

  it.each([
    ['more failed than there were', 120, 121, null],
    ['more failed by rounding alone', 0.3, 0.1 + 0.2, 1],
    ['all failed', 120, 120, 1],
    ['the source cannot tell', 120, null, null],
  ])(
    'has a share of failures, unless it is not known: %s',
    (_, requests, failedRequests, ratio) => {
      const evidence = mergeEvidence(null, observed({ requests, failedRequests }), windowOf(0));
      expect(evidence?.errorRatio).toBe(ratio);
    },
  );

  it('has traffic of no known rate where its requests cannot be counted', () => {
    const before = mergeEvidence(null, observed(), windowOf(0));
    const uncounted = observed({ requests: null, uncounted: true });
    expect(mergeEvidence(before, uncounted, windowOf(1))).toMatchObject({
      lastSeenAt: 2 * minute,
      lastTrafficAt: 2 * minute,
      requestsPerSecond: null,
      errorRatio: null,
    });
  });

  it('is seen, without traffic, when it is only listed', () => {
    const before = mergeEvidence(null, observed(), windowOf(0));
    const listed = observed({ requests: null, listed: true });
    expect(mergeEvidence(before, listed, windowOf(1))).toMatchObject({
      lastSeenAt: 2 * minute,
      lastTrafficAt: minute,
      requestsPerSecond: null,
    });
  });

  it('is no longer stale when a newer window shows it, and still is after an older one', () => {
    const seen = mergeEvidence(null, observed(), windowOf(5));
    const stale = seen && { ...seen, staleAt: 9 * minute };
    const cutoffs = { stale: 8 * minute, removed: null, passedAt: 9 * minute };
    expect(mergeEvidence(stale, observed(), windowOf(9), cutoffs)?.staleAt).toBeNull();
    expect(mergeEvidence(stale, observed(), windowOf(2), cutoffs)?.staleAt).toBe(9 * minute);
  });

  it('is marked by no window, not by one that ended before the cutoff either', () => {
    const cutoffs = { stale: 8 * minute, removed: 7 * minute, passedAt: 9 * minute };
    const unmarked = { staleAt: null, removedAt: null };
    expect(mergeEvidence(null, observed(), windowOf(2), cutoffs)).toMatchObject(unmarked);
    const seen = mergeEvidence(null, observed(), windowOf(1));
    expect(mergeEvidence(seen, observed(), windowOf(2), cutoffs)).toMatchObject(unmarked);
  });

  it('is marked from the instant of the pass', () => {
    const cutoffs = { stale: 8 * minute, removed: 7 * minute, passedAt: 9 * minute };
    const seen = { staleAt: null, removedAt: null, ...watched };
    const at = { staleAt: 9 * minute, removedAt: 9 * minute };
    expect(aged(seen, 6 * minute, cutoffs)).toEqual(at);
    expect(aged(seen, 7 * minute, cutoffs)).toEqual({ ...at, removedAt: null });
    expect(aged({ ...seen, staleAt: 8.5 * minute }, 6 * minute, cutoffs)).toEqual({
      ...at,
      staleAt: 8.5 * minute,
    });
  });

  describe('whose producer went', () => {
    const cutoffs = { stale: 8 * minute, removed: null, passedAt: 9 * minute };
    const seen = (): StoredEvidence => {
      const evidence = mergeEvidence(null, observed(), windowOf(4));
      if (evidence === null) throw new Error('It was seen.');
      return evidence;
    };
    const unwatched = () => ({ ...seen(), unwatchedSince: 6 * minute, unwatchedBy: 'tempo|a' });

    it('does not age while nobody watches it, and stays stale where it was', () => {
      expect(aged(seen(), 5 * minute, cutoffs).staleAt).toBe(9 * minute);
      expect(aged(unwatched(), 5 * minute, cutoffs).staleAt).toBeNull();
      const before = { ...unwatched(), staleAt: 3 * minute };
      expect(aged(before, 5 * minute, cutoffs).staleAt).toBe(3 * minute);
      // A late sighting of a time before does not make it stale either.
      expect(mergeEvidence(unwatched(), observed(), windowOf(2), cutoffs)).toMatchObject({
        staleAt: null,
        unwatchedBy: 'tempo|a',
      });
    });

    it('is watched by whoever shows it afterwards', () => {
      expect(mergeEvidence(unwatched(), observed(), windowOf(5), cutoffs)).toMatchObject({
        unwatchedBy: 'tempo|a',
      });
      expect(mergeEvidence(unwatched(), observed(), windowOf(6), cutoffs)).toMatchObject({
        lastSeenAt: 7 * minute,
        unwatchedSince: null,
        unwatchedBy: null,
      });
    });

    it('ages from where it was when it is watched again, until it is seen', () => {
      const again = { ...seen(), agesFrom: 8 * minute };
      expect(aged(again, 5 * minute, cutoffs).staleAt).toBeNull();
      expect(aged(again, 5 * minute, { ...cutoffs, stale: 9 * minute }).staleAt).toBe(9 * minute);
      expect(mergeEvidence(again, observed(), windowOf(6), cutoffs)?.agesFrom).toBe(8 * minute);
      expect(mergeEvidence(again, observed(), windowOf(8), cutoffs)?.agesFrom).toBeNull();
    });

    it('is watched where one of two pairs that turn out to be one is', () => {
      expect(joinEvidence(unwatched(), seen())).toMatchObject({
        unwatchedSince: null,
        unwatchedBy: null,
      });
      const later = { ...unwatched(), unwatchedSince: 7 * minute, unwatchedBy: 'tempo|b' };
      expect(joinEvidence(unwatched(), later)).toMatchObject({
        unwatchedSince: 7 * minute,
        unwatchedBy: 'tempo|b',
      });
    });
  });

  it.prop([windows])('does not change when any window of a walk is read again', (reads) => {
    const walk = [...reads].sort((a, b) => a.index - b.index);
    const evidence = readAll(walk);
    for (const { index, observation } of walk) {
      const again = mergeEvidence(evidence, observation, windowOf(index));
      expect(again).toBeNull();
    }
  });

  it.prop([windows, fc.infiniteStream(fc.nat())])(
    'was first and last seen at the same times in whatever order the windows were read',
    (reads, random) => {
      const keys = new Map(reads.map((read) => [read, random.next().value ?? 0]));
      const shuffled = [...reads].sort((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0));
      const times = (evidence: StoredEvidence | null) =>
        evidence && {
          first: evidence.firstSeenAt,
          last: evidence.lastSeenAt,
          traffic: evidence.lastTrafficAt,
        };
      expect(times(readAll(shuffled))).toEqual(times(readAll(reads)));
    },
  );
});

describe('the evidence of two pairs that turn out to be one', () => {
  const watch = fc.record({
    unwatched: fc.option(fc.tuple(fc.nat(9), fc.constantFrom('a', 'b'))),
    agesFrom: fc.option(fc.nat(9)),
  });
  const known = fc
    .tuple(
      windows.map(readAll).filter((evidence) => evidence !== null),
      watch,
    )
    .map(([evidence, { unwatched, agesFrom }]) => ({
      ...evidence,
      unwatchedSince: unwatched?.[0] ?? null,
      unwatchedBy: unwatched?.[1] ?? null,
      agesFrom,
    }));

  it.prop([known, known])('is the same whichever is joined to which', (left, right) => {
    expect(joinEvidence(left, right)).toEqual(joinEvidence(right, left));
  });

  it.prop([known, known])('was seen when either was', (left, right) => {
    const joined = joinEvidence(left, right);
    expect(joined.firstSeenAt).toBe(Math.min(left.firstSeenAt, right.firstSeenAt));
    expect(joined.lastSeenAt).toBe(Math.max(left.lastSeenAt, right.lastSeenAt));
    expect(joined.lastTrafficAt ?? 0).toBe(
      Math.max(left.lastTrafficAt ?? 0, right.lastTrafficAt ?? 0),
    );
  });

  const of = (given: Partial<Observation>, index = 0): StoredEvidence => {
    const evidence = readAll([{ index, observation: observed(given) }]);
    if (evidence === null) throw new Error('It was seen.');
    return evidence;
  };

  it('adds rates of the same window, and knows no latency of both', () => {
    const latency = { serverLatencyP50Seconds: 1 };
    const left = of({ requests: 60, failedRequests: 6, latency, connectionTypes: ['database'] });
    const right = of({ requests: 180, failedRequests: 0, latency });
    expect(joinEvidence(left, right)).toMatchObject({
      requestsPerSecond: 4,
      errorRatio: 0.025,
      latency: {},
      connectionTypes: ['database', 'direct'],
    });
  });

  it('does not know how many failed of both where it does not know it of one that had traffic', () => {
    const unknown = of({ failedRequests: null });
    expect(joinEvidence(unknown, of({})).errorRatio).toBeNull();
    expect(joinEvidence(of({}), unknown).errorRatio).toBeNull();
    const idle = of({ requests: 0, failedRequests: null, listed: true });
    expect(joinEvidence(idle, of({})).errorRatio).toBe(0.05);
  });

  it('has the numbers of the newer window', () => {
    const older = of({ requests: 600 }, 1);
    const newer = of({ requests: 60 }, 2);
    expect(joinEvidence(older, newer)).toMatchObject({
      requestsPerSecond: 1,
      firstSeenAt: older.firstSeenAt,
    });
  });

  it('is stale only where both are', () => {
    const [left, right] = [of({}), of({})];
    const stale = (evidence: StoredEvidence, staleAt: number) => ({ ...evidence, staleAt });
    expect(joinEvidence(stale(left, 5), right).staleAt).toBeNull();
    expect(joinEvidence(stale(left, 5), stale(right, 7)).staleAt).toBe(7);
  });
});
