import { Agent } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Latency } from '../../../src/domain/latency.ts';
import { createPrometheusClient } from '../../../src/sources/prometheus-client.ts';
import type { Source } from '../../../src/sources/source.ts';
import { pushedPrometheus } from '../../support/otlp-pusher.ts';
import type { RecordedPrometheus, RecordedSample } from '../../support/prometheus.ts';
import { readWindow, type WindowReading } from '../../support/read-window.ts';
import { requests } from '../../support/recording.ts';
import {
  counter,
  type Row,
  recordShapes,
  rowsOf,
  type Shapes,
  times,
  windowOf,
} from '../../support/shapes.ts';
import { testSource } from '../../support/source.ts';

type Labels = Readonly<Record<string, string>>;

const exporter = { job: 'otel', instance: 'c:1' };
const generator = { job: 'tempo', instance: 't:1' };
const grows = (labels: Labels, first: number, perMinute: number, metric = requests) =>
  counter(labels, [[0, 60, first, perMinute]], { metric });
const call = (client: string, server: string, more: Labels, perMinute: number, metric = requests) =>
  grows({ client, server, ...more }, 100, perMinute, metric);

/** Sixty requests a minute of a quarter of a second each, in a histogram of so many units a second. */
function histogram(metric: string, labels: Labels, unitsPerSecond: number): RecordedSample[] {
  const bucket = (le: string, perMinute: number) =>
    grows({ ...labels, le }, 0, perMinute, `${metric}_bucket`);
  return [
    ...bucket(String(0.2 * unitsPerSecond), 0),
    ...bucket(String(0.4 * unitsPerSecond), 60),
    ...bucket('+Inf', 60),
    ...grows(labels, 0, 15 * unitsPerSecond, `${metric}_sum`),
    ...grows(labels, 0, 60, `${metric}_count`),
  ];
}
const ofServer = 'traces_service_graph_request_server';

function outbound(client: string, ns: string, host: string, more: Labels, perMinute: number) {
  const labels = {
    reporter: 'source',
    source_canonical_service: client,
    source_workload: client,
    source_workload_namespace: ns,
    destination_canonical_service: 'unknown',
    destination_workload: 'unknown',
    destination_workload_namespace: 'unknown',
    destination_service: host,
    destination_service_name: 'PassthroughCluster',
    destination_service_namespace: 'unknown',
    response_code: '200',
    job: 'envoy',
    instance: `${client}:15020`,
    ...more,
  };
  return grows(labels, 100, perMinute, 'istio_requests_total');
}
const virtual = { ...generator, connection_type: 'virtual_node' };
const database = { ...generator, connection_type: 'database' };

const shapes = {
  'dotted labels': [
    ...['shop', 'blog'].flatMap((name, index) =>
      call(
        'api',
        'store',
        {
          ...exporter,
          'client_service.namespace': name,
          'server_service.namespace': name,
          failed: 'false',
        },
        3 + 4 * index,
      ),
    ),
  ],
  'dotted labels of the operator': [
    ...['red', 'blue'].flatMap((name, index) =>
      call('api', 'store', { ...exporter, 'team.name': name, failed: 'false' }, 2 + index),
    ),
  ],
  'a dotted label comes': [
    ...counter({ client: 'api', server: 'idle', ...generator }, [[0, 35, 900, 0]]),
    ...counter({ client: 'api', server: 'idle', ...generator, 'k8s.pod.name': 'p' }, [
      [35, 60, 900, 0],
    ]),
    ...counter({ client: 'api', server: 'store', ...generator }, [[0, 35, 900, 4]]),
    ...counter({ client: 'api', server: 'store', ...generator, 'k8s.pod.name': 'p' }, [
      [35, 60, 1_040, 4],
    ]),
  ],
  'a dotted prefix': [
    ...call('api', 'store', { ...exporter, failed: 'false' }, 3, `lab.${requests}`),
    ...call('api', 'store', { ...exporter, failed: 'true' }, 1, `lab.${requests}`),
    ...histogram(
      `lab.${ofServer}_seconds`,
      { client: 'api', server: 'store', ...exporter, failed: 'false' },
      1,
    ),
  ],
  milliseconds: [
    ...call('old', 'cart', { ...exporter, failed: 'false' }, 60),
    ...histogram(
      `${ofServer}_seconds`,
      { client: 'old', server: 'cart', ...exporter, failed: 'false' },
      1_000,
    ),
    ...call('new', 'cart', { ...exporter, failed: 'false' }, 60),
    ...histogram(
      `${ofServer}_milliseconds`,
      { client: 'new', server: 'cart', ...exporter, failed: 'false' },
      1_000,
    ),
  ],
  'seconds beside milliseconds': [
    ...call('one', 'cart', generator, 60),
    ...histogram(`${ofServer}_seconds`, { client: 'one', server: 'cart', ...generator }, 1),
    ...call('two', 'cart', generator, 60),
    ...histogram(
      `${ofServer}_milliseconds`,
      { client: 'two', server: 'cart', ...generator },
      1_000,
    ),
    ...call('three', 'cart', generator, 60),
    ...histogram(ofServer, { client: 'three', server: 'cart', ...generator }, 1),
  ],
  'a service called user': [
    ...call('front-end', 'user', generator, 12),
    ...call('user', 'user-db', database, 10),
    ...call('user', 'api.mailer.example', virtual, 6),
    ...call('user', 'front-end', virtual, 20),
  ],
  'a service called user that only calls': [
    ...call('user', 'user-db', database, 10),
    ...call('user', 'stock', generator, 3),
    ...call('user', 'api.mailer.example', virtual, 6),
  ],
  'nobody but the outside user': [
    ...call('user', 'front-end', virtual, 20),
    ...call('front-end', 'cart', generator, 5),
  ],
  'a service called user that is idle': [
    ...call('front-end', 'user', generator, 0),
    ...call('user', 'api.mailer.example', virtual, 6),
    ...call('user', 'front-end', virtual, 20),
  ],
  'a user whose side is said': [
    ...call('user', 'front-end', { ...virtual, virtual_node: 'client' }, 20),
    ...call('user', 'api.mailer.example', { ...virtual, virtual_node: 'server' }, 6),
  ],
  'a service called unknown': [
    ...call('unknown', 'cart', generator, 4),
    ...call('web', 'unknown', generator, 5),
    ...call('web', 'unknown', virtual, 6),
  ],
  'words of a mesh for what it does not know': [
    ...outbound(
      'admin',
      'ops',
      '10.4.1.7:8080',
      {
        destination_canonical_service: 'orders',
        destination_workload: 'orders-v1',
        destination_workload_namespace: 'shop',
      },
      8,
    ),
    ...outbound('admin', 'ops', 'www.partner.example', {}, 4),
    ...outbound('orders', 'shop', 'mail.other.example', {}, 3),
    ...outbound(
      'orders',
      'shop',
      'blocked.example',
      { destination_service_name: 'BlackHoleCluster', response_code: '502' },
      2,
    ),
    ...outbound('orders', 'shop', 'unknown', {}, 1),
    ...outbound('admin', 'ops', 'PassthroughCluster', {}, 1),
  ],
  'a mesh without any answer': [
    ...outbound(
      'web',
      'shop',
      'cart.shop.svc.cluster.local',
      {
        destination_service_name: 'cart',
        destination_service_namespace: 'shop',
        response_code: '0',
        response_flags: 'DC',
      },
      2,
    ),
    ...outbound(
      'web',
      'shop',
      'cart.shop.svc.cluster.local',
      {
        destination_service_name: 'cart',
        destination_service_namespace: 'shop',
      },
      4,
    ),
  ],
  'an idle series of another type': [
    ...call('web', 'cache', generator, 4),
    ...call('web', 'cache', database, 0),
    ...call('web', 'queue', generator, 0),
    ...call('web', 'queue', database, 4),
    ...call('web', 'partner', virtual, 0),
    ...call('web', 'partner', generator, 2),
  ],
} as const;
type Name = keyof typeof shapes;

const latencyIn = ({ observations }: WindowReading, id: string): Latency =>
  observations.find(({ dependencyId }) => dependencyId === id)?.latency ?? {};

function expectNear({
  serverLatencyMeanSeconds: mean,
  serverLatencyP50Seconds: p50,
}: Latency): void {
  expect(mean).toBeCloseTo(0.25, 3);
  expect(p50).toBeGreaterThanOrEqual(0.2);
  expect(p50).toBeLessThanOrEqual(0.4);
}

describe('names, units and kinds', () => {
  let recorded: Shapes<Name>;
  const read = (name: Name, given: Partial<Source> = {}) => recorded.read(name, 30, 45, given);

  beforeAll(async () => {
    recorded = await recordShapes<Name>(shapes);
  });
  afterAll(() => recorded.stop());

  it('the dots of OpenTelemetry in labels tell two shops apart', async () => {
    expect(rowsOf([await read('dotted labels')])).toEqual({
      'blog:api~~blog:store': [105],
      'shop:api~~shop:store': [45],
    });
  });

  it('an operator names a label with dots', async () => {
    const name = 'dotted labels of the operator';
    const labels = { client: { namespace: ['team.name'] }, server: { namespace: ['team.name'] } };
    expect(rowsOf([await read(name, { labels })])).toEqual({
      'blue:api~~blue:store': [45],
      'red:api~~red:store': [30],
    });
    expect(rowsOf([await read(name)])).toEqual({ 'api~~store': [75] });
  });

  it('a label with dots that comes is no new counter', async () => {
    const readings = await recorded.readAll('a dotted label comes', [15, 60], 15);
    expect(rowsOf(readings)).toEqual({ 'api~~store': times(3, 60) });
  });

  it.each([{}, { dialect: 'otel-collector', metricPrefix: 'lab.' }] as const)(
    'a prefix with a dot is read, its failures and latency too: %j',
    async (given) => {
      const reading = await read('a dotted prefix', given);
      expect(reading.observations).toMatchObject([
        { dependencyId: 'api~~store', requests: 60, failedRequests: 15 },
      ]);
      expectNear(latencyIn(reading, 'api~~store'));
    },
  );

  it('a unit is told by a name or, where the name is wrong, by a setting', async () => {
    const plain = await read('milliseconds');
    expectNear(latencyIn(plain, 'new~~cart'));
    expect(latencyIn(plain, 'old~~cart').serverLatencyMeanSeconds).toBeCloseTo(250, 0);
    const told = await read('milliseconds', { latencyUnit: 'milliseconds' });
    expectNear(latencyIn(told, 'new~~cart'));
    expectNear(latencyIn(told, 'old~~cart'));
  });

  it('seconds, milliseconds and names without a unit are read beside one another', async () => {
    const reading = await read('seconds beside milliseconds');
    for (const client of ['one', 'two', 'three']) expectNear(latencyIn(reading, `${client}~~cart`));
  });

  const kindsOf = ({ services }: WindowReading) =>
    Object.fromEntries(services.map(({ id, kind }) => [id, kind]));

  it.each<[Name, Record<string, Row>, Record<string, string>]>([
    [
      'a service called user',
      {
        'front-end~~user': [180],
        'user~~api.mailer.example': [90],
        'user~~user-db': [150],
        '~user~~front-end': [300],
      },
      {
        'api.mailer.example': 'external',
        'front-end': 'service',
        user: 'service',
        'user-db': 'database',
        '~user': 'user',
      },
    ],
    [
      'a service called user that only calls',
      {
        'user~~api.mailer.example': [90],
        'user~~stock': [45],
        'user~~user-db': [150],
      },
      {
        'api.mailer.example': 'external',
        stock: 'service',
        user: 'service',
        'user-db': 'database',
      },
    ],
    [
      'nobody but the outside user',
      { 'front-end~~cart': [75], '~user~~front-end': [300] },
      { cart: 'service', 'front-end': 'service', '~user': 'user' },
    ],
    [
      'a user whose side is said',
      { 'user~~api.mailer.example': [90], '~user~~front-end': [300] },
      {
        'api.mailer.example': 'external',
        'front-end': 'service',
        user: 'service',
        '~user': 'user',
      },
    ],
    [
      'a service called unknown',
      {
        'unknown~~cart': [60],
        'web~~unknown': [75],
        'web~~~unknown': [90],
      },
      { cart: 'service', unknown: 'service', web: 'service', '~unknown': 'unknown' },
    ],
  ])('%s', async (name, rows, kinds) => {
    const reading = await read(name);
    expect(rowsOf([reading])).toEqual(rows);
    expect(kindsOf(reading)).toEqual(kinds);
  });

  it('a service called user that is idle is still the one that calls outside', async () => {
    const reading = await read('a service called user that is idle');
    expect(rowsOf([reading])).toEqual({
      'user~~api.mailer.example': [90],
      '~user~~front-end': [300],
    });
  });

  it('words for what is not known are no service that all call', async () => {
    const reading = await read('words of a mesh for what it does not know');
    expect(rowsOf([reading])).toEqual({
      'ops:admin~~shop:orders': [120],
      'ops:admin~~www.partner.example': [60],
      'ops:admin~~~unknown': [15],
      'shop:orders~~blocked.example': [30],
      'shop:orders~~mail.other.example': [45],
      'shop:orders~~~unknown': [15],
    });
    expect(kindsOf(reading)).toMatchObject({
      'shop:orders': 'service',
      'www.partner.example': 'external',
      'mail.other.example': 'external',
      '~unknown': 'unknown',
    });
    const blocked = reading.observations.find(({ dependencyId }) =>
      dependencyId.includes('blocked'),
    );
    expect(blocked?.failedRequests).toBe(30);
  });

  it('a call without any answer failed', async () => {
    expect((await read('a mesh without any answer')).observations).toMatchObject([
      { dependencyId: 'shop:web~~shop:cart', requests: 90, failedRequests: 30 },
    ]);
  });

  it('an idle series of another type says nothing of its pair', async () => {
    const reading = await read('an idle series of another type');
    expect(kindsOf(reading)).toEqual({
      cache: 'service',
      partner: 'service',
      queue: 'database',
      web: 'service',
    });
    const typesOf = (id: string) =>
      reading.observations.find(({ dependencyId }) => dependencyId === id)?.connectionTypes;
    expect(typesOf('web~~cache')).toEqual(['direct']);
    expect(typesOf('web~~queue')).toEqual(['database']);
    expect(typesOf('web~~partner')).toEqual(['direct']);
  });

  it.each([
    'a service called user',
    'a service called user that only calls',
    'nobody but the outside user',
    'a service called unknown',
  ] as const)('over many shards, of a graph that is known, all is as in one: %s', async (name) => {
    const whole = await read(name);
    const kinds = new Map(whole.services.map(({ id, kind }) => [id, kind]));
    const kindsOf = () => Promise.resolve(kinds);
    const cut = await recorded.read(name, 30, 45, {}, { maxSeries: 1, kindsOf });
    expect(cut.shards).toBeGreaterThanOrEqual(2);
    expect(rowsOf([cut])).toEqual(rowsOf([whole]));
    expect(cut.services).toEqual(whole.services);
  });
});

describe('histograms that a Prometheus gets by OTLP', () => {
  let prometheus: RecordedPrometheus;
  const dispatcher = new Agent();
  const graph = 'traces_service_graph_request';

  beforeAll(async () => {
    const seconds = Array.from({ length: 90 }, (_, index) => index * 30 + 7);
    prometheus = await pushedPrometheus(seconds, (second) => {
      const attributes = { client: 'web', server: 'cart', connection_type: '', failed: 'false' };
      const classic = { client: 'web', server: 'mail', connection_type: '', failed: 'false' };
      return [
        { name: `${graph}_total`, attributes, count: 100 + second },
        { name: `${graph}_server`, unit: 's', attributes, count: 100 + second, each: 0.1 },
        { name: `${graph}_client`, unit: 's', attributes, count: 100 + second, each: 0.1 },
        { name: `${graph}_total`, attributes: classic, count: 200 + second },
        {
          name: `${graph}_server`,
          unit: 's',
          attributes: classic,
          count: second,
          each: 0.25,
          bounds: [0.2, 0.4],
        },
      ];
    });
  });
  afterAll(async () => {
    await dispatcher.close();
    await prometheus.stop();
  });

  it('native ones are read, and classic ones beside them on other pairs', async () => {
    const { url } = prometheus;
    const client = createPrometheusClient({ url, dispatcher });
    const source = testSource({ url, dialect: 'auto', scrapeIntervalMillis: 30_000 });
    const readings = [
      await readWindow(client, source, windowOf(15, 30)),
      await readWindow(client, source, windowOf(30, 44)),
    ];
    expect(rowsOf(readings)).toEqual({ 'web~~cart': [900, 840], 'web~~mail': [900, 840] });
    for (const reading of readings) {
      const { observations } = reading;
      const cart = latencyIn(reading, 'web~~cart');
      for (const value of [
        cart.serverLatencyMeanSeconds,
        cart.serverLatencyP50Seconds,
        cart.clientLatencyMeanSeconds,
        cart.clientLatencyP50Seconds,
      ]) {
        expect(value).toBeGreaterThan(0.09);
        expect(value).toBeLessThan(0.11);
      }
      expectNear(latencyIn(reading, 'web~~mail'));
      expect(observations.every(({ failedRequests }) => failedRequests === 0)).toBe(true);
    }
  });
});
