import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Source } from '../../../src/sources/source.ts';
import type { WindowReading } from '../../support/read-window.ts';
import {
  growing,
  histogram,
  observationsOf,
  type RecordedSource,
  recordedSource,
} from '../../support/recorded-source.ts';
import { counting, failures, pair, requests, series } from '../../support/recording.ts';

type Labels = Record<string, string>;

/** The labels of a pair as one of two Prometheus that scrape alike has them. */
const copy = (replica: 'a' | 'b', client: string, more: Labels = {}): Labels => ({
  ...pair(client, 'api'),
  __replica__: replica,
  ...more,
});

/** An hour of a counter, without the samples of some minutes. */
const withGap = (labels: Labels, perMinute: number, from: number, to: number) =>
  series(
    requests,
    labels,
    0,
    counting(0, perMinute, 61).map((value, minute) =>
      minute >= from && minute < to ? null : value,
    ),
  );

const other = { instance: 'generator-2' };
const histogramName = 'traces_service_graph_request_server_seconds';

const recorded = [
  ...growing(requests, copy('a', 'web'), 20),
  ...growing(requests, copy('b', 'web'), 20),
  ...growing(requests, copy('a', 'web', other), 1),
  ...growing(requests, copy('b', 'web', other), 1),
  ...growing(failures, copy('a', 'web'), 2),
  ...growing(failures, copy('b', 'web'), 2),
  ...histogram(histogramName, copy('a', 'web'), ['0.1', '0.2']),
  ...histogram(histogramName, copy('b', 'web'), ['0.1', '0.2']),
  // One copy is away: at the window's end, over its beginning, in its middle, for all of it.
  ...growing(requests, copy('a', 'end'), 20),
  ...withGap(copy('b', 'end'), 20, 25, 40),
  ...growing(requests, copy('a', 'begin'), 20),
  ...withGap(copy('b', 'begin'), 20, 12, 20),
  ...growing(requests, copy('a', 'middle'), 20),
  ...withGap(copy('b', 'middle'), 20, 20, 25),
  ...growing(requests, copy('a', 'whole'), 20),
  ...withGap(copy('b', 'whole'), 20, 5, 45),
  // One goes as the other comes, long after the counter began.
  ...withGap(copy('a', 'handover'), 20, 15, 61),
  ...withGap(copy('b', 'handover'), 20, 0, 17),
  // Both see the reset; then it counts from zero.
  ...series(requests, copy('a', 'reset'), 0, [...counting(1000, 20, 23), ...counting(0, 20, 38)]),
  ...series(requests, copy('b', 'reset'), 0, [...counting(1000, 20, 23), ...counting(0, 20, 38)]),
  ...series(requests, copy('a', 'born'), 20, counting(7, 1, 41)),
  ...series(requests, copy('b', 'born'), 21, counting(8, 1, 40)),
];

const replicaLabels = ['__replica__'];

describe('two copies of a Prometheus behind one address', () => {
  let source: RecordedSource;
  let once: WindowReading;

  beforeAll(async () => {
    source = await recordedSource(recorded, { replicaLabels });
    once = await source.read(30);
  });

  afterAll(() => source.stop());

  const find = (client: string, reading = once) => observationsOf(reading, `${client}~~api`)[0];
  const asConfigured = (given: Partial<Source>) => source.read(30, given);

  it('count twice where nobody says that they are copies', async () => {
    expect(find('web', await asConfigured({ replicaLabels: [] }))?.requests).toBe(630);
  });

  it('count once, and shards of one copy are added still', () => {
    expect(find('web')).toMatchObject({ requests: 315, failedRequests: 30 });
    expect(once).toMatchObject({ outcome: 'complete' });
  });

  it('have the latency of one', () => {
    expect(find('web')?.latency).toMatchObject({
      serverLatencyP50Seconds: expect.closeTo(0.1),
      serverLatencyMeanSeconds: 0.15,
    });
  });

  it.each(['end', 'begin', 'middle', 'whole'])(
    'count once where one of them is away: %s',
    (client) => {
      expect(find(client)?.requests).toBe(300);
    },
  );

  it.each(['end', 'begin', 'middle', 'whole'])(
    'add up over the windows, whoever is away: %s',
    async (client) => {
      const readings = await Promise.all([15, 30, 45, 60].map((minute) => source.read(minute)));
      const counts = readings.map((reading) => find(client, reading)?.requests ?? 0);
      // The first window begins with the recording, so its first sample has none before it.
      expect(counts.slice(1)).toEqual([300, 300, 300]);
    },
  );

  it('do not count a whole counter as new where the other copy takes over', () => {
    // From its last value, a minute before the window, as the window before ended with it.
    expect(find('handover')?.requests).toBe(320);
  });

  it('see a reset and a birth as one does', async () => {
    const alone = await asConfigured({ replicaLabels: [], matchers: ['__replica__="a"'] });
    for (const client of ['reset', 'born', 'web']) {
      expect(find(client)?.requests, client).toBe(find(client, alone)?.requests);
      expect(find(client)?.requests, client).toBeGreaterThan(0);
    }
  });

  it('may be told apart by a label of the producers', async () => {
    const reading = await asConfigured({ replicaLabels: ['__replica__', 'instance'] });
    // The two generators are taken for copies as well; the larger one counts.
    expect(find('web', reading)?.requests).toBe(300);
    expect(find('born', reading)?.requests).toBe(find('born')?.requests);
  });
});
