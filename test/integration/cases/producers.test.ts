import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failures, requests } from '../../support/recording.ts';
import {
  counter,
  readerOf,
  recordShapes,
  rowsOf,
  type Shapes,
  type Stretch,
  times,
} from '../../support/shapes.ts';

type Labels = Readonly<Record<string, string>>;

const always = (first: number, perMinute: number): Stretch[] => [[0, 180, first, perMinute]];
const generator = { job: 'tempo', instance: 't:1', __metrics_gen_instance: 'g1' };
const node = { job: 'nodes', instance: 'n:1', source: 'beyla' };
const collector = { job: 'otel', instance: 'c:1' };
const plain = (
  client: string,
  server: string,
  labels: Labels,
  stretches: readonly Stretch[],
  metric = requests,
) => counter({ client, server, ...labels }, stretches, { metric });

/** A call within a mesh, as one of its proxies counts it. */
function mesh(
  client: string,
  server: string,
  more: Labels & { reporter: string },
  stretches: readonly Stretch[],
) {
  return counter(
    {
      source_canonical_service: client,
      source_workload: client,
      source_workload_namespace: 'shop',
      destination_canonical_service: server,
      destination_workload: server,
      destination_workload_namespace: 'shop',
      destination_service: `${server}.shop.svc.cluster.local`,
      destination_service_name: server,
      destination_service_namespace: 'shop',
      response_code: '200',
      job: 'envoy',
      instance: `${more.reporter}:15020`,
      ...more,
    },
    stretches,
    { metric: 'istio_requests_total' },
  );
}
const source = { reporter: 'source' };
const destination = { reporter: 'destination' };
const waypoint = { reporter: 'waypoint' };

const shapes = {
  'half of a mesh is ambient': [
    ...mesh('legacy', 'cart', source, always(100, 2)),
    ...mesh('web', 'cart', waypoint, always(100, 40)),
    ...mesh('cart', 'price', waypoint, always(100, 30)),
    ...mesh('cart', 'stock', { ...waypoint, response_code: '503' }, always(100, 20)),
  ],
  'both proxies of a mesh, one of them away for a while': [
    ...mesh('web', 'cart', source, [
      [0, 80, 0, 4],
      [110, 180, 440, 4],
    ]),
    ...mesh('web', 'cart', destination, always(700, 4)),
    ...mesh('cart', 'db', destination, always(0, 2)),
  ],
  'a mesh of sidecars that becomes ambient': [
    ...mesh('web', 'cart', source, [[0, 100, 0, 4]]),
    ...mesh('web', 'cart', waypoint, [[100, 180, 0, 4]]),
  ],
  'Tempo beside Beyla on the same pairs': [
    ...plain('web', 'cart', generator, always(100, 10)),
    ...plain('cart', 'db', generator, always(100, 3)),
    ...plain('web', 'cart', node, always(5_000, 12)),
    ...plain('cart', 'mail', node, always(0, 1)),
    ...plain('web', 'cart', generator, always(10, 1), failures),
    ...plain('web', 'cart', node, always(10, 2), failures),
  ],
  'Tempo beside a collector on the same pairs': [
    ...plain('web', 'cart', generator, always(100, 10)),
    ...plain('web', 'cart', { ...collector, failed: 'false' }, always(100, 8)),
    ...plain('web', 'cart', { ...collector, failed: 'true' }, always(100, 2)),
  ],
  'a collector with a prefix comes': [
    ...plain('web', 'cart', generator, always(100, 10)),
    ...plain('cart', 'db', { ...generator, connection_type: 'database' }, always(100, 9)),
    ...plain('cart', 'price', generator, always(100, 8)),
    ...plain(
      'probe',
      'echo',
      { job: 'lab', instance: 'l:1', failed: 'false' },
      [[100, 180, 1, 2]],
      `lab_${requests}`,
    ),
  ],
  'a collector with a prefix goes': [
    ...plain('web', 'cart', generator, always(100, 10)),
    ...plain(
      'probe',
      'echo',
      { job: 'lab', instance: 'l:1', failed: 'false' },
      [[0, 100, 1, 2]],
      `lab_${requests}`,
    ),
  ],
  'two prefixes and none': [
    ...['', 'north_', 'south_'].flatMap((prefix, index) =>
      plain(
        'web',
        'cart',
        { ...collector, failed: 'false' },
        always(100, 2 + index),
        `${prefix}${requests}`,
      ),
    ),
  ],
  'a collector that does not say what failed': plain('web', 'cart', collector, always(100, 4)),
  'an SDK at its limit': [
    ...plain('web', 'cart', { job: 'nodes', instance: 'n:1', source: 'obi' }, always(100, 5)),
    ...counter({ otel_metric_overflow: 'true', job: 'nodes', instance: 'n:1' }, always(100, 300)),
  ],
  'an SDK at its limit, and nothing else': counter(
    { otel_metric_overflow: 'true', job: 'nodes', instance: 'n:1' },
    always(100, 300),
  ),
  'an SDK that comes to its limit': [
    ...plain('web', 'cart', node, always(100, 5)),
    ...counter({ otel_metric_overflow: 'true', job: 'nodes', instance: 'n:1', source: 'beyla' }, [
      [110, 180, 20, 60],
    ]),
  ],
  'Tempo at its limit': [
    ...plain('web', 'cart', generator, always(100, 5)),
    ...plain('', '', { ...generator, metric_overflow: 'true' }, always(100, 30)),
  ],
  'one proxy, scraped by two jobs': [
    ...mesh(
      'web',
      'cart',
      { ...source, job: 'stats', instance: '10.0.0.5:15020', container: 'proxy', pod: 'web-1' },
      always(1_000, 30),
    ),
    ...mesh(
      'web',
      'cart',
      { ...source, job: 'pods', instance: '10.0.0.5:15090', pod: 'web-1' },
      always(1_000, 30),
    ),
  ],
} as const;
type Name = keyof typeof shapes;

describe('producers of one server', () => {
  let recorded: Shapes<Name>;
  const read = (name: Name, given = {}) => recorded.readAll(name, [60, 150], 15, given);
  /** Which readings each window has. */
  const readersOf = (readings: Awaited<ReturnType<typeof read>>) =>
    readings.map(({ readings: all }) => all.map(readerOf).join(' '));
  const failedOf = (readings: Awaited<ReturnType<typeof read>>, reader: string, id: string) =>
    readings.map(({ byReading }) => {
      const shown = byReading.find(({ reading }) => readerOf(reading) === reader)?.shown;
      return shown?.observations.find(({ dependencyId }) => dependencyId === id)?.failedRequests;
    });

  beforeAll(async () => {
    recorded = await recordShapes<Name>(shapes);
  });
  afterAll(() => recorded.stop());

  it.each(['auto', 'istio'] as const)('a half-ambient mesh is read whole: %s', async (dialect) => {
    const readings = await recorded.readAll('half of a mesh is ambient', [15, 180], 15, {
      dialect,
    });
    expect(rowsOf(readings)).toEqual({
      'shop:cart~~shop:price': times(11, 450),
      'shop:cart~~shop:stock': times(11, 300),
      'shop:legacy~~shop:cart': times(11, 30),
      'shop:web~~shop:cart': times(11, 600),
    });
    expect(failedOf(readings, 'istio/waypoint', 'shop:cart~~shop:stock')).toEqual(times(11, 300));
    expect(failedOf(readings, 'istio/waypoint', 'shop:cart~~shop:price')).toEqual(times(11, 0));
    expect(readings.map(({ outcome }) => outcome)).toEqual(times(11, 'complete'));
  });

  it('what the chosen reporter leaves out is said', async () => {
    const readings = await read('half of a mesh is ambient', { istioReporter: 'source' });
    expect(rowsOf(readings)).toEqual({ 'shop:legacy~~shop:cart': times(6, 30) });
    const series = readings.map(({ plan }) =>
      plan.notRead.reduce((sum, one) => sum + one.series, 0),
    );
    expect(series).toEqual(times(6, 3));
  });

  it('each proxy of a mesh counts for itself, and neither fills the gaps of the other', async () => {
    const readings = await read('both proxies of a mesh, one of them away for a while');
    expect(rowsOf(readings, 'istio/source')).toEqual({
      'shop:web~~shop:cart': [60, 20, 0, 38, 60, 60],
    });
    expect(rowsOf(readings, 'istio/destination')).toEqual({
      'shop:cart~~shop:db': times(6, 30),
      'shop:web~~shop:cart': times(6, 60),
    });
  });

  it('a mesh that becomes ambient is read before and after', async () => {
    const readings = await read('a mesh of sidecars that becomes ambient');
    expect(rowsOf(readings, 'istio/source')).toEqual({
      'shop:web~~shop:cart': [60, 60, 40, 0, 0, 0],
    });
    expect(rowsOf(readings, 'istio/waypoint')).toEqual({
      'shop:web~~shop:cart': [0, 0, 18, 60, 60, 60],
    });
  });

  it('Tempo and Beyla each count for themselves, the failures too', async () => {
    const readings = await read('Tempo beside Beyla on the same pairs');
    expect(rowsOf(readings, 'tempo')).toEqual({
      'cart~~db': times(6, 45),
      'web~~cart': times(6, 150),
    });
    expect(rowsOf(readings, 'beyla')).toEqual({
      'cart~~mail': times(6, 15),
      'web~~cart': times(6, 180),
    });
    expect(failedOf(readings, 'tempo', 'web~~cart')).toEqual(times(6, 15));
    expect(failedOf(readings, 'beyla', 'web~~cart')).toEqual(times(6, 30));
  });

  it('Tempo and a collector each count for themselves', async () => {
    const readings = await read('Tempo beside a collector on the same pairs');
    expect(rowsOf(readings, 'tempo')).toEqual({ 'web~~cart': times(6, 150) });
    expect(rowsOf(readings, 'otel-collector')).toEqual({ 'web~~cart': times(6, 150) });
    expect(failedOf(readings, 'otel-collector', 'web~~cart')).toEqual(times(6, 30));
  });

  it('a collector with a prefix comes, and the others are read as before', async () => {
    const readings = await recorded.readAll('a collector with a prefix comes', [15, 180], 15);
    expect(rowsOf(readings)).toEqual({
      'cart~~db': times(11, 135),
      'cart~~price': times(11, 120),
      // Of its first value nobody knows since when it was counted.
      'probe~~echo': [...times(5, 0), 9, ...times(5, 30)],
      'web~~cart': times(11, 150),
    });
    expect(readings.map(({ outcome }) => outcome)).toEqual(times(11, 'complete'));
  });

  it('a collector with a prefix goes', async () => {
    const readings = await read('a collector with a prefix goes');
    expect(rowsOf(readings)).toEqual({
      'probe~~echo': [30, 30, 20, 0, 0, 0],
      'web~~cart': times(6, 150),
    });
    const [first, , , last] = readersOf(readings);
    expect([first, last]).toEqual(['tempo otel-collector/lab_', 'tempo']);
  });

  it('every prefix is read for itself', async () => {
    const readings = await read('two prefixes and none');
    const named = ['otel-collector', 'otel-collector/north_', 'otel-collector/south_'];
    expect(readersOf(readings)).toEqual(times(6, named.join(' ')));
    for (const [index, reader] of named.entries()) {
      expect(rowsOf(readings, reader)).toEqual({ 'web~~cart': times(6, 15 * (2 + index)) });
    }
  });

  it('failures that no series tells are not known', async () => {
    const name = 'a collector that does not say what failed';
    const readings = await read(name, { dialect: 'otel-collector' });
    expect(rowsOf(readings)).toEqual({ 'web~~cart': times(6, 60) });
    expect(failedOf(readings, 'otel-collector', 'web~~cart')).toEqual(times(6, null));
  });

  it.each([
    ['an SDK at its limit', { 'web~~cart': times(6, 75) }, times(6, 4_500)],
    ['an SDK at its limit, and nothing else', {}, times(6, 4_500)],
    ['an SDK that comes to its limit', { 'web~~cart': times(6, 75) }, [0, 0, 0, 597, 900, 900]],
    ['Tempo at its limit', { 'web~~cart': times(6, 75) }, times(6, 450)],
  ] as const)('%s: what is over it is accounted for', async (name, rows, overflow) => {
    const readings = await read(name);
    expect(rowsOf(readings)).toEqual(rows);
    expect(readings.map(({ overflowRequests }) => overflowRequests)).toEqual(overflow);
    expect(
      readings.every(({ dropped }, index) => (overflow[index] ?? 0) === 0 || dropped.overflow > 0),
    ).toBe(true);
    expect(readings.every(({ dropped }) => dropped.missingClient === 0)).toBe(true);
  });

  it('what two jobs scrape is counted once where their labels are said to be of copies', async () => {
    const name = 'one proxy, scraped by two jobs';
    const once = await read(name, { replicaLabels: ['job', 'instance', 'container'] });
    expect(rowsOf(once)).toEqual({ 'shop:web~~shop:cart': times(6, 450) });
    expect(rowsOf(await read(name))).toEqual({ 'shop:web~~shop:cart': times(6, 900) });
  });
});
