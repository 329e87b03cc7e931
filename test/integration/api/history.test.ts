import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../../../src/api/app.ts';
import { bodyOf, type ProblemBody } from '../../api/doubles.ts';
import { askingOf } from '../../support/asking.ts';
import { conforming } from '../../support/contract.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { emptied, endOf, hour, storyOf } from '../../support/story.ts';

const now = endOf(10);
const iso = (index: number) => new Date(endOf(index)).toISOString();

interface ChangeBody {
  items: { sequence: number; type: string; dependency: { id: string } | null }[];
  nextCursor: string | null;
  sequence: number;
}

describe('the API about the past', () => {
  let graph: TestGraph;
  let story: ReturnType<typeof storyOf>;
  let app: ReturnType<typeof conforming>;
  let asking: ReturnType<typeof askingOf>;

  beforeAll(async () => {
    graph = await openTestGraph();
    story = storyOf(graph);
  });
  afterAll(() => graph.close());

  beforeEach(async () => {
    await emptied(graph);
    asking = askingOf(graph.database, () => now);
    app = conforming(
      createApp({
        ...asking,
        runs: {
          start: () => Promise.reject(new Error('not asked for')),
          find: () => Promise.reject(new Error('not asked for')),
          page: async () => ({ runs: [], hasMore: false }),
        },
        readiness: {},
        isShuttingDown: () => false,
        logger: pino({ level: 'silent' }),
        registry: new Registry(),
        version: '0.0.0',
        now: () => now,
      }),
    );
    await story.hour(0, { 'web>cart': 'sync', 'web>old': 'sync', 'cart>db': 'sync' });
    for (let index = 1; index <= 6; index += 1) {
      await story.hour(index, { 'web>cart': 'sync', 'cart>db': 'sync' });
    }
    await story.pass(6);
    await story.hour(7, { 'web>cart': 'sync', 'cart>db': 'sync', 'web>new': 'sync' });
  });
  afterEach(() => asking.watch.close());

  const get = async <T>(path: string) => bodyOf<T>(await app.request(path));

  it('shows the graph, services and their dependencies as they were, also so long ago', async () => {
    type Dependencies = { id: string; state: string }[];
    const ids = async (path: string) => {
      const body = await get<{ dependencies?: Dependencies; items?: Dependencies }>(path);
      return (body.dependencies ?? body.items ?? []).map(({ id, state }) => `${id} ${state}`);
    };
    const then = ['cart~~db active', 'web~~cart active', 'web~~old active'];
    expect(await ids(`/api/v1/graph?at=${iso(3)}`)).toEqual(then);
    expect(await ids('/api/v1/graph?at=7h')).toEqual(then);
    expect(await ids('/api/v1/graph')).toEqual([
      'cart~~db active',
      'web~~cart active',
      'web~~new active',
    ]);
    expect(await ids(`/api/v1/services/web/dependencies?at=${iso(3)}&depth=3`)).toEqual([
      'web~~cart active',
      'web~~old active',
      'cart~~db active',
    ]);
    expect(
      await ids(`/api/v1/services/db/dependencies?direction=upstream&at=${iso(3)}&depth=3`),
    ).toEqual(['cart~~db active', 'web~~cart active']);
    const { items } = await get<{ items: { id: string }[] }>(`/api/v1/services?at=${iso(3)}`);
    expect(items.map(({ id }) => id)).toEqual(['cart', 'db', 'old', 'web']);
    const { at } = await get<{ at: string }>(`/api/v1/services/old?at=${iso(3)}`);
    expect(at).toBe(iso(3));
  });

  it.each([
    ['/api/v1/graph?at=2030-01-01T00:00:00Z', 422, 'InvalidRange'],
    ['/api/v1/graph?at=yesterday', 400, 'InvalidRequest'],
    ['/api/v1/graph?at=24h&at=25h', 400, 'InvalidRequest'],
    [`/api/v1/services/new?at=${iso(3)}`, 404, 'ServiceNotFound'],
    ['/api/v1/diff', 422, 'InvalidRange'],
    ['/api/v1/diff?from=1h&to=2h', 422, 'InvalidRange'],
    ['/api/v1/changes?type=nothing', 400, 'InvalidRequest'],
    ['/api/v1/changes?cursor=x', 400, 'InvalidRequest'],
    ['/api/v1/changes?after=x', 400, 'InvalidRequest'],
    ['/api/v1/changes?after=999', 422, 'InvalidRange'],
    ['/api/v1/changes?service=nobody', 404, 'ServiceNotFound'],
    ['/api/v1/changes/stream?after=999', 422, 'InvalidRange'],
    ['/api/v1/dependencies/web~~nobody', 404, 'DependencyNotFound'],
    ['/api/v1/services/web/blast-radius?depth=11', 400, 'InvalidRequest'],
  ])('refuses %s', async (path, status, code) => {
    const response = await app.request(path);
    expect(response.status).toBe(status);
    expect((await bodyOf<ProblemBody>(response)).code).toBe(code);
  });

  it('refuses an instant of which the history is forgotten, and says from when it is kept', async () => {
    await graph.cypher(`MATCH (g:Graph) SET g.historyFrom = datetime({epochMillis: ${endOf(2)}})`);
    const response = await app.request(`/api/v1/graph?at=${iso(1)}`);
    expect(response.status).toBe(422);
    expect((await bodyOf<{ detail: string }>(response)).detail).toContain(iso(2));
  });

  it('leads through every change once by its cursors, and goes on later', async () => {
    const seen: number[] = [];
    let reached = 0;
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const page: ChangeBody = await get(`/api/v1/changes?limit=2${query}`);
      seen.push(...page.items.map(({ sequence }) => sequence));
      ({ nextCursor: cursor, sequence: reached } = page);
    }
    expect(seen).toEqual(seen.map((_, index) => index + 1));
    await story.hour(8, { 'web>later': 'sync' });
    const { items } = await get<ChangeBody>(`/api/v1/changes?after=${reached}`);
    expect(items.map(({ type }) => type)).toEqual(['service.discovered', 'dependency.discovered']);
  });

  it('never skips or repeats a change while others are written', async () => {
    const followed: number[] = [];
    let after = 0;
    const follow = async () => {
      const page = await get<ChangeBody>(`/api/v1/changes?limit=3&after=${after}`);
      followed.push(...page.items.map(({ sequence }) => sequence));
      after = page.sequence;
    };
    const writers = ['x', 'y'].map(async (source) => {
      for (let index = 0; index < 15; index += 1) {
        await story.hour(index, { [`${source}>s${index}`]: 'sync' }, { source });
      }
    });
    let writing = true;
    const written = Promise.all(writers).finally(() => {
      writing = false;
    });
    while (writing) await follow();
    await written;
    const last = await asking.changes.sequence();
    for (let page = 0; page <= last / 3 + 1; page += 1) await follow();
    expect(followed).toEqual(Array.from({ length: last }, (_, index) => index + 1));
  });

  it('compares two instants', async () => {
    const diff = await get<Record<string, unknown>>(`/api/v1/diff?from=${iso(3)}&to=${iso(7)}`);
    expect(diff).toMatchObject({
      added: 1,
      removed: 1,
      changed: 0,
      namespaces: [{ environment: '', cluster: '', namespace: '', added: 1, removed: 1 }],
      items: [
        { id: 'web~~new', difference: 'added', before: null },
        { id: 'web~~old', difference: 'removed', after: null },
      ],
      nextCursor: null,
      incomplete: false,
      truncated: false,
      coverage: { from: 'complete', to: 'complete' },
    });
    expect(await get('/api/v1/diff?from=7h&limit=1')).toMatchObject({
      added: 1,
      nextCursor: expect.any(String),
    });
  });

  describe('and whether it was looked at', () => {
    interface Covered {
      coverage: string;
    }
    const coverageAt = async (index: number, path = 'graph') =>
      (await get<Covered>(`/api/v1/${path}?at=${iso(index)}`)).coverage;

    beforeEach(() =>
      story.windows.register({
        id: 'shop',
        callGroup: 'shop',
        dialect: 'tempo',
        intervalMillis: hour,
        settleMillis: 0,
      }),
    );

    it('is said by every answer about an instant, and about the present', async () => {
      const paths = [
        'graph',
        'services',
        'dependencies',
        'services/web',
        'services/web/dependencies',
      ];
      for (const path of paths) expect(await coverageAt(3, path), path).toBe('complete');
      for (const path of [
        ...paths,
        'services/web/blast-radius',
        'changes',
        'dependencies/web~~cart',
        'graph?focus=web',
        'graph?kind=service',
      ]) {
        // The last window ended three hours ago.
        expect((await get<Covered>(`/api/v1/${path}`)).coverage, path).toBe('none');
      }
      await story.hour(9, { 'web>cart': 'sync' });
      expect((await get<Covered>('/api/v1/graph')).coverage).toBe('complete');
      const exported = `graph?format=cytoscape&at=${iso(3)}`;
      expect(await get(`/api/v1/${exported}`)).toMatchObject({ data: { coverage: 'complete' } });
    });

    it('is none before anything was read, and a comparison with then is incomplete', async () => {
      expect(await coverageAt(-1)).toBe('none');
      expect(await coverageAt(-100)).toBe('none');
      expect(await coverageAt(0)).toBe('complete');
      expect(await get(`/api/v1/diff?from=${iso(-5)}&to=${iso(7)}`)).toMatchObject({
        added: 3,
        incomplete: true,
        truncated: false,
        coverage: { from: 'none', to: 'complete' },
      });
      expect(await get(`/api/v1/diff?from=${iso(5)}`)).toMatchObject({
        incomplete: true,
        coverage: { from: 'complete', to: 'none' },
      });
    });

    it('is partial where windows were read in part, and none where none was read', async () => {
      for (const index of [8, 9])
        await story.hour(index, { 'web>cart': 'sync' }, { partial: true });
      expect(await coverageAt(9)).toBe('partial');
      expect((await get<Covered>('/api/v1/graph')).coverage).toBe('partial');
      await story.failed(8);
      await story.failed(9);
      expect(await coverageAt(8)).toBe('partial');
      expect((await get<Covered>('/api/v1/graph')).coverage).toBe('none');
      for (const index of [8, 9]) await story.hour(index, {}, { late: true });
      expect(await coverageAt(9)).toBe('complete');
    });

    it('does not make a comparison incomplete by a hole between its ends', async () => {
      await story.hour(9, { 'web>cart': 'sync' });
      expect(await coverageAt(8)).toBe('partial');
      expect(await get(`/api/v1/diff?from=${iso(5)}&to=${iso(9)}`)).toMatchObject({
        incomplete: false,
        coverage: { from: 'complete', to: 'complete' },
      });
    });

    it('is partial where one of two sources began later', async () => {
      await story.windows.register({
        id: 'mesh',
        callGroup: 'mesh',
        dialect: 'istio',
        intervalMillis: hour,
        settleMillis: 0,
      });
      expect(await coverageAt(5)).toBe('partial');
      for (const index of [6, 7])
        await story.hour(index, { 'web>cart': 'sync' }, { source: 'mesh' });
      expect(await coverageAt(5)).toBe('partial');
      expect(await coverageAt(6)).toBe('complete');
      expect(await get(`/api/v1/diff?from=${iso(5)}&to=${iso(7)}`)).toMatchObject({
        incomplete: true,
        coverage: { from: 'partial', to: 'complete' },
      });
    });

    it('is none of a graph without sources', async () => {
      await emptied(graph);
      expect((await get<Covered>('/api/v1/services')).coverage).toBe('none');
    });
  });

  it('says who is hit when a service fails', async () => {
    expect(await get('/api/v1/services/db/blast-radius')).toMatchObject({
      counts: { down: 2, degraded: 0, starved: 0 },
      items: [
        { severity: 'down', hops: 1, service: { id: 'cart' } },
        { severity: 'down', hops: 2, service: { id: 'web' } },
      ],
      truncated: false,
    });
  });

  it('explains a dependency that left the present', async () => {
    expect(await get('/api/v1/dependencies/web~~old')).toMatchObject({
      belief: null,
      evidence: {
        observed: [{ source: 'shop', staleAt: iso(6), removedAt: iso(6) }],
        declared: [],
      },
      history: [{ state: 'active', from: iso(0), to: iso(6) }],
    });
  });

  it('shows what was declared beside what was seen', async () => {
    await graph.cypher(
      "MATCH (a:Service {id: 'web'}), (b:Service {id: 'cart'}) CREATE (a)-[:DECLARED {id: 'catalogue|web~~cart', origin: 'catalogue', modes: ['sync'], criticality: 'degraded', declaredAt: datetime()}]->(b)",
    );
    const { evidence } = await get<{ evidence: { declared: unknown[] } }>(
      '/api/v1/dependencies/web~~cart',
    );
    expect(evidence.declared).toMatchObject([
      { origin: 'catalogue', modes: ['sync'], criticality: 'degraded', protocol: null },
    ]);
  });

  describe('the stream of changes', () => {
    interface SentEvent {
      id: number;
      event: string;
      data: { sequence: number };
    }

    /** Opens a stream and gives a way to wait for its next events. */
    async function open(path: string, headers: Record<string, string> = {}) {
      const aborting = new AbortController();
      const response = await app.request(path, { headers, signal: aborting.signal });
      expect(response.headers.get('content-type')).toContain('text/event-stream');
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      if (reader === undefined) throw new Error('The stream has no body.');
      let text = '';
      return {
        async next(count: number): Promise<SentEvent[]> {
          for (;;) {
            const blocks = text.split('\n\n').slice(0, -1);
            const events = blocks.filter((block) => block.startsWith('event:')).map(parse);
            if (events.length >= count) return events;
            const { value, done } = await reader.read();
            if (done) return events;
            text += value;
          }
        },
        close: () => reader.cancel(),
      };
    }

    function parse(block: string): SentEvent {
      const fields = new Map(
        block.split('\n').map((line) => {
          const [name = '', ...rest] = line.split(': ');
          return [name, rest.join(': ')];
        }),
      );
      return {
        id: Number(fields.get('id')),
        event: fields.get('event') ?? '',
        data: JSON.parse(fields.get('data') ?? 'null'),
      };
    }

    it('sends what is written from now on, as the list shows it', async () => {
      const stream = await open('/api/v1/changes/stream');
      await story.hour(8, { 'web>later': 'sync' });
      const events = await stream.next(2);
      expect(events.map(({ event }) => event)).toEqual([
        'service.discovered',
        'dependency.discovered',
      ]);
      const { items } = await get<ChangeBody>(`/api/v1/changes?after=${(events[0]?.id ?? 0) - 1}`);
      expect(events.map(({ data }) => data)).toEqual(items);
      await stream.close();
    });

    it('goes on after the last event that was received', async () => {
      const stream = await open('/api/v1/changes/stream', { 'Last-Event-ID': '3' });
      expect((await stream.next(2))[0]?.id).toBe(4);
      await stream.close();
    });

    it('begins with what holds since an instant, and keeps to its filters', async () => {
      const stream = await open(`/api/v1/changes/stream?since=${iso(6)}&type=dependency.removed`);
      expect((await stream.next(1)).map(({ event }) => event)).toEqual(['dependency.removed']);
      await story.hour(8, { 'web>later': 'sync' });
      await stream.close();
    });

    it('ends when the process does', async () => {
      const stream = await open('/api/v1/changes/stream');
      asking.watch.close();
      expect(await stream.next(1)).toEqual([]);
    });

    it('refuses more streams than it serves', async () => {
      const streams = [];
      for (let index = 0; index < 100; index += 1) {
        streams.push(await open('/api/v1/changes/stream'));
      }
      expect((await app.request('/api/v1/changes/stream')).status).toBe(503);
      for (const stream of streams) await stream.close();
    });
  });
});
