import { Agent } from 'undici';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { AppError } from '../../../src/runtime/errors.ts';
import { Secret } from '../../../src/runtime/secret.ts';
import {
  createPrometheusClient,
  type PrometheusClientOptions,
} from '../../../src/sources/prometheus-client.ts';
import type { Source } from '../../../src/sources/source.ts';
import { readWindow } from '../../support/read-window.ts';
import { counter, recordShapes, rowsOf, type Shapes, windowOf } from '../../support/shapes.ts';
import { testSource } from '../../support/source.ts';
import { type Manner, refused, standingBefore } from '../../support/standing-before.ts';

const exporter = { job: 'otel', instance: 'c:8889' };
const server = 'traces_service_graph_request_server_seconds';

/** Sixty requests a minute, six of which fail, and thirty to a database; each takes 50 ms. */
function shop() {
  const call = { client: 'web', server: 'cart', connection_type: '', ...exporter };
  const good = { ...call, failed: 'false' };
  const series = (
    metric: string,
    labels: Record<string, string>,
    first: number,
    perMinute: number,
  ) => counter(labels, [[0, 60, first, perMinute]], { metric });
  return [
    ...counter(good, [[0, 60, 1_000, 54]]),
    ...counter({ ...call, failed: 'true' }, [[0, 60, 100, 6]]),
    ...counter(
      { client: 'cart', server: 'db', connection_type: 'database', failed: 'false', ...exporter },
      [[0, 60, 500, 30]],
    ),
    ...series(`${server}_bucket`, { ...good, le: '0.1' }, 900, 54),
    ...series(`${server}_bucket`, { ...good, le: '+Inf' }, 1_000, 54),
    ...series(`${server}_sum`, good, 50, 2.7),
    ...series(`${server}_count`, good, 1_000, 54),
  ];
}

/** A call with all the labels that a proxy writes. */
function mesh() {
  const sideOf = (side: string, name: string) =>
    Object.entries({
      app: name,
      canonical_revision: 'v1',
      canonical_service: name,
      cluster: '',
      principal: `spiffe://cluster.local/ns/shop/sa/${name}`,
      version: 'v1',
      workload: name,
      workload_namespace: 'shop',
    }).map(([label, value]) => [`${side}_${label}`, value]);
  const labels = {
    ...Object.fromEntries([...sideOf('source', 'web'), ...sideOf('destination', 'cart')]),
    ...exporter,
    reporter: 'source',
    response_code: '200',
    response_flags: '-',
    request_protocol: 'http',
    connection_security_policy: 'unknown',
    destination_service: 'cart.shop.svc.cluster.local',
    destination_service_name: 'cart',
    destination_service_namespace: 'shop',
  };
  return counter(labels, [[0, 60, 1_000, 4]], { metric: 'istio_requests_total' });
}

const rows = { 'cart~~db': [450], 'web~~cart': [900] };

describe('a server that has a manner of its own', () => {
  let recorded: Shapes<'shop' | 'mesh'>;

  beforeAll(async () => {
    recorded = await recordShapes({ shop: shop(), mesh: mesh() });
  });
  afterAll(() => recorded.stop());

  async function readBy(
    manner: Manner,
    given: Partial<Source> = {},
    options: Partial<PrometheusClientOptions> = {},
  ) {
    const before = await standingBefore(recorded.url, manner);
    onTestFinished(before.stop);
    const dispatcher = new Agent();
    onTestFinished(() => dispatcher.close());
    const { url, came } = before;
    const client = createPrometheusClient({
      url,
      dispatcher,
      retryDelaysMillis: [1, 1],
      ...options,
    });
    const source = testSource({
      url,
      dialect: 'auto',
      scrapeIntervalMillis: 30_000,
      matchers: ['shape="shop"'],
      ...given,
    });
    const read = () => readWindow(client, source, windowOf(30, 45));
    return { read, came };
  }

  /** Reads it and expects that nothing of the shop is missing. */
  async function readWhole(...given: Parameters<typeof readBy>) {
    const { read, came } = await readBy(...given);
    const reading = await read();
    expect(rowsOf([reading])).toEqual(rows);
    expect(reading).toMatchObject({ outcome: 'complete', warnings: [], unanswered: 0 });
    const cart = reading.observations.find(({ dependencyId }) => dependencyId === 'web~~cart');
    expect(cart?.failedRequests).toBe(90);
    expect(cart?.latency?.serverLatencyMeanSeconds).toBeCloseTo(0.05, 3);
    expect(cart?.latency?.serverLatencyP50Seconds).toBeCloseTo(0.05, 3);
    return { came, reading };
  }

  it('answers as it is', async () => {
    await readWhole({});
  });

  it.each(['auto', 'otel-collector'] as const)(
    'takes no pattern on names: all is there, read as %s',
    async (dialect) => {
      const isPattern = (form: URLSearchParams) =>
        [...form.values()].some((value) => /__name__\s*[=!]~/.test(value));
      await readWhole(
        {
          refuse: ({ form }) =>
            isPattern(form) ? refused(400, 'bad_data', 'no patterns on a name') : null,
        },
        { dialect },
      );
    },
  );

  it.each([403, 405])('answers %i to POST: all is there, by GET', async (status) => {
    const { came } = await readWhole({
      refuse: ({ method }) =>
        method === 'GET' ? null : { status, body: 'Forbidden (verb=create)' },
    });
    // It is learnt from the first.
    expect(came.filter(({ method }) => method !== 'GET').length).toBeLessThanOrEqual(1);
  });

  it('takes GET only, and is asked about a mesh, whose labels are many', async () => {
    const { read } = await readBy(
      { refuse: ({ method }) => (method === 'GET' ? null : { status: 405, body: 'no' }) },
      { matchers: ['shape="mesh"'] },
    );
    const reading = await read();
    expect(reading.outcome).toBe('complete');
    expect(rowsOf([reading])).toEqual({ 'shop:web~~shop:cart': [60] });
  });

  it('wants a parameter with each request', async () => {
    const manner: Manner = {
      refuse: ({ form, inUrl }) =>
        (form.get('namespace') ?? inUrl.get('namespace')) === 'shop'
          ? null
          : { status: 400, body: 'parameter namespace is missing' },
    };
    const { read } = await readBy(manner);
    await expect(read()).rejects.toThrow(AppError);
    await readWhole(
      manner,
      {},
      { access: { params: [['namespace', new Secret('shop')]], headers: [] } },
    );
  });

  it('knows no names of labels and metrics', async () => {
    const { read } = await readBy({
      refuse: ({ path }) =>
        path.endsWith('/labels') || path.includes('/label/')
          ? refused(404, 'not_found', 'no such endpoint')
          : null,
    });
    const reading = await read();
    expect(rowsOf([reading])).toEqual(rows);
  });

  it.each([
    [414, 'URI Too Long'],
    [413, 'Request Entity Too Large'],
    [400, 'too long query; got 17000 bytes; mustn`t exceed `-search.maxQueryLen=1200` bytes'],
  ])('answers %i to a long question: %s', async (status, body) => {
    const { reading } = await readWhole({
      refuse: ({ length }) => (length > 6_000 ? { status, body } : null),
    });
    expect(reading.partsLost).toBe(0);
  });

  it('misses a store, and says so', async () => {
    const { read } = await readBy({
      change(text) {
        const answer = JSON.parse(text);
        if (answer.data?.result === undefined) return text;
        const isHere = ({ metric }: { metric: { client?: string } }) => metric.client !== 'cart';
        answer.data.result = answer.data.result.filter(isHere);
        answer.warnings = ['no answer from store 10.1.2.3:10901: deadline exceeded'];
        return JSON.stringify(answer);
      },
    });
    const reading = await read();
    expect(reading).toMatchObject({ outcome: 'partial', reasons: ['warnings'] });
    expect(rowsOf([reading])).toEqual({ 'web~~cart': [900] });
    expect(reading.warnings.join()).toContain('10.1.2.3:10901');
  });

  it('misses a store and says that it is partial, in its own way', async () => {
    const { read } = await readBy({
      change: (text) => JSON.stringify({ ...JSON.parse(text), isPartial: true }),
    });
    expect(await read()).toMatchObject({ outcome: 'partial', reasons: ['warnings'] });
  });

  const isEmpty = (one: unknown) => Array.isArray(one) && one.length === 0;
  it.each<[string, (answer: Answer) => unknown]>([
    ['writes an empty list as null', (answer) => nulled(answer, isEmpty)],
    [
      'leaves empty lists and warnings out',
      ({ warnings: _, ...answer }) =>
        isEmpty(answer.data?.result)
          ? { ...answer, data: { ...answer.data, result: undefined } }
          : answer,
    ],
    ['writes warnings and infos as null', (answer) => ({ ...answer, warnings: null, infos: null })],
    [
      'writes what it measured',
      (answer) => ({ ...answer, stats: { seriesFetched: '7' }, trace: {} }),
    ],
    [
      'writes numbers as numbers',
      (answer) => ({
        ...answer,
        data: withResults(answer, (one) => ({ ...one, ...asNumbers(one) })),
      }),
    ],
    [
      'writes no metric where it has no labels',
      (answer) => ({
        ...answer,
        data: withResults(answer, (one) =>
          Object.keys(one.metric ?? {}).length === 0 ? { ...one, metric: undefined } : one,
        ),
      }),
    ],
  ])('%s', async (_, change) => {
    await readWhole({ change: (text) => JSON.stringify(change(JSON.parse(text))) });
  });
});

interface Result {
  readonly metric?: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}
interface Answer {
  readonly status: string;
  readonly warnings?: readonly string[];
  readonly data?: { readonly result?: readonly Result[] };
}

function withResults({ data }: Answer, change: (one: Result) => unknown): unknown {
  return data?.result === undefined ? data : { ...data, result: data.result.map(change) };
}

const asNumber = ([at, value]: readonly [number, string]) =>
  Number.isFinite(Number(value)) ? [at, Number(value)] : [at, value];

function asNumbers({ value, values }: Result) {
  return {
    ...(value ? { value: asNumber(value) } : {}),
    ...(values ? { values: values.map(asNumber) } : {}),
  };
}

function nulled(answer: Answer, isEmpty: (one: unknown) => boolean): unknown {
  if (isEmpty(answer.data)) return { ...answer, data: null };
  return isEmpty(answer.data?.result)
    ? { ...answer, data: { ...answer.data, result: null } }
    : answer;
}

describe('a server that answers little at once', () => {
  /** Three thousand pairs, some of which are idle, born or reset. */
  const pairs = 3_000;
  const clients = 150;
  const minutes = 32;
  const many = Array.from({ length: pairs }, (_, index) => {
    const labels = {
      client: `client-${index % clients}`,
      server: `server-${Math.floor(index / clients)}`,
      ...exporter,
    };
    const perMinute = index % 3;
    const scraped = { every: 60 };
    if (index % 500 === 7) return counter(labels, [[22, minutes, 2, 0]], scraped);
    if (index % 500 === 9)
      return counter(
        labels,
        [
          [0, 20, 900, 0],
          [20, minutes, 5, 0],
        ],
        scraped,
      );
    return counter(labels, [[0, minutes, 1_000 + index, perMinute]], scraped);
  }).flat();

  /** Reads a window of them all, expects that nothing is missing, and tells what was asked. */
  async function readMany(extraArgs: readonly string[], manner: Manner = {}) {
    const recorded = await recordShapes({ many }, {}, extraArgs);
    onTestFinished(recorded.stop);
    const before = await standingBefore(recorded.url, manner);
    onTestFinished(before.stop);
    const dispatcher = new Agent();
    onTestFinished(() => dispatcher.close());
    const { url } = before;
    const client = createPrometheusClient({ url, dispatcher });
    const source = testSource({ url, dialect: 'auto' });
    const reading = await readWindow(client, source, windowOf(15, 30));
    const seen = Object.values(rowsOf([reading])).flat();
    const counted = (count: number) => seen.filter((one) => one === count).length;
    expect(reading).toMatchObject({ outcome: 'complete', partsLost: 0 });
    expect({ once: counted(15), twice: counted(30), born: counted(2), reset: counted(5) }).toEqual({
      once: inMany((index) => index % 3 === 1 && !isOdd(index)),
      twice: inMany((index) => index % 3 === 2 && !isOdd(index)),
      born: inMany((index) => index % 500 === 7),
      reset: inMany((index) => index % 500 === 9),
    });
    expect(seen).toHaveLength(inMany((index) => index % 3 > 0 || isOdd(index)));
    return before.came;
  }

  it.each([
    [8_000, 250],
    [3_000, 500],
    [1_000, 1_500],
  ])('is asked so that %i samples are enough, in at most %i questions', async (samples, most) => {
    const asked = await readMany([`--query.max-samples=${samples}`]);
    expect(asked.length).toBeLessThanOrEqual(most);
  });

  it('is asked shorter questions where it refuses long ones', async () => {
    const asked = await readMany(['--query.max-samples=8000'], {
      refuse: ({ length }) => (length > 6_000 ? { status: 414, body: 'URI Too Long' } : null),
    });
    expect(asked.some(({ length }) => length > 6_000)).toBe(true);
    expect(asked.length).toBeLessThanOrEqual(250);
  });

  const isOdd = (index: number) => index % 500 === 7 || index % 500 === 9;
  const inMany = (is: (index: number) => boolean) =>
    Array.from({ length: pairs }, (_, index) => index).filter(is).length;
});
