import { Hono } from 'hono';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { anybody } from '../../src/api/caller.ts';
import type { ApiEnv } from '../../src/api/deps.ts';
import { client } from '../../src/api/middleware/client.ts';
import { limitRate } from '../../src/api/middleware/limit-rate.ts';
import { createRateLimiter } from '../../src/api/rate-limiter.ts';
import { createTestApp, json, type ProblemBody } from './doubles.ts';
import { budgetOf, createLimitedApp, from } from './limited-app.ts';

const graph = '/api/v1/graph';
const run = { kind: 'ingest' };

describe('a budget', () => {
  it('is told on every answer, also where there is nothing', async () => {
    const { app } = createLimitedApp({ perMinute: { reads: 3 } });
    for (const [path, status, remaining] of [
      [graph, 200, 2],
      ['/api/v1/nothing', 404, 1],
      [`${graph}?at=x`, 400, 0],
    ] as const) {
      const response = await app.request(path);
      expect(response.status).toBe(status);
      expect(budgetOf(response)).toEqual({
        policy: '3;w=60',
        limit: 3,
        remaining,
        resetSeconds: 60,
      });
    }
  });

  it('that is used up is answered 429, with when to try again', async () => {
    const { app } = createLimitedApp({ perMinute: { reads: 1 } });
    await app.request(graph);
    for (const path of [graph, '/nothing', '/openapi.json']) {
      const response = await app.request(path);
      expect(response.status).toBe(429);
      expect(response.headers.get('Content-Type')).toBe('application/problem+json');
      expect(Number(response.headers.get('Retry-After'))).toBe(budgetOf(response).resetSeconds);
      expect(budgetOf(response)).toMatchObject({ limit: 1, remaining: 0 });
      expect((await response.json()) as ProblemBody).toMatchObject({ code: 'TooManyRequests' });
    }
  });

  it('is of each address by itself, an IPv6 network being one', async () => {
    const { app } = createLimitedApp({ perMinute: { reads: 1 } });
    const statusFor = async (address: string) =>
      (await app.request(graph, {}, from(address))).status;
    expect(await statusFor('192.0.2.1')).toBe(200);
    expect(await statusFor('::ffff:192.0.2.1')).toBe(429);
    expect(await statusFor('192.0.2.2')).toBe(200);
    expect(await statusFor('2001:db8::1')).toBe(200);
    expect(await statusFor('2001:db8::ffff:2')).toBe(429);
    expect(await statusFor('2001:db8:0:1::1')).toBe(200);
  });

  it('of reads, of writes and of runs are three', async () => {
    const { app } = createLimitedApp({ perMinute: { reads: 1, writes: 2, runs: 1 } });
    const statusOf = async (path: string, init: RequestInit = {}) =>
      (await app.request(path, init)).status;
    expect(await statusOf('/api/v1/runs', json(run))).toBe(202);
    expect(await statusOf('/api/v1/runs', json(run))).toBe(429);
    expect(await statusOf(graph, { method: 'HEAD' })).toBe(200);
    expect(await statusOf(graph)).toBe(429);
    expect(await statusOf(graph, { method: 'DELETE' })).toBe(405);
    expect(await statusOf('/nothing', { method: 'PUT' })).toBe(404);
    expect(await statusOf('/api/v1/runs', { method: 'PATCH' })).toBe(429);
  });

  it('is not taken from by whoever watches the health', async () => {
    const { app } = createLimitedApp({ perMinute: { reads: 1 } });
    for (let i = 0; i < 3; i += 1) {
      for (const path of ['/api/v1/health', '/api/v1/health/ready']) {
        const response = await app.request(path);
        expect([response.status, response.headers.get('RateLimit-Limit')]).toEqual([200, null]);
      }
    }
    expect((await app.request(graph)).status).toBe(200);
  });

  it('of 0 is no limit', async () => {
    const { app } = createLimitedApp({ perMinute: { reads: 0 } });
    const response = await app.request(graph);
    expect([response.status, budgetOf(response).policy]).toEqual([200, null]);
  });

  it('counts what it refused', async () => {
    const { app, registry } = createLimitedApp({ perMinute: { reads: 1 } });
    for (let i = 0; i < 4; i += 1) await app.request(graph);
    expect(await registry.metrics()).toContain(
      'topolog_rate_limited_requests_total{budget="reads"} 3',
    );
  });

  it('is not told where nothing is limited', async () => {
    expect(budgetOf(await createTestApp().app.request(graph)).policy).toBeNull();
  });
});

describe('what is asked without a key that is known', () => {
  /** An app that asks for a key before anything else, and knows one. */
  function guarded(perMinute: number) {
    const app = new Hono<ApiEnv>();
    const limiter = createRateLimiter({
      perMinute: { reads: perMinute, writes: 0, runs: 0 },
      registry: new Registry(),
      logger: pino({ level: 'silent' }),
    });
    const rate = limitRate(limiter, []);
    app.use(client([]), rate.ofDenied);
    app.use(async (c, next) => {
      const keyId = c.req.header('Authorization') ?? null;
      if (keyId === null) return c.body(null, 401);
      c.set('caller', { ...anybody, keyId });
      return next();
    });
    app.use(rate.ofCallers);
    app.get('/', (c) => c.body(null, c.req.query('denied') === undefined ? 200 : 401));
    return (address: string, key?: string, path = '/') =>
      app.request(path, key ? { headers: { Authorization: key } } : {}, from(address));
  }

  it('counts for its address, and is answered 429 at last', async () => {
    const ask = guarded(2);
    const statuses = [];
    for (let i = 0; i < 3; i += 1) statuses.push((await ask('192.0.2.1')).status);
    expect(statuses).toEqual([401, 401, 429]);
    expect((await ask('192.0.2.2')).status).toBe(401);
  });

  it('does not lock out who has a key at the same address', async () => {
    const ask = guarded(1);
    for (let i = 0; i < 3; i += 1) await ask('192.0.2.1');
    expect((await ask('192.0.2.1', 'a')).status).toBe(200);
  });

  it('is a budget apart from those of keys, each of which has its own everywhere', async () => {
    const ask = guarded(1);
    expect((await ask('192.0.2.1', 'a')).status).toBe(200);
    expect((await ask('192.0.2.2', 'a')).status).toBe(429);
    expect((await ask('192.0.2.2', 'b')).status).toBe(200);
    expect((await ask('192.0.2.2')).status).toBe(401);
  });

  it('is counted once', async () => {
    const response = await guarded(5)('192.0.2.1', 'a', '/?denied');
    expect([response.status, budgetOf(response).remaining]).toEqual([401, 4]);
  });
});
