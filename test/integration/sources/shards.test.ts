import { Agent } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Window } from '../../../src/domain/window.ts';
import { createPrometheusClient } from '../../../src/sources/prometheus-client.ts';
import { createSourceReaders } from '../../../src/sources/readers.ts';
import { decodeShard, type Shard } from '../../../src/sources/shard.ts';
import type { Source } from '../../../src/sources/source.ts';
import { prometheusWith, type RecordedPrometheus } from '../../support/prometheus.ts';
import { readWindow, type WindowReading } from '../../support/read-window.ts';
import { growing, histogram } from '../../support/recorded-source.ts';
import { connectionInfo, epoch, failures, pair, requests } from '../../support/recording.ts';
import { testSource } from '../../support/source.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
const mesh = 'istio_requests_total';
const meshPair = (labels: Readonly<Record<string, string>>) => ({
  reporter: 'source',
  job: 'istio',
  instance: 'one',
  ...labels,
});

/** An hour with a hub of 60 servers, 30 small clients, and names that matchers get wrong first. */
const recorded = [
  ...numbers(60).flatMap((i) => growing(requests, pair('hub', `server-${i}`), i + 1)),
  ...numbers(30).flatMap((i) => growing(requests, pair(`client-${i}`, 'api'), 2)),
  ...numbers(5).flatMap((i) => growing(failures, pair(`client-${i}`, 'api'), 1)),
  ...histogram('traces_service_graph_request_server_seconds', pair('client-1', 'api'), [
    '0.1',
    '1',
  ]),
  ...['a.b', 'a|b', '.*', 'a"b\\c', 'client-1|client-2', '服', 'a+b(c)$^[d]'].flatMap((name) =>
    growing(requests, pair(name, name), 3),
  ),
  ...growing(requests, pair('', 'api'), 1),
  ...growing(requests, pair('team', 'api', { client_service_namespace: 'a' }), 1),
  ...growing(requests, pair('team', 'api', { client_service_namespace: 'b' }), 1),
  ...growing(requests, pair('sharded', 'api', { instance: 'two' }), 1),
  ...growing(requests, pair('sharded', 'api', { instance: 'three' }), 1),
  // Nothing but the gauge knows of it.
  ...growing(connectionInfo, pair('listed', 'api'), 0).map((one) => ({ ...one, value: 1 })),
  // One client under two labels of a mesh, and one that is known by the fallback only.
  ...numbers(6).flatMap((i) => [
    ...growing(
      mesh,
      meshPair({ source_canonical_service: 'web', destination_canonical_service: `s${i}` }),
      4,
    ),
    ...growing(
      mesh,
      meshPair({ source_workload: 'web', destination_canonical_service: `s${i}` }),
      5,
    ),
    ...growing(
      mesh,
      meshPair({ source_canonical_service: `c${i}`, destination_canonical_service: 'api' }),
      6,
    ),
    ...growing(mesh, meshPair({ source_workload: `w${i}`, destination_workload: 'api' }), 7),
  ]),
];

const window: Window = { startMillis: (epoch + 900) * 1000, endMillis: (epoch + 1800) * 1000 };

/** What a window shows, whatever way it was read. */
function shown({ observations, services, dropped, selfCalls, census, outcome }: WindowReading) {
  return { observations, services, dropped, selfCalls, census, outcome };
}

describe('a window that is cut into shards', () => {
  let prometheus: RecordedPrometheus;
  let limited: RecordedPrometheus;
  let dispatcher: Agent;

  beforeAll(async () => {
    dispatcher = new Agent();
    prometheus = await prometheusWith(recorded);
    // One question about this many series needs several times as many samples.
    limited = await prometheusWith(recorded, ['--query.max-samples=240']);
  });
  afterAll(async () => {
    await dispatcher.close();
    await prometheus.stop();
    await limited.stop();
  });

  function read(maxSeries: number, given: Partial<Source> = {}, { url } = prometheus) {
    const client = createPrometheusClient({ url, dispatcher, retryDelaysMillis: [] });
    return readWindow(client, testSource({ url, ...given }), window, { maxSeries });
  }

  async function planOf(shardSeries: number, given: Partial<Source> = {}): Promise<Shard[]> {
    const source = testSource({ url: prometheus.url, ...given });
    const options = { shardSeries, onRetry: () => {} };
    const readers = createSourceReaders([source], dispatcher, options);
    const { signal } = new AbortController();
    return (await readers.planWindow(source, window, new Map(), signal)).shards.map(
      (text) => decodeShard(text).shard,
    );
  }

  it.each([1, 3, 10, 50])('of at most %i series shows the same as in one piece', async (most) => {
    const whole = await read(10_000);
    const cut = await read(most);
    expect(whole).toMatchObject({ shards: 1, splits: 0, outcome: 'complete' });
    expect(cut.shards).toBeGreaterThan(1);
    expect(cut.splits).toBe(0);
    expect(shown(cut)).toEqual(shown(whole));
    expect(whole.observations).toHaveLength(60 + 30 + 7 + 2 + 1 + 1);
    expect(whole.dropped.missingClient).toBe(1);
  });

  it('has no shard above the bound but that of a single pair', async () => {
    const shards = await planOf(10);
    for (const { clients, servers, series } of shards) {
      const single = clients?.length === 1 && (servers === null || servers.length === 1);
      if (!single) expect(series).toBeLessThanOrEqual(10);
    }
    const hub = shards.filter(({ clients }) => clients?.[0]?.values.includes('hub'));
    expect(hub).toHaveLength(6);
    expect(hub.every(({ servers }) => servers?.length === 10)).toBe(true);
  });

  it('plans a client that only the gauge of connections knows', async () => {
    const clients = (await planOf(10)).flatMap((shard) => shard.clients ?? []);
    expect(clients.flatMap(({ values }) => values)).toContain('listed');
  });

  it('keeps together what is one client under several labels', async () => {
    const istio = { dialect: 'istio' } as const;
    const whole = await read(10_000, istio);
    expect(shown(await read(4, istio))).toEqual(shown(whole));
    const web = whole.observations.filter(({ client }) => client.name === 'web');
    expect(web.map(({ requests }) => requests)).toEqual(Array(6).fill(15 * 9));
    const groups = (await planOf(4, istio)).flatMap((shard) => shard.clients ?? []);
    expect(groups.find(({ values }) => values.includes('web'))?.values).toEqual(['', 'web']);
  });

  it('is halved until the server has room for it, and shows the same', async () => {
    const cut = await read(10_000, {}, limited);
    expect(cut.shards).toBe(1);
    expect(cut.splits).toBeGreaterThan(1);
    expect(cut).toMatchObject({ partsLost: 0, warnings: [], unanswered: 0 });
    // The series are counted of some clients only, as the server refuses to count them all.
    const { census: _, ...all } = shown(await read(10_000));
    expect(shown(cut)).toMatchObject(all);
    expect(cut.census.series).toBeGreaterThan(0);
  });
});
