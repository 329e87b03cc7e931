import { fc, test } from '@fast-check/vitest';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import {
  createTopologClient,
  eachItem,
  eachItemWith,
  ProblemError,
} from '../../../clients/typescript/client.ts';
import { createApp } from '../../../src/api/app.ts';
import { createRunRecords } from '../../../src/graph/runs.ts';
import { askingOf } from '../../support/asking.ts';
import { conforming, operations } from '../../support/contract.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { emptied, endOf, storyOf } from '../../support/story.ts';

const now = endOf(60);
const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'];
const hub = 'hub';

describe('lists of a real graph', () => {
  let graph: TestGraph;
  let story: ReturnType<typeof storyOf>;
  let asking: ReturnType<typeof askingOf>;
  let app: ReturnType<typeof conforming>;
  let client: ReturnType<typeof createTopologClient>;
  let hour = 0;

  beforeAll(async () => {
    graph = await openTestGraph();
    story = storyOf(graph);
    asking = askingOf(graph.database, () => now);
    const records = createRunRecords(graph.database);
    const unasked = () => Promise.reject(new Error('not asked for'));
    app = conforming(
      createApp({
        ...asking,
        runs: { start: unasked, find: unasked, page: records.page },
        readiness: {},
        isShuttingDown: () => false,
        logger: pino({ level: 'silent' }),
        registry: new Registry(),
        version: '0.0.0',
        now: () => now,
      }),
    );
    client = createTopologClient({
      baseUrl: 'http://topolog.test',
      fetch: (request) => app.request(request.url.replace('http://topolog.test', ''), request),
    });
    await emptied(graph);
    hour = 0;
    await show(names.slice(0, 6));
  });
  afterAll(async () => {
    asking.watch.close();
    await graph.close();
  });

  /** Reads an hour in which the hub calls some services, and a run of it. */
  async function show(servers: readonly string[]): Promise<void> {
    const index = hour;
    hour += 1;
    await createRunRecords(graph.database).open({
      run: `walk-${index}`,
      workflowId: 'ingest/shop',
      kind: 'ingest',
      source: 'shop',
      startedAtMillis: endOf(index),
      fromMillis: null,
      toMillis: null,
    });
    await story.hour(index, Object.fromEntries(servers.map((name) => [`${hub}>${name}`, 'sync'])));
  }

  interface Page {
    items: Record<string, unknown>[];
    nextCursor: string | null;
  }
  const get = async (path: string): Promise<Page> => {
    const response = await app.request(path);
    expect(response.status, path).toBe(200);
    return (await response.json()) as Page;
  };

  /** Every page of a list, with something done between two pages. */
  async function paged(path: string, limit: number, between: () => Promise<void>) {
    const items: Record<string, unknown>[] = [];
    for (let cursor = ''; ; ) {
      const page = await get(`${path}${path.includes('?') ? '&' : '?'}limit=${limit}${cursor}`);
      items.push(...page.items);
      if (page.nextCursor === null) return items;
      cursor = `&cursor=${page.nextCursor}`;
      await between();
    }
  }

  const lists: [path: string, keyOf: (item: Record<string, unknown>) => unknown][] = [
    ['/api/v1/services', ({ id }) => id],
    ['/api/v1/dependencies', ({ id }) => id],
    [`/api/v1/services/${hub}/dependencies`, ({ id }) => id],
    ['/api/v1/changes', ({ sequence }) => sequence],
    ['/api/v1/runs', ({ id }) => id],
    ['/api/v1/windows', ({ end }) => end],
    ['/api/v1/diff?from=3000h', ({ id }) => id],
    ['/api/v1/services/a/blast-radius', ({ service }) => JSON.stringify(service)],
  ];

  describe.each(lists)('%s', (path, keyOf) => {
    test.prop([fc.integer({ min: 2, max: 4 }), fc.subarray(names, { minLength: 1 })], {
      numRuns: 2,
    })(
      'skips and repeats nothing that was there all the time, whatever is written between pages',
      async (limit, servers) => {
        const before = (await get(`${path}${path.includes('?') ? '&' : '?'}limit=1000`)).items;
        let writes = 0;
        const seen = await paged(path, limit, async () => {
          if (writes < 2) await show(servers);
          writes += 1;
        });
        const keys = seen.map(keyOf);
        expect(new Set(keys).size).toBe(keys.length);
        expect(keys).toEqual(expect.arrayContaining(before.map(keyOf)));
      },
    );
  });

  test.prop(
    [
      fc.constantFrom(
        ...operations
          .filter(({ parameters }) => parameters.some(({ name }) => name === 'fields'))
          .map((one) => ({
            path: one.path.replace('{id}', hub),
            fields: (one.parameters.find(({ name }) => name === 'fields')?.schema.items ?? {}) as {
              enum?: string[];
            },
          })),
      ),
      fc.infiniteStream(fc.boolean()),
    ],
    { numRuns: 30 },
  )(
    'have exactly the fields that are named, with the same values',
    async ({ path, fields }, picks) => {
      const wanted = (fields.enum ?? []).filter(() => picks.next().value);
      fc.pre(wanted.length > 0);
      const query = path.endsWith('diff') ? 'from=3000h&' : '';
      const whole = await get(`${path}?${query}limit=5`);
      const some = await get(`${path}?${query}limit=5&fields=${wanted.join(',')}`);
      const picked = whole.items.map((item) =>
        Object.fromEntries(wanted.map((name) => [name, item[name]])),
      );
      expect(some.items).toEqual(picked);
      expect(some.nextCursor).toEqual(whole.nextCursor);
    },
  );

  test('are filtered', async () => {
    const ids = async (path: string) => (await get(path)).items.map(({ id }) => id);
    expect(await ids('/api/v1/services?name=a')).toEqual(['a']);
    expect(await ids('/api/v1/services?q=hu')).toEqual([hub]);
    expect(await ids('/api/v1/services?q=hu&at=1h')).toEqual([hub]);
    expect(await ids('/api/v1/services?kind=database,external')).toEqual([]);
    expect(await ids('/api/v1/services?environment=production')).toEqual([]);
    expect(await ids('/api/v1/services?namespace=&name=b')).toEqual(['b']);
    for (const at of ['', '&at=1h']) {
      expect(await ids(`/api/v1/dependencies?server=a${at}`)).toEqual([`${hub}~~a`]);
      expect(await ids(`/api/v1/dependencies?client=a${at}`)).toEqual([]);
      expect(await ids(`/api/v1/dependencies?client=${hub}&server=b${at}`)).toEqual([`${hub}~~b`]);
      expect(await ids(`/api/v1/dependencies?mode=async${at}`)).toEqual([]);
      expect(await ids(`/api/v1/dependencies?state=stale,declared${at}`)).toEqual([]);
      expect(await ids(`/api/v1/dependencies?kind=database${at}`)).toEqual([]);
      expect(await ids(`/api/v1/dependencies?kind=service&server=a${at}`)).toEqual([`${hub}~~a`]);
      expect(await ids(`/api/v1/dependencies?environment=production${at}`)).toEqual([]);
    }
    expect(await ids('/api/v1/runs?kind=prune')).toEqual([]);
    expect(await ids('/api/v1/runs?source=other')).toEqual([]);
    expect((await ids('/api/v1/runs?kind=ingest&state=running&source=shop')).length).toBe(hour);
    const of = `/api/v1/services/${hub}/dependencies`;
    expect(await ids(`${of}?mode=async`)).toEqual([]);
    expect(await ids(`${of}?kind=database`)).toEqual([]);
    expect((await ids(`${of}?state=active&kind=service`)).length).toBeGreaterThan(5);
    const response = await app.request('/api/v1/dependencies?server=nobody');
    expect(response.status).toBe(404);
  });

  test('are read by the client, typed from the contract', async () => {
    const listed: string[] = [];
    const services = eachItemWith(['id', 'kind'], (next) =>
      client.GET('/api/v1/services', { params: { query: { limit: 2, ...next } } }),
    );
    for await (const service of services) {
      // @ts-expect-error The name was not asked for.
      expect(service.name).toBeUndefined();
      listed.push(`${service.id} ${service.kind}`);
    }
    const all = await graph.cypher('MATCH (s:Service) RETURN s.id AS id ORDER BY id');
    expect(listed).toEqual(all.map(({ id }) => `${id} service`));

    const states = new Set<string>();
    const found = eachItem((next) =>
      client.GET('/api/v1/services/{id}/dependencies', {
        params: { path: { id: hub }, query: { mode: ['sync', 'async'], limit: 3, ...next } },
      }),
    );
    for await (const dependency of found) states.add(dependency.state);
    expect([...states]).toEqual(['active']);

    const { data, error } = await client.GET('/api/v1/services/{id}', {
      params: { path: { id: 'nobody' } },
    });
    expect(data).toBeUndefined();
    expect(error?.code).toBe('ServiceNotFound');
    const refused = eachItem((next) =>
      client.GET('/api/v1/dependencies', { params: { query: { client: 'nobody', ...next } } }),
    );
    await expect(refused.next()).rejects.toThrow(ProblemError);
  });
});
