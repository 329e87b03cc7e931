import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createApp } from '../../../src/api/app.ts';
import { askingOf } from '../../support/asking.ts';
import { conforming } from '../../support/contract.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { prometheusWith, type RecordedPrometheus } from '../../support/prometheus.ts';
import { counting, epoch, failures, pair, requests, series } from '../../support/recording.ts';
import { testSource } from '../../support/source.ts';
import { startTestWorker, type TestWorker } from '../../support/worker.ts';

const at = (minute: number): number => (epoch + minute * 60) * 1000;
const iso = (minute: number): string => new Date(at(minute)).toISOString();
/** The moment at which the questions are asked: five minutes after the last window. */
const now = at(65);

const everyMinute = (labels: Record<string, string>, perMinute: number) =>
  series(requests, labels, 0, counting(0, perMinute, 61));

const recorded = [
  ...everyMinute(pair('web', 'checkout'), 60),
  ...series(failures, pair('web', 'checkout'), 0, counting(0, 6, 61)),
  ...everyMinute(pair('checkout', 'cart'), 30),
  ...everyMinute(pair('cart', 'web'), 1),
  ...everyMinute(pair('checkout', 'checkout'), 2),
  ...everyMinute(pair('checkout', 'orders', { connection_type: 'messaging_system' }), 12),
  ...everyMinute(pair('checkout', 'orders'), 6),
  ...everyMinute(pair('odd "name"/☃', 'cart'), 1),
  ...everyMinute(pair('twin', 'cart', { client_service_namespace: 'a' }), 1),
  ...everyMinute(pair('twin', 'cart', { client_service_namespace: 'b' }), 1),
  // One service without a namespace, and more of its name than an answer lists.
  ...everyMinute(pair('common', 'cart'), 1),
  ...Array.from({ length: 25 }, (_, index) =>
    everyMinute(pair('common', 'cart', { client_service_namespace: `a${index}` }), 1),
  ).flat(),
  ...everyMinute(pair('ping', 'pong'), 1),
  ...everyMinute(pair('pong', 'ping'), 1),
  // Its series ends in the third window, as a producer prunes what is idle.
  ...series(requests, pair('web', 'legacy'), 0, counting(0, 60, 36)),
];

describe('the API on a graph that was really ingested', () => {
  let graph: TestGraph;
  let prometheus: RecordedPrometheus;
  let worker: TestWorker;
  let app: ReturnType<typeof conforming>;

  beforeAll(async () => {
    graph = await openTestGraph();
    prometheus = await prometheusWith(recorded);
    worker = await startTestWorker({
      graph,
      sources: [testSource({ id: 'shop', url: prometheus.url })],
    });
    await worker.run({ fromMillis: at(0), toMillis: at(60) });
    app = conforming(
      createApp({
        ...askingOf(graph.database, () => now),
        runs: worker.runs,
        readiness: { neo4j: () => graph.database.ping(), temporal: () => worker.temporal.ping() },
        isShuttingDown: () => false,
        logger: pino({ level: 'silent' }),
        registry: new Registry(),
        version: '0.0.0',
        now: () => now,
      }),
    );
  });

  afterAll(async () => {
    await worker.stop();
    await prometheus.stop();
    await graph.close();
  });

  const bodySchema = z.record(z.string(), z.unknown());

  async function get(path: string): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await app.request(path);
    return { status: response.status, body: bodySchema.parse(await response.json()) };
  }

  const dependencySchema = z.array(
    z.object({
      id: z.string(),
      modes: z.array(z.string()),
      state: z.string(),
      requestsPerSecond: z.number().nullable(),
      errorRatio: z.number().nullable(),
      firstSeenAt: z.string(),
      lastSeenAt: z.string(),
      distance: z.number().optional(),
    }),
  );
  const dependenciesOf = (body: Record<string, unknown>) =>
    dependencySchema.parse(body.dependencies ?? body.items);

  it('answers the whole graph with modes, traffic and times', async () => {
    const { status, body } = await get('/api/v1/graph');
    expect(status).toBe(200);
    const dependencies = new Map(dependenciesOf(body).map((one) => [one.id, one]));
    expect(dependencies.get('web~~checkout')).toMatchObject({
      modes: ['sync'],
      state: 'active',
      requestsPerSecond: 1,
      errorRatio: 0.1,
      firstSeenAt: iso(15),
      lastSeenAt: iso(60),
    });
    expect(dependencies.get('checkout~~orders')).toMatchObject({
      modes: ['sync', 'async'],
      requestsPerSecond: expect.closeTo(0.3),
    });
    expect(body.truncated).toBe(false);
  });

  it('knows no traffic of a dependency that the latest window does not show', async () => {
    const { body } = await get('/api/v1/graph');
    const legacy = dependenciesOf(body).find(({ id }) => id === 'web~~legacy');
    expect(legacy).toMatchObject({
      requestsPerSecond: null,
      errorRatio: null,
      lastSeenAt: iso(45),
    });
  });

  it('lists the windows that were read, page by page, the newest first', async () => {
    const pageSchema = z.object({
      items: z.array(
        z.object({
          end: z.string(),
          outcome: z.string(),
          counts: z.object({ observations: z.number() }),
          series: z.object({ total: z.number() }),
        }),
      ),
      nextCursor: z.string().nullable(),
    });
    const page = async (query: string) =>
      pageSchema.parse((await get(`/api/v1/windows?source=shop&${query}`)).body);
    const first = await page('limit=3');
    const second = await page(`limit=3&cursor=${first.nextCursor}`);
    const all = [...first.items, ...second.items];
    expect(all.map(({ end }) => end)).toEqual([iso(60), iso(45), iso(30), iso(15)]);
    expect(second.nextCursor).toBeNull();
    expect(all.every(({ outcome }) => outcome === 'complete')).toBe(true);
    expect(all[0]?.counts.observations).toBeGreaterThan(10);
    expect(all[0]?.series.total).toBeGreaterThan(10);
    const filtered = await page(`outcome=complete&since=${iso(30)}&until=${iso(45)}`);
    expect(filtered.items.map(({ end }) => end)).toEqual([iso(45), iso(30)]);
    expect((await page('outcome=partial')).items).toEqual([]);
  });

  it('says how fresh the answer is, and whether it was looked at by then', async () => {
    const expected = [
      { source: 'shop', lastCompleteWindowEnd: iso(60), frontier: iso(60), lagSeconds: 300 },
    ];
    for (const path of ['graph', 'services', 'services/web', 'services/web/dependencies']) {
      const { body } = await get(`/api/v1/${path}`);
      expect(body.freshness, path).toEqual(expected);
      expect(body.coverage, path).toBe('complete');
    }
    for (const [minute, coverage] of [
      [-1, 'none'],
      [14, 'none'],
      [15, 'complete'],
      [40, 'complete'],
    ] as const) {
      const { body } = await get(`/api/v1/services?at=${iso(minute)}`);
      expect(body.coverage, `minute ${minute}`).toBe(coverage);
    }
  });

  it('walks downstream, upstream and both ways, by distance, without self-calls', async () => {
    const walk = async (query: string) =>
      dependenciesOf((await get(`/api/v1/services/checkout/dependencies?${query}`)).body).map(
        ({ id, distance }) => `${distance} ${id}`,
      );
    expect(await walk('')).toEqual(['1 checkout~~cart', '1 checkout~~orders']);
    expect(await walk('direction=upstream')).toEqual(['1 web~~checkout']);
    expect(await walk('direction=downstream&depth=10')).toEqual([
      '1 checkout~~cart',
      '1 checkout~~orders',
      '2 cart~~web',
      '3 web~~checkout',
      '3 web~~legacy',
    ]);
    expect(await walk('direction=both&depth=2')).toEqual([
      '1 checkout~~cart',
      '1 checkout~~orders',
      '1 web~~checkout',
      '2 cart~~web',
    ]);
  });

  it('finds a service whatever its name contains', async () => {
    const { status, body } = await get(
      `/api/v1/services/${encodeURIComponent('odd "name"/☃')}/dependencies`,
    );
    expect(status).toBe(200);
    expect(body.service).toMatchObject({ name: 'odd "name"/☃' });
    const id = z.object({ id: z.string() }).parse(body.service).id;
    expect((await get(`/api/v1/services/${id}`)).status).toBe(200);
  });

  it('asks back when a bare name means several services', async () => {
    const { status, body } = await get('/api/v1/services/twin');
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: 'AmbiguousService', candidates: ['a:twin', 'b:twin'] });
    expect((await get('/api/v1/services/a:twin')).status).toBe(200);
  });

  it('takes an exact id for it, however many services have that name', async () => {
    expect((await get('/api/v1/services/common')).body).toMatchObject({
      service: { id: 'common' },
    });
  });

  it('gives the shorter distance of a dependency that both directions reach', async () => {
    const { body } = await get('/api/v1/services/ping/dependencies?direction=both&depth=2');
    expect(dependenciesOf(body).map(({ id, distance }) => `${distance} ${id}`)).toEqual([
      '1 ping~~pong',
      '1 pong~~ping',
    ]);
  });

  it('lists every service once over pages', async () => {
    const ids: string[] = [];
    let cursor = '';
    do {
      const { body } = await get(`/api/v1/services?limit=3${cursor}`);
      const page = z
        .object({ items: z.array(z.object({ id: z.string() })), nextCursor: z.string().nullable() })
        .parse(body);
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`;
    } while (cursor !== '');
    const all = await graph.cypher('MATCH (s:Service) RETURN s.id AS id ORDER BY id');
    expect(ids).toEqual(all.map(({ id }) => id));
  });

  it('starts a run, shows it and lists it', async () => {
    const response = await app.request('/api/v1/runs', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ kind: 'ingest', source: 'shop', from: iso(15), to: iso(30) }),
    });
    expect(response.status).toBe(202);
    const { run } = z
      .object({ run: z.object({ id: z.string(), workflowId: z.string() }) })
      .parse(await response.json());
    await worker.temporal.client.workflow.getHandle(run.workflowId).result();
    const { body } = await get(`/api/v1/runs/${run.id}`);
    expect(body).toMatchObject({
      state: 'completed',
      kind: 'reingest',
      from: iso(15),
      to: iso(30),
      windows: { complete: 1, partial: 0, suspicious: 0, failed: 0 },
      counts: { dependenciesCreated: 0 },
    });
    const { body: list } = await get('/api/v1/runs');
    expect(z.array(z.object({ id: z.string() })).parse(list.items)[0]?.id).toBe(run.id);
  });

  it('is ready when both servers answer and the schema is there', async () => {
    expect((await get('/api/v1/health/ready')).status).toBe(200);
    await graph.cypher('DROP CONSTRAINT service_id_unique');
    const { status, body } = await get('/api/v1/health/ready');
    expect(status).toBe(503);
    expect(JSON.stringify(body)).toContain('topolog migrate');
    await graph.database.applySchema();
    expect((await get('/api/v1/health/ready')).status).toBe(200);
  });
});
