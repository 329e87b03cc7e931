import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTestApp } from './doubles.ts';

describe('the request id', () => {
  const idOf = async (given: string) => {
    const { app } = createTestApp();
    const response = await app.request('/api/v1/graph', { headers: { 'X-Request-Id': given } });
    return response.headers.get('X-Request-Id');
  };

  it('is the one the caller sent', async () => {
    expect(await idOf('order-42_a=')).toBe('order-42_a=');
  });

  it.each(['a b', '<script>', 'a;b', 'ü', 'x'.repeat(256)])(
    'is a new one where the caller sent %j',
    async (given) => {
      expect(await idOf(given)).toMatch(/^[0-9a-f-]{36}$/);
    },
  );
});

describe('the log', () => {
  it('has one line per request, with its route and not its query', async () => {
    const { app, lines } = createTestApp();
    const headers = { 'X-Request-Id': 'r-1' };
    await app.request('/api/v1/services/shop:a/dependencies?depth=2', { headers });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      level: 30,
      method: 'GET',
      route: '/api/v1/services/:id/dependencies',
      path: '/api/v1/services/shop:a/dependencies',
      status: 200,
      durationMs: expect.any(Number),
      requestId: 'r-1',
    });
    expect(JSON.stringify(lines[0])).not.toContain('depth');
  });

  it('has successful probes at debug only', async () => {
    const { app, lines } = createTestApp();
    await app.request('/api/v1/health');
    await app.request('/api/v1/metrics');
    expect(lines.map(({ level }) => level)).toEqual([20, 20]);
  });
});

describe('GET /api/v1/metrics', () => {
  it('counts requests by route, not by path', async () => {
    const { app } = createTestApp();
    await app.request('/api/v1/services/one');
    await app.request('/api/v1/services/two');
    await app.request('/api/v1/services?limit=0');
    await app.request('/some/where');
    await app.request('/else/where');
    const response = await app.request('/api/v1/metrics');
    expect(response.headers.get('Content-Type')).toContain('text/plain; version=0.0.4');
    const text = await response.text();
    expect(text).toMatch(/^topolog_http_requests_total\{.*route="\/api\/v1\/services\/:id".*} 2$/m);
    expect(text).toMatch(
      /^topolog_http_requests_total\{.*route="\/api\/v1\/services",status="400",.*} 1$/m,
    );
    expect(text).toMatch(/^topolog_http_requests_total\{.*route="\/\*",status="404",.*} 2$/m);
    expect(text).toContain('topolog_http_request_duration_seconds_bucket');
    expect(text).not.toMatch(/one|two|where/);
  });
});

describe('every answer', () => {
  it.each(['/api/v1/graph', '/nope', '/docs', '/openapi.json'])(
    'of %s has security headers and a request id',
    async (path) => {
      const { headers } = await createTestApp().app.request(path);
      expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
      expect(headers.get('X-Frame-Options')).toBe('DENY');
      expect(headers.get('Content-Security-Policy')).toContain("default-src 'none'");
      expect(headers.get('X-Request-Id')).toBeTruthy();
    },
  );

  it('is there without a body for HEAD', async () => {
    const response = await createTestApp().app.request('/api/v1/graph', { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });
});

describe('an answer that takes too long', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is given up with a problem', async () => {
    const { app } = createTestApp({ queries: { graph: () => new Promise(() => {}) } });
    const answering = app.request('/api/v1/graph');
    await vi.advanceTimersByTimeAsync(60_000);
    const response = await answering;
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: 'Cancelled' });
  });
});
