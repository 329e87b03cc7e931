import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { permits, type Scope, scopes } from '../../src/domain/key.ts';
import type { HashedKeyRow } from '../../src/graph/key-records.ts';
import { createAuthenticator } from '../../src/keys/authenticator.ts';
import { newKey } from '../../src/keys/key-text.ts';
import { AppError } from '../../src/runtime/errors.ts';
import { createLogger } from '../../src/runtime/logger.ts';
import { keyEpoch, keyOf } from '../keys/doubles.ts';
import { bodyOf, createTestApp, json, type ProblemBody, type TestOptions } from './doubles.ts';

/** The app with keys required, and these keys. */
function appWith(rows: readonly HashedKeyRow[], options: TestOptions = {}) {
  const kept = new Map(rows.map((row) => [row.id, row]));
  const authenticator = createAuthenticator({
    records: {
      findAll: async (ids) => ids.flatMap((id) => kept.get(id) ?? []),
      touch: async () => {},
    },
    now: () => keyEpoch,
    onError: () => {},
  });
  return createTestApp({ ...options, access: { authenticator, ...options.access } });
}

const bearer = (text: string) => ({ headers: { Authorization: `Bearer ${text}` } });

interface Route {
  readonly method: string;
  readonly path: string;
  readonly scope: Scope | null;
}

/** Every route that the app describes, with the scope it states; `null` where it is open to all. */
function routesOf(options: TestOptions = {}): Route[] {
  const { app } = createTestApp(options);
  return app.openAPIRegistry.definitions.flatMap((definition) => {
    if (definition.type !== 'route') return [];
    const { method, path, security } = definition.route;
    if (security === undefined) throw new Error(`${method} ${path} does not say who may use it.`);
    const stated = security.flatMap((one) => one.key ?? []);
    const scope = scopes.find((one) => one === stated[0]) ?? null;
    if (security.length > 0 && (stated.length !== 1 || scope === null)) {
      throw new Error(`${method} ${path} states no scope there is.`);
    }
    return [{ method: method.toUpperCase(), path, scope }];
  });
}

const urlOf = (path: string) => path.replace(/\{\w+\}/g, 'web~~cart');
const closed = routesOf().filter(({ scope }) => scope !== null);

describe('every route', () => {
  it('says who may use it, and is known to the description but for the documentation', () => {
    const described = new Set(
      routesOf().map(({ method, path }) => `${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    );
    const others = createTestApp()
      .app.routes.filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path}`)
      .filter((route) => !described.has(route));
    expect(new Set(others)).toEqual(
      new Set([
        'GET /openapi.json',
        'GET /',
        'GET /docs',
        'GET /docs/',
        'GET /docs/init.js',
        'GET /docs/:asset',
      ]),
    );
  });

  it('is open to all only where it says nothing of the graph', () => {
    const open = routesOf().filter(({ scope }) => scope === null);
    expect(new Set(open.map(({ method, path }) => `${method} ${path}`))).toEqual(
      new Set([
        'GET /api/graph/fields',
        'GET /api/health',
        'GET /api/v1/health',
        'GET /api/v1/health/ready',
        'GET /api/v1/metrics',
      ]),
    );
  });

  it('that writes runs or keys needs the scope for it', () => {
    const writing = closed.filter(({ method }) => method !== 'GET');
    expect(Object.fromEntries(writing.map((r) => [`${r.method} ${r.path}`, r.scope]))).toEqual({
      'POST /api/v1/runs': 'run',
      'POST /api/v1/keys': 'admin',
      'DELETE /api/v1/keys/{id}': 'admin',
      'POST /api/v1/keys/{id}/rotate': 'admin',
    });
  });

  it.each(closed)('$method $path is answered by its scope, and by no other', async (route) => {
    const { method, path, scope } = route;
    if (scope === null) throw new Error('not closed');
    for (const held of scopes) {
      const { row, text } = keyOf({ scopes: [held] });
      const { app } = appWith([row]);
      const response = await app.request(urlOf(path), { method, ...bearer(text) });
      await response.body?.cancel();
      const mayAsk = permits(new Set([held]), scope);
      expect([held, response.status === 403]).toEqual([held, !mayAsk]);
      expect(response.status).not.toBe(401);
    }
    const { app } = appWith([]);
    const response = await app.request(urlOf(path), { method });
    expect(response.status).toBe(401);
    expect(response.headers.get('WWW-Authenticate')).toBe('Bearer');
    expect(await response.json()).toMatchObject({ code: 'Unauthenticated' });
  });

  it.each(routesOf().filter(({ scope }) => scope === null))(
    '$method $path is answered without a key, and with a wrong one',
    async ({ method, path }) => {
      const { app } = appWith([]);
      for (const headers of [{}, { Authorization: 'Bearer nonsense' }]) {
        expect((await app.request(path, { method, headers })).status).toBe(200);
      }
    },
  );
});

describe('a run that takes something away', () => {
  it.each([
    [{ kind: 'prune' }, 403],
    [{ kind: 'markStale', override: true }, 403],
    [{ kind: 'markStale', override: false }, 202],
    [{ kind: 'ingest' }, 202],
  ])('%j is for an admin, with the scope run it is answered %i', async (body, status) => {
    const runner = keyOf({ scopes: ['run'] });
    const admin = keyOf({ scopes: ['admin'] });
    const { app } = appWith([runner.row, admin.row]);
    const asked = async (text: string) => {
      const { headers, ...sent } = json(body);
      const init = { ...sent, headers: { ...headers, ...bearer(text).headers } };
      return (await app.request('/api/v1/runs', init)).status;
    };
    expect([await asked(runner.text), await asked(admin.text)]).toEqual([status, 202]);
  });
});

describe('a request without a key that is of use', () => {
  it('is answered in one way, whatever is wrong: same status, headers and body', async () => {
    const good = keyOf();
    const expired = keyOf({ expiresAtMillis: keyEpoch });
    const revoked = keyOf({ revokedAtMillis: keyEpoch - 1 });
    const { app } = appWith([good.row, expired.row, revoked.row]);
    const texts = [
      'nonsense',
      newKey(() => new Uint8Array(32).fill(7)).text,
      newKey(() => new Uint8Array(32).fill(7), good.row.id).text,
      expired.text,
      revoked.text,
      `${good.text}x`,
    ];
    const answers: unknown[] = [];
    for (const text of texts) {
      const response = await app.request('/api/v1/graph', bearer(text));
      const { requestId, ...body } = await bodyOf<ProblemBody>(response);
      const headers = [...response.headers].filter(([name]) => name !== 'x-request-id');
      answers.push({ status: response.status, headers, body });
    }
    expect(answers[0]).toMatchObject({ status: 401, body: { code: 'Unauthenticated' } });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it('is told apart from one that cannot be looked up', async () => {
    const authenticator = createAuthenticator({
      records: {
        findAll: () => Promise.reject(new AppError('GraphUnavailable', 'Neo4j cannot be reached.')),
        touch: async () => {},
      },
      now: () => keyEpoch,
      onError: () => {},
    });
    const { app } = createTestApp({ access: { authenticator } });
    const response = await app.request('/api/v1/graph', bearer(keyOf().text));
    expect(response.status).toBe(503);
    // What is open stays open.
    expect((await app.request('/api/v1/health', bearer(keyOf().text))).status).toBe(200);
  });

  it('learns nothing of paths that are not there', async () => {
    const { app } = appWith([]);
    expect((await app.request('/api/v1/nothing')).status).toBe(404);
  });
});

describe('a key of a part of the graph', () => {
  it('is refused what belongs to no part of it', async () => {
    const { row, text } = keyOf({ scopes: ['read'], environments: ['live'] });
    const { app } = appWith([row], { access: { metricsNeedKey: true } });
    for (const path of [
      '/api/v1/runs',
      '/api/v1/runs/run-1',
      '/api/v1/windows',
      '/api/v1/metrics',
    ]) {
      const response = await app.request(path, bearer(text));
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ code: 'Forbidden' });
    }
    expect((await app.request('/api/v1/graph', bearer(text))).status).toBe(200);
  });

  it('is what the graph is asked as', async () => {
    const { row, text } = keyOf({ environments: ['live'], teams: ['shop'] });
    let asked: unknown;
    const { app } = appWith([row], {
      queries: {
        graph: async (view) => {
          asked = view;
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
    await app.request('/api/v1/graph', bearer(text));
    expect(asked).toMatchObject({ environments: ['live'], teams: ['shop'] });
  });
});

describe('metrics', () => {
  it('need a key with the scope read where that is set', async () => {
    const reader = keyOf();
    const runner = keyOf({ scopes: ['run'] });
    const { app } = appWith([reader.row, runner.row], { access: { metricsNeedKey: true } });
    const statusOf = async (init?: RequestInit) =>
      (await app.request('/api/v1/metrics', init)).status;
    expect(await statusOf()).toBe(401);
    expect(await statusOf(bearer(runner.text))).toBe(403);
    expect(await statusOf(bearer(reader.text))).toBe(200);
  });
});

describe('the audit log', () => {
  it('has one line for each request that would write, and none for those that read', async () => {
    const runner = keyOf({ scopes: ['run', 'read'] });
    const { app, lines } = appWith([runner.row]);
    const start = json({ kind: 'ingest' });
    const headers = { ...start.headers, ...bearer(runner.text).headers, 'X-Request-Id': 'r-7' };
    await app.request('/api/v1/runs', { ...start, headers });
    await app.request('/api/v1/runs', { ...json({ kind: 'nonsense' }), headers });
    await app.request('/api/v1/keys', { ...json({}), headers });
    await app.request('/api/v1/runs', start);
    await app.request('/api/v1/runs', { headers });
    const audited = lines.filter(({ audit }) => audit === true);
    const common = { level: 30, requestId: 'r-7', keyId: runner.row.id, msg: 'audit' };
    expect(audited).toMatchObject([
      { ...common, action: 'POST /api/v1/runs', subject: 'run-1', outcome: 'done', status: 202 },
      { ...common, action: 'POST /api/v1/runs', outcome: 'refused', code: 'InvalidRequest' },
      { ...common, action: 'POST /api/v1/keys', outcome: 'refused', code: 'Forbidden' },
      { action: 'POST /api/v1/runs', keyId: null, outcome: 'refused', code: 'Unauthenticated' },
    ]);
    expect(audited).toHaveLength(4);
  });

  it('names the key on the line of each request', async () => {
    const { row, text } = keyOf();
    const { app, lines } = appWith([row]);
    await app.request('/api/v1/graph', bearer(text));
    expect(lines).toMatchObject([{ msg: 'request', keyId: row.id }]);
  });
});

describe('the log', () => {
  it('has no key and no Authorization header, wherever somebody put one', async () => {
    const { row, text } = keyOf();
    let logged = '';
    const write = (line: string) => {
      logged += line;
    };
    const logger = createLogger({ level: 'trace', process: 'api' }, { write });
    const { app } = appWith([row], {
      logger,
      queries: {
        graph: () => Promise.reject(new Error(`${text} is in an error of somebody else's`)),
      },
    });
    await app.request('/api/v1/graph', bearer(text));
    await app.request(`/api/v1/services/${text}`, bearer(text));
    await app.request(`/${text}`, bearer(text));
    logger.info({ headers: { authorization: `Bearer ${text}` } }, 'a mistake of ours');
    logger.info({ req: { headers: { authorization: 'Basic aHVudGVyMg==' } } }, text);
    logger.child({ key: text }).warn({ authorization: text, err: new Error(text) });
    expect(logged).toContain(`topolog_${row.id}_[secret]`);
    expect(logged).not.toContain(text.slice(-49));
    expect(logged).not.toContain('aHVudGVyMg');
    for (const line of logged.trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
  });

  it('is silent about audits only where it is silent', async () => {
    const seen: string[] = [];
    for (const level of ['fatal', 'silent']) {
      const logger = pino({ level }, { write: (line: string) => void seen.push(level + line) });
      await appWith([], { logger }).app.request('/api/v1/runs', json({ kind: 'ingest' }));
    }
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatch(/^fatal.*"audit":true/);
  });
});
