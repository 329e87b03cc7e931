import { describe, expect, it } from 'vitest';
import { tickOf } from '../../src/api/answer-clock.ts';
import { conditionalReads } from '../../src/api/conditional-reads.ts';
import type { Coverage } from '../../src/domain/coverage.ts';
import { createAuthenticator } from '../../src/keys/authenticator.ts';
import { keyEpoch, keyOf } from '../keys/doubles.ts';
import { createTestApp, instantMillis } from './doubles.ts';

const tokens = { belief: '7-a', evidence: 'b' };

function asked() {
  const state = { tokens: tokens as typeof tokens | null, reads: 0 };
  const { app } = createTestApp({
    tokens: { tokens: async () => state.tokens },
    queries: {
      graph: async () => {
        state.reads += 1;
        return {
          services: [],
          dependencies: [],
          truncated: false,
          freshness: [],
          coverage: 'none',
        };
      },
    },
  });
  const get = (path: string, headers: Record<string, string> = {}) =>
    app.request(path, { headers });
  const etagOf = async (path: string, headers: Record<string, string> = {}) =>
    (await get(path, headers)).headers.get('etag');
  return { state, get, etagOf };
}

const graph = '/api/v1/graph';

describe('a read of the graph', () => {
  it('has an ETag, and is answered 304 without the graph being read while it holds', async () => {
    const { state, get, etagOf } = asked();
    const etag = await etagOf(graph);
    expect(etag).toMatch(/^W\/"[\w-]{27}"$/);
    expect(state.reads).toBe(1);
    for (const known of [etag, `"other", ${etag}`, etag?.slice(2)]) {
      const again = await get(graph, { 'If-None-Match': known ?? '' });
      expect(again.status).toBe(304);
      expect(await again.text()).toBe('');
      expect(again.headers.get('etag')).toBe(etag);
      expect(again.headers.get('cache-control')).toBe('private, no-cache');
      expect(again.headers.get('vary')).toBe('Authorization, Accept, Accept-Encoding');
    }
    expect(state.reads).toBe(1);
  });

  it.each(['W/"other"', '*', '', 'nonsense'])('is answered in full with %j', async (known) => {
    const { get } = asked();
    expect((await get(graph, { 'If-None-Match': known })).status).toBe(200);
  });

  it.each([
    ['the belief', { ...tokens, belief: '7-other' }],
    ['the evidence', { ...tokens, evidence: 'other' }],
  ])('has another ETag when %s changed', async (_, changed) => {
    const { state, get, etagOf } = asked();
    const etag = await etagOf(graph);
    state.tokens = changed;
    const again = await get(graph, { 'If-None-Match': etag ?? '' });
    expect(again.status).toBe(200);
    expect(again.headers.get('etag')).not.toBe(etag);
  });

  it('has another ETag for another question, instant or media type, whatever the order of the query', async () => {
    const { etagOf } = asked();
    const jaeger = '/api/dependencies';
    const etags = await Promise.all([
      etagOf(graph),
      etagOf(`${graph}?at=2026-03-01T11:00:00Z`),
      etagOf(`${graph}?at=2h`),
      etagOf(graph, { Accept: 'application/json' }),
      etagOf(`${jaeger}?lookback=1`),
      etagOf(`${jaeger}?lookback=2`),
      etagOf(`${jaeger}?lookback=1&lookback2=2`),
    ]);
    expect(new Set(etags).size).toBe(etags.length);
    expect(await etagOf(`${jaeger}?lookback=1&endTs=5`)).toBe(
      await etagOf(`${jaeger}?endTs=5&lookback=1`),
    );
  });

  it('is not known again where it failed', async () => {
    const { etagOf } = asked();
    expect(await etagOf(`${graph}?at=yesterday`)).toBeNull();
    expect(await etagOf(`${graph}?at=2026-03-01T12:15:01Z`)).toBeNull();
  });

  it('has no ETag while the schema knows no tokens', async () => {
    const { state, etagOf } = asked();
    state.tokens = null;
    expect(await etagOf(graph)).toBeNull();
  });
});

describe('a read by a key of a part of the graph', () => {
  const { row, text } = keyOf({ environments: ['live'] });
  const authenticator = createAuthenticator({
    records: { findAll: async () => [row], touch: async () => {} },
    now: () => keyEpoch,
    onError: () => {},
  });
  const empty = { services: [], dependencies: [], truncated: false, freshness: [] };

  function askedInPart() {
    const state = { tokens, coverage: 'none' as Coverage };
    const { app } = createTestApp({
      access: { authenticator },
      tokens: { tokens: async () => state.tokens },
      queries: { graph: async () => ({ ...empty, coverage: state.coverage }) },
    });
    const get = (path: string, headers: Record<string, string> = {}) =>
      app.request(path, { headers: { ...headers, Authorization: `Bearer ${text}` } });
    return { state, get };
  }

  it('is known again by its answer, whatever else was written', async () => {
    const { state, get } = askedInPart();
    const first = await get(graph);
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^W\/"[\w-]{27}"$/);
    state.tokens = { belief: '8-c', evidence: 'd' };
    const again = await get(graph, { 'If-None-Match': etag });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const kept = ['etag', 'cache-control', 'vary', 'x-frame-options'];
    for (const name of kept) expect(again.headers.get(name)).toBe(first.headers.get(name));
    expect(again.headers.get('content-type')).toBeNull();

    state.coverage = 'complete';
    const changed = await get(graph, { 'If-None-Match': etag });
    expect(changed.status).toBe(200);
    expect(await changed.json()).toMatchObject({ coverage: 'complete' });
    expect(changed.headers.get('etag')).not.toBe(etag);
  });

  it('has no ETag where it failed, and where it is streamed', async () => {
    const { get } = askedInPart();
    for (const query of ['at=yesterday', 'format=ndjson', 'format=cytoscape']) {
      const response = await get(`${graph}?${query}`);
      expect([query, response.headers.get('etag')]).toEqual([query, null]);
      await response.text();
    }
  });
});

describe('all reads of the graph', () => {
  it('are conditional, and no other route is', async () => {
    const { app } = createTestApp();
    const { paths } = app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: { title: '', version: '' },
    });
    const described = Object.entries(paths ?? {}).flatMap(([path, { get }]) =>
      get?.responses?.['304'] === undefined ? [] : [path],
    );
    expect(described.sort()).toEqual(
      conditionalReads.map(({ path }) => path.replaceAll(/:(\w+)/g, '{$1}')).sort(),
    );
    const reads = Object.entries(paths ?? {}).flatMap(([path, { get }]) =>
      ['Graph', 'History', 'Other tools'].includes(get?.tags?.[0] ?? '') ? [path] : [],
    );
    const always = ['/api/v1/changes/stream', '/api/graph/fields', '/api/health'];
    expect(reads.filter((path) => !described.includes(path)).sort()).toEqual(always.sort());
  });
});

it('the clock of an answer stands still within a minute', () => {
  expect(tickOf(instantMillis + 59_999)).toBe(instantMillis);
  expect(tickOf(instantMillis + 60_000)).toBe(instantMillis + 60_000);
});
