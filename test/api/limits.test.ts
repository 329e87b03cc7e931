import { setTimeout as after } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { cancellation } from '../../src/runtime/cancellation.ts';
import { bodyOf, createTestApp, json, type ProblemBody, standing } from './doubles.ts';
import { createLimitedApp, from } from './limited-app.ts';

const empty = { services: [], dependencies: [], truncated: false, ...standing };

/** A graph that is answered when the test says so. */
function heldGraph() {
  const waiting: (() => void)[] = [];
  const graph = () =>
    new Promise<typeof empty>((resolve) => {
      waiting.push(() => resolve(empty));
    });
  const release = () => {
    for (const answer of waiting.splice(0)) answer();
  };
  return { queries: { graph }, release, waiting };
}

async function refusal(response: Response, status: number, code: string) {
  expect(response.status).toBe(status);
  expect(response.headers.get('Content-Type')).toBe('application/problem+json');
  expect((await bodyOf<ProblemBody>(response)).code).toBe(code);
}

describe('a URL', () => {
  it('may be 8 KiB long', async () => {
    const { app } = createTestApp();
    const path = '/api/v1/graph?at=';
    const fits = await app.request(path + 'x'.repeat(8192 - path.length));
    await refusal(fits, 400, 'InvalidRequest');
    await refusal(await app.request(path + 'x'.repeat(8193 - path.length)), 414, 'UrlTooLong');
    await refusal(await app.request(`/${'x'.repeat(8192)}`), 414, 'UrlTooLong');
  });

  it('may have 64 parameters', async () => {
    const { app } = createTestApp();
    const query = (count: number) => `?${new Array(count).fill('a').join('&')}`;
    await refusal(await app.request(`/nothing${query(64)}`), 404, 'RouteNotFound');
    await refusal(await app.request(`/nothing${query(65)}`), 400, 'InvalidRequest');
  });
});

describe('requests in flight', () => {
  it('that take all of the graph into memory are few, and others are answered meanwhile', async () => {
    const { queries, release, waiting } = heldGraph();
    const { app } = createLimitedApp({ queries });
    const held = Array.from({ length: 8 }, () => app.request('/api/v1/graph'));
    await refusal(await app.request('/api/v1/graph'), 503, 'Overloaded');
    expect((await app.request('/api/v1/services')).status).toBe(200);
    release();
    for (const response of await Promise.all(held)) expect(response.status).toBe(200);
    const again = app.request('/api/v1/graph');
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    release();
    expect((await again).status).toBe(200);
  });

  it('of a process are so many, and the next is told at once when to try again', async () => {
    const { queries, release } = heldGraph();
    const { app } = createLimitedApp({ inFlight: { perProcess: 2 }, queries });
    const held = [app.request('/api/v1/graph'), app.request('/api/v1/graph')];
    const refused = await app.request('/api/v1/services');
    expect(refused.headers.get('Retry-After')).toMatch(/^\d+$/);
    await refusal(refused, 503, 'Overloaded');
    for (const probe of ['/api/v1/health', '/api/v1/health/ready']) {
      expect((await app.request(probe)).status).toBe(200);
    }
    release();
    for (const response of await Promise.all(held)) expect(response.status).toBe(200);
    expect((await app.request('/api/v1/services')).status).toBe(200);
  });

  it('of a caller are so many, whatever others do', async () => {
    const { queries, release } = heldGraph();
    const { app } = createLimitedApp({ inFlight: { perCaller: 1 }, queries });
    const ask = async (path: string, address: string) => app.request(path, {}, from(address));
    const held = ask('/api/v1/graph', '192.0.2.1');
    const refused = await ask('/api/v1/services', '192.0.2.1');
    expect(refused.headers.get('Retry-After')).toMatch(/^\d+$/);
    await refusal(refused, 429, 'TooManyRequests');
    expect((await ask('/api/v1/services', '192.0.2.2')).status).toBe(200);
    release();
    expect((await held).status).toBe(200);
  });

  it('are fewer again where the connection was gone before anything was done', async () => {
    const { app } = createLimitedApp({ inFlight: { perCaller: 1 } });
    const gone = { ...from('192.0.2.1'), outgoing: { closed: true } };
    for (let i = 0; i < 3; i += 1) {
      expect((await app.request('/api/v1/services', {}, gone)).status).toBe(200);
    }
  });

  it('are fewer again after one that failed', async () => {
    const { app } = createLimitedApp({
      inFlight: { perProcess: 1, perCaller: 1 },
      queries: { graph: () => Promise.reject(new Error('broken')) },
    });
    for (let i = 0; i < 3; i += 1) expect((await app.request('/api/v1/graph')).status).toBe(500);
    expect((await app.request('/api/v1/services')).status).toBe(200);
  });
});

describe('what is read for a request', () => {
  it('is given up when its client goes, and not for what others wait for', async () => {
    const client = new AbortController();
    const { app, lines } = createTestApp({
      queries: {
        graph: () =>
          new Promise((_, reject) => {
            const signal = cancellation();
            signal?.addEventListener('abort', () => reject(signal.reason));
            client.abort();
          }),
      },
    });
    const response = await app.request('/api/v1/graph', { signal: client.signal });
    expect(response.status).toBe(499);
    expect(lines).toMatchObject([{ level: 30, status: 499 }]);
  });

  it('of a stream is given up only when its client goes', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const { app } = createTestApp({
      changes: {
        sequence: async () => 0,
        changes: async (_view, cursor) => {
          signals.push(cancellation());
          return { changes: [], cursor, sequence: cursor, hasMore: false, pruned: false };
        },
      },
    });
    const client = new AbortController();
    const response = await app.request('/api/v1/changes/stream', { signal: client.signal });
    await response.body?.getReader().read();
    await after(0);
    expect(signals.map((signal) => signal?.aborted)).not.toContain(true);
    client.abort();
    expect(new Set(signals.map((signal) => signal?.aborted))).toEqual(new Set([true]));
  });
});

describe('a browser', () => {
  const origin = 'https://grafana.example';
  const asked = { headers: { Origin: origin } };
  const preflight = {
    method: 'OPTIONS',
    headers: { Origin: origin, 'Access-Control-Request-Method': 'GET' },
  };

  it('is told nothing of other origins unless one was named', async () => {
    const { app } = createTestApp();
    const response = await app.request('/api/v1/graph', asked);
    expect(response.headers.get('Access-Control-Allow-Origin')).toBeNull();
    await refusal(await app.request('/api/v1/graph', preflight), 403, 'ForeignRequest');
  });

  it('may read for a page of an origin that was named, without credentials', async () => {
    const { app } = createTestApp({ corsOrigins: [origin] });
    for (const response of [
      await app.request('/api/v1/graph', asked),
      await app.request('/api/v1/graph', preflight),
      await app.request('/nothing', asked),
    ]) {
      expect(response.headers.get('Access-Control-Allow-Origin')).toBe(origin);
      expect(response.headers.get('Access-Control-Allow-Credentials')).toBeNull();
      expect(response.headers.get('Vary')).toContain('Origin');
    }
    const other = await app.request('/api/v1/graph', {
      headers: { Origin: 'https://evil.example' },
    });
    expect(other.headers.get('Access-Control-Allow-Origin')).toBeNull();
    expect(
      (await app.request('/api/v1/graph', preflight)).headers.get('Access-Control-Allow-Headers'),
    ).toContain('Authorization');
  });
});

describe('an answer', () => {
  it.each([
    ['/api/v1/graph', {}, 'private, no-cache'],
    ['/api/v1/runs', json({ kind: 'ingest' }), 'no-store'],
    ['/nothing', {}, 'no-store'],
    ['/api/v1/graph?at=x', {}, 'no-store'],
  ])('of %s is kept out of shared caches', async (path, init, expected) => {
    const { app } = createTestApp();
    expect((await app.request(path, init)).headers.get('Cache-Control')).toBe(expected);
  });

  it('has an id of ours where the one it came with could be abused', async () => {
    const { app, lines } = createTestApp();
    const idFor = async (id: string) =>
      (await app.request('/api/v1/graph', { headers: { 'X-Request-Id': id } })).headers.get(
        'X-Request-Id',
      );
    expect(await idFor('trace-1_a=')).toBe('trace-1_a=');
    for (const id of ['x'.repeat(256), 'a b', '<script>', '"},{"level":60', 'caf\u00e9']) {
      expect(await idFor(id)).toMatch(/^[0-9a-f-]{36}$/);
    }
    expect(lines.map(({ requestId }) => requestId)).not.toContain('<script>');
  });

  it('does not depend on the Host it was asked by', async () => {
    const { app } = createTestApp({ access: { allowedHosts: ['topolog.example'] } });
    const at = async (host: string) =>
      (await app.request(`http://${host}/api/v1/services/a`)).text();
    expect(await at('topolog.example')).toBe(await at('127.0.0.1'));
  });
});
