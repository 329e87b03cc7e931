import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startRedis } from '../../../dev/stack/index.mjs';
import { openRedis, problemOfRedis, type Redis } from '../../../src/runtime/redis.ts';
import { Secret } from '../../../src/runtime/secret.ts';
import { budgetOf, createLimitedApp, from } from '../../api/limited-app.ts';

const services = '/api/v1/services';
const silent = pino({ level: 'silent' });
type Server = Awaited<ReturnType<typeof startRedis>>;

describe('budgets in Redis', () => {
  let dataDir: string;
  let server: Server;
  let clients: Redis[];
  /** Each test has clients of its own, so none takes from another's budget. */
  let address = 0;

  const start = (port?: number) => startRedis({ dataDir, ...(port === undefined ? {} : { port }) });

  async function connected(): Promise<Redis> {
    const redis = openRedis(new Secret(server.url), silent);
    clients.push(redis);
    await vi.waitFor(() => expect(redis.isReady).toBe(true), { timeout: 10_000 });
    return redis;
  }

  async function replica(reads: number) {
    const { app, lines, registry } = createLimitedApp({
      perMinute: { reads },
      redis: await connected(),
    });
    const peer = from(`192.0.2.${address}`);
    const ask = async () => app.request(services, {}, peer);
    const unchecked = async () => {
      const metric = registry.getSingleMetric('topolog_rate_limit_unchecked_requests_total');
      return (await metric?.get())?.values[0]?.value;
    };
    const said = (about: string) => lines.filter(({ msg }) => String(msg).includes(about)).length;
    return { ask, unchecked, said };
  }

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'topolog-redis-'));
    server = await start();
  });
  beforeEach(() => {
    clients = [];
    address += 1;
  });
  afterEach(() => {
    for (const client of clients) client.destroy();
  });
  afterAll(async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('have nothing wrong with a Redis that answers', async () => {
    expect(await problemOfRedis(new Secret(server.url))).toBeNull();
  });

  it('are one budget for all replicas', async () => {
    const [one, other] = [await replica(4), await replica(4)];
    const remaining = [];
    for (const { ask } of [one, other, other, one]) {
      const response = await ask();
      expect(response.status).toBe(200);
      remaining.push(budgetOf(response).remaining);
    }
    expect(remaining).toEqual([3, 2, 1, 0]);
    for (const { ask } of [one, other]) {
      const response = await ask();
      expect(response.status).toBe(429);
      expect(Number(response.headers.get('Retry-After'))).toBeGreaterThan(0);
    }
  });

  it('are not exceeded by many requests at once', async () => {
    const [one, other] = [await replica(10), await replica(10)];
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? one : other).ask()),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(30);
  });

  it('let everything through while Redis is away, say so once, and hold again after it', async () => {
    const { ask, unchecked, said } = await replica(2);
    for (let i = 0; i < 2; i += 1) await ask();
    expect((await ask()).status).toBe(429);

    await server.kill();
    const startedAt = performance.now();
    for (let i = 0; i < 20; i += 1) {
      const response = await ask();
      expect([response.status, budgetOf(response).policy]).toEqual([200, null]);
    }
    expect(performance.now() - startedAt).toBeLessThan(2000);
    expect([await unchecked(), said('Redis cannot be asked')]).toEqual([20, 1]);

    server = await start(server.port);
    await vi.waitFor(async () => expect(budgetOf(await ask()).limit).toBe(2), { timeout: 10_000 });
    await vi.waitFor(async () => expect((await ask()).status).toBe(429), { timeout: 10_000 });
    expect([said('Redis cannot be asked'), said('Redis can be asked again')]).toEqual([1, 1]);
  });

  it('hold up nobody for long while Redis is frozen', async () => {
    const { ask, unchecked } = await replica(2);
    await ask();
    process.kill(server.pid, 'SIGSTOP');
    try {
      const startedAt = performance.now();
      const statuses = [];
      for (let i = 0; i < 20; i += 1) statuses.push((await ask()).status);
      expect(new Set(statuses)).toEqual(new Set([200]));
      // One request waited for it, and perhaps one more a second.
      expect(performance.now() - startedAt).toBeLessThan(2000);
      expect(await unchecked()).toBe(20);
    } finally {
      process.kill(server.pid, 'SIGCONT');
    }
  });

  it('let everything through where Redis was never there', async () => {
    const nowhere = openRedis(new Secret('redis://127.0.0.1:1'), silent);
    clients.push(nowhere);
    const { app } = createLimitedApp({ perMinute: { reads: 1 }, redis: nowhere });
    for (let i = 0; i < 3; i += 1) expect((await app.request(services)).status).toBe(200);
  });
});
