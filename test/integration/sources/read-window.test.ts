import { Agent } from 'undici';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Observation } from '../../../src/domain/observation.ts';
import { isSeen } from '../../../src/domain/observation.ts';
import { createPrometheusClient } from '../../../src/sources/prometheus-client.ts';
import { createRangedClient } from '../../../src/sources/ranged-client.ts';
import type { Source } from '../../../src/sources/source.ts';
import { prometheusWith, type RecordedPrometheus } from '../../support/prometheus.ts';
import { readWindow, type WindowReading } from '../../support/read-window.ts';
import {
  connectionInfo,
  counting,
  epoch,
  failures,
  pair,
  requests,
  series,
} from '../../support/recording.ts';
import { testSource } from '../../support/source.ts';

// One hour of samples, a minute apart; the windows under test end at minutes 30 and 45.
const recorded = [
  ...series(requests, pair('busy', 'api'), 0, counting(0, 7, 61)),
  ...series(requests, pair('idle', 'api'), 0, counting(500, 0, 61)),
  ...series(requests, pair('born-at-one', 'api'), 20, counting(1, 0, 41)),
  ...series(requests, pair('born-and-gone', 'api'), 20, [3]),
  ...series(requests, pair('reset', 'api'), 0, [...counting(100, 10, 25), ...counting(2, 2, 36)]),
  ...series(requests, pair('reborn', 'api'), 0, counting(40, 1, 5)),
  ...series(requests, pair('reborn', 'api'), 22, counting(6, 0, 39)),
  // A producer that was away until minute 20: its idle series must not look new-born.
  ...series(
    requests,
    pair('returned', 'idle', { instance: 'generator-2' }),
    20,
    counting(900, 0, 41),
  ),
  ...series(
    requests,
    pair('returned', 'busy', { instance: 'generator-2' }),
    20,
    counting(50, 2, 41),
  ),
  // Two shards of one pair, of which one is idle.
  ...series(
    requests,
    pair('sharded', 'api', { __metrics_gen_instance: 'a' }),
    0,
    counting(0, 3, 61),
  ),
  ...series(
    requests,
    pair('sharded', 'api', { __metrics_gen_instance: 'b' }),
    0,
    counting(9, 0, 61),
  ),
  // A broken shard must not hide the other.
  ...series(
    requests,
    pair('broken', 'api', { __metrics_gen_instance: 'a' }),
    0,
    counting(0, 2, 61),
  ),
  ...series(
    requests,
    pair('broken', 'api', { __metrics_gen_instance: 'b' }),
    0,
    Array(61).fill(Number.NaN),
  ),
  ...series(requests, pair('only-broken', 'api'), 0, Array(61).fill(Number.NaN)),
  ...series(requests, pair('faulty', 'api'), 0, counting(0, 10, 61)),
  ...series(failures, pair('faulty', 'api'), 0, counting(0, 1, 61)),
  ...series(requests, pair('failing-at-last', 'api'), 0, counting(0, 4, 61)),
  ...series(failures, pair('failing-at-last', 'api'), 24, counting(2, 0, 37)),
  // The only failures this producer ever had are born in the window.
  ...series(requests, pair('first-failure', 'api', { instance: 'clean' }), 0, counting(0, 10, 61)),
  ...series(failures, pair('first-failure', 'api', { instance: 'clean' }), 24, counting(7, 0, 37)),
  ...series(
    requests,
    pair('producer', 'consumer', { connection_type: 'messaging_system' }),
    0,
    counting(0, 1, 61),
  ),
  ...series(
    requests,
    pair('busy', 'orders-db', { connection_type: 'database' }),
    0,
    counting(0, 1, 61),
  ),
  ...series(
    requests,
    pair('user', 'busy', { connection_type: 'virtual_node', virtual_node: 'client' }),
    0,
    counting(0, 1, 61),
  ),
  ...series(
    requests,
    pair('busy', 'payments.example', { connection_type: 'virtual_node', virtual_node: 'server' }),
    0,
    counting(0, 1, 61),
  ),
  ...series(requests, pair('busy', 'busy'), 0, counting(0, 1, 61)),
  ...series(requests, pair('busy', ''), 0, counting(0, 1, 61)),
  ...series(requests, pair('', 'busy'), 0, counting(0, 1, 61)),
  ...series(requests, pair('many', 'many', { metric_overflow: 'true' }), 0, counting(0, 1, 61)),
  ...series(connectionInfo, pair('rare', 'api'), 0, counting(1, 0, 61)),
  ...series(
    requests,
    pair('team-a', 'api', { client_service_namespace: 'a' }),
    0,
    counting(0, 1, 61),
  ),
];

describe('one window of a real Prometheus', () => {
  let prometheus: RecordedPrometheus;
  let read: (
    endMinute: number,
    startMinute?: number,
    given?: Partial<Source>,
  ) => Promise<WindowReading>;
  let reading: WindowReading;
  const dispatcher = new Agent();

  beforeAll(async () => {
    prometheus = await prometheusWith(recorded);
    const client = createPrometheusClient({ url: prometheus.url, dispatcher });
    const source = testSource({ url: prometheus.url });
    read = (endMinute, startMinute = endMinute - 15, given = {}) =>
      readWindow(
        client,
        { ...source, ...given },
        {
          startMillis: (epoch + startMinute * 60) * 1000,
          endMillis: (epoch + endMinute * 60) * 1000,
        },
      );
    reading = await read(30);
  });

  afterAll(async () => {
    await prometheus.stop();
    await dispatcher.close();
  });

  const find = (client: string, server = 'api', from = reading): Observation | undefined =>
    from.observations.find((one) => one.client.name === client && one.server.name === server);

  it('reads the windows of a past as it reads each alone, by few requests', async () => {
    let requestCount = 0;
    const counted = dispatcher.compose((dispatch) => (options, handler) => {
      requestCount += 1;
      return dispatch(options, handler);
    });
    const client = createPrometheusClient({ url: prometheus.url, dispatcher: counted });
    const source = testSource({ url: prometheus.url, intervalMillis: 300_000 });
    const startMillis = epoch * 1000;
    const windows = Array.from({ length: 12 }, (_, index) => ({
      startMillis: startMillis + index * 300_000,
      endMillis: startMillis + (index + 1) * 300_000,
    }));
    const alone: WindowReading[] = [];
    for (const window of windows) alone.push(await readWindow(client, source, window));
    const requestsAlone = requestCount;

    const ranged = createRangedClient(client, {
      firstMillis: startMillis + 300_000,
      count: 12,
      stepMillis: 300_000,
    });
    const together: WindowReading[] = [];
    for (const window of windows) together.push(await readWindow(ranged, source, window));
    expect(together).toEqual(alone);
    expect(alone.flatMap(({ observations }) => observations).length).toBeGreaterThan(50);
    // What is looked at closer is looked at in its own window.
    expect(requestCount - requestsAlone).toBeLessThan(requestsAlone / 3);
  });

  it('counts the increments between the last values at both ends, exactly', () => {
    expect(find('busy')?.requests).toBe(15 * 7);
  });

  it('gives windows that add up to the longer window', async () => {
    const parts = [await read(30), await read(45)].map((one) => find('busy', 'api', one)?.requests);
    const whole = find('busy', 'api', await read(45, 15))?.requests;
    expect((parts[0] ?? 0) + (parts[1] ?? 0)).toBe(whole);
  });

  it('does not take the presence of a series for traffic', () => {
    const idle = find('idle');
    expect(idle?.requests).toBe(0);
    expect(idle && isSeen(idle)).toBe(false);
  });

  it('counts the whole value of a series born in the window, even when it never moves again', () => {
    expect(find('born-at-one')?.requests).toBe(1);
    expect(find('born-and-gone')?.requests).toBe(3);
  });

  it('counts a series across its reset, and loses no traffic to it', () => {
    const counted = find('reset')?.requests ?? 0;
    // 9 increments of 10 before the reset (minute 15 to 24), then 2, then 5 of 2.
    expect(counted).toBeGreaterThan(90);
    expect(counted).toBeLessThan(115);
  });

  it('counts a series that was pruned and came back as born', () => {
    expect(find('reborn')?.requests).toBe(6);
  });

  it('does not see idle series of a producer that was away itself, and says it cannot tell', () => {
    const returned = find('returned', 'idle');
    expect(returned && isSeen(returned)).not.toBe(true);
    // Its busy series, too, may have counted its first value at any time.
    expect(reading.census.cannotTell).toBe(2);
  });

  it('still sees what moves after the producer came back', () => {
    const returned = find('returned', 'busy')?.requests ?? 0;
    expect(returned).toBeGreaterThanOrEqual(20);
    expect(returned).toBeLessThan(25);
  });

  it('adds the shards of a pair after judging each', () => {
    expect(find('sharded')?.requests).toBe(45);
  });

  it('keeps the sound shard of a pair whose other shard has a broken value', () => {
    expect(find('broken')?.requests).toBe(30);
    expect(find('only-broken')).toBeUndefined();
    expect(reading.census.broken).toBe(2);
  });

  it('counts failures by the same rule, from the first one on', () => {
    expect(find('faulty')).toMatchObject({ requests: 150, failedRequests: 15 });
    expect(find('failing-at-last')).toMatchObject({ requests: 60, failedRequests: 2 });
    expect(find('busy')?.failedRequests).toBe(0);
  });

  it('counts the very first failures of a producer', () => {
    expect(find('first-failure')).toMatchObject({ requests: 150, failedRequests: 7 });
  });

  it('reads mode and kinds from the labels', () => {
    expect(find('producer', 'consumer')).toMatchObject({
      mode: 'async',
      connectionTypes: ['messaging_system'],
      server: { kind: 'service' },
    });
    expect(find('busy', 'orders-db')).toMatchObject({ mode: 'sync', server: { kind: 'database' } });
    expect(find('user', 'busy')).toMatchObject({ client: { kind: 'user', id: '~user' } });
    expect(find('busy', 'payments.example')).toMatchObject({ server: { kind: 'external' } });
    expect(find('busy')).toMatchObject({ mode: 'sync', connectionTypes: ['direct'] });
  });

  it('takes the namespace from the labels where they have one', () => {
    expect(find('team-a')).toMatchObject({ client: { id: 'a:team-a' }, server: { id: 'api' } });
  });

  it('keeps a self-call and counts it; drops missing names and overflow and counts them', () => {
    expect(find('busy', 'busy')?.requests).toBe(15);
    expect(reading.selfCalls).toBe(1);
    expect(reading.dropped).toMatchObject({ missingClient: 1, missingServer: 1, overflow: 1 });
  });

  it('sees a connection that is only listed, without traffic', () => {
    const rare = find('rare');
    expect(rare).toMatchObject({ requests: null, listed: true });
    expect(rare && isSeen(rare)).toBe(true);
  });

  it('is complete with samples near both ends, suspicious in a gap', async () => {
    const named = { matchers: ['metric_overflow=""'] };
    expect(await read(30, 15, named)).toMatchObject({ outcome: 'complete', reasons: [] });
    expect(reading).toMatchObject({ outcome: 'partial', reasons: ['overflow'] });
    expect(await read(75)).toMatchObject({ outcome: 'suspicious', observations: [] });
  });

  it('gives the same answer when asked again', async () => {
    expect(await read(30)).toEqual(reading);
  });

  it.each([-10, 10])(
    'gives the same answer to a worker whose clock is %i minutes off',
    async (off) => {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + off * 60_000 });
      try {
        expect(await read(30)).toEqual(reading);
      } finally {
        vi.useRealTimers();
      }
    },
  );
});
