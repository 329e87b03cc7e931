import { describe, expect, it } from 'vitest';
import type { RunRequest } from '../../src/runs/runs.ts';
import { AppError } from '../../src/runtime/errors.ts';
import { momentForms } from '../../src/runtime/instant.ts';
import {
  bodyOf,
  createTestApp,
  instant,
  instantMillis,
  json,
  type ProblemBody,
  runRow,
} from './doubles.ts';

const recording = () => {
  const asked: RunRequest[] = [];
  const { app } = createTestApp({
    runs: {
      start: async (request) => {
        asked.push(request);
        return { run: runRow('run/1'), joined: true };
      },
    },
  });
  const post = (body: unknown, more: Record<string, string> = {}) => {
    const { headers, ...sent } = json(body);
    return app.request('/api/v1/runs', { ...sent, headers: { ...headers, ...more } });
  };
  return { asked, post };
};

describe('POST /api/v1/runs', () => {
  it('answers 202 with the run, whether it was joined, and where it is', async () => {
    const { post } = recording();
    const response = await post({ kind: 'ingest' });
    expect(response.status).toBe(202);
    expect(response.headers.get('Location')).toBe('/api/v1/runs/run%2F1');
    expect(await response.json()).toEqual({
      run: {
        id: 'run/1',
        kind: 'ingest',
        source: 'prometheus',
        state: 'running',
        error: null,
        workflowId: 'ingest/prometheus',
        startedAt: instant,
        finishedAt: null,
        failingSince: null,
        from: null,
        to: null,
        windows: { complete: 1, partial: 2, suspicious: 3, failed: 4 },
        counts: {
          valuesRead: 5,
          valuesDropped: 6,
          observations: 7,
          servicesCreated: 8,
          dependenciesCreated: 9,
          dependenciesRevived: 10,
          dependenciesStale: 11,
          dependenciesRemoved: 12,
          dependenciesChanged: 13,
        },
      },
      joined: true,
    });
  });

  it('names the request to the run, so that both logs can be put side by side', async () => {
    const { asked, post } = recording();
    const response = await post({ kind: 'ingest' });
    expect(asked[0]?.requestId).toBe(response.headers.get('X-Request-Id'));
  });

  it('leaves out what was not asked', async () => {
    const { asked, post } = recording();
    await post({ kind: 'ingest' });
    expect(asked).toEqual([{ requestId: expect.any(String) }]);
  });

  it.each([
    ['2026-03-01T12:15:00Z', instantMillis],
    ['2026-03-01T14:15:00.000+02:00', instantMillis],
    ['2026-03-01T12:15:00.5Z', instantMillis + 500],
  ])('reads %s as an instant', async (from, fromMillis) => {
    const { asked, post } = recording();
    const response = await post({ kind: 'ingest', source: 'p', from, to: '2026-03-02T00:00:00Z' });
    expect(response.status).toBe(202);
    expect(asked).toEqual([
      { source: 'p', fromMillis, toMillis: Date.UTC(2026, 2, 2), requestId: expect.any(String) },
    ]);
  });

  it.each([
    ['without a zone', '2026-03-01T12:15:00'],
    ['without a time', '2026-03-01'],
    ['without seconds', '2026-03-01T12:15Z'],
    ['in epoch seconds', 1_772_367_300],
    ['on a day that is not', '2026-02-30T00:00:00Z'],
    ['in words', 'yesterday'],
    ['null', null],
  ])('refuses a time %s', async (_, from) => {
    const { asked, post } = recording();
    const response = await post({ kind: 'ingest', from });
    expect(response.status).toBe(400);
    expect((await bodyOf<ProblemBody>(response)).errors).toEqual([
      { pointer: '/body/from', detail: `must be ${momentForms}` },
    ]);
    expect(asked).toEqual([]);
  });

  it.each([
    ['equal', '2026-03-01T12:00:00Z'],
    ['later, in another zone', '2026-03-01T12:30:00-01:00'],
  ])('refuses a range whose start is %s', async (_, from) => {
    const { asked, post } = recording();
    const response = await post({ kind: 'ingest', from, to: '2026-03-01T12:00:00Z' });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      code: 'InvalidRange',
      errors: [{ pointer: '/body/from' }],
    });
    expect(asked).toEqual([]);
  });

  it('names every unknown field and every wrong one', async () => {
    const { post } = recording();
    const response = await post({ kind: 'reingest', sorce: 'p', 'a/b': 1 });
    expect(response.status).toBe(400);
    expect((await bodyOf<ProblemBody>(response)).errors).toEqual([
      { pointer: '/body/kind', detail: 'must be one of ingest, backfill, markStale, prune' },
      { pointer: '/body/sorce', detail: 'is not known here' },
      { pointer: '/body/a~1b', detail: 'is not known here' },
    ]);
  });

  it.each<[object, object]>([
    [{}, {}],
    [
      { kind: 'backfill', from: instant },
      { kind: 'backfill', fromMillis: instantMillis },
    ],
    [{ kind: 'markStale' }, { kind: 'markStale' }],
    [
      { kind: 'markStale', now: instant, override: true },
      { kind: 'markStale', nowMillis: instantMillis, override: true },
    ],
    [{ kind: 'prune' }, { kind: 'prune' }],
  ])('takes %j', async (body, request) => {
    const { asked, post } = recording();
    expect((await post(body)).status).toBe(202);
    expect(asked).toEqual([{ ...request, requestId: expect.any(String) }]);
  });

  it.each<[object, string]>([
    [{ kind: 'backfill' }, '/body/from'],
    [{ kind: 'backfill', from: instant, to: instant }, '/body/to'],
    [{ kind: 'markStale', source: 'p' }, '/body/source'],
    [{ kind: 'prune', now: instant }, '/body/now'],
    [{ kind: 'ingest', override: true }, '/body/override'],
    [{ kind: 'markStale', override: 'yes' }, '/body/override'],
  ])('refuses %j for what is not of its kind', async (body, pointer) => {
    const { asked, post } = recording();
    const response = await post(body);
    expect(response.status).toBe(400);
    expect((await bodyOf<ProblemBody>(response)).errors).toMatchObject([{ pointer }]);
    expect(asked).toEqual([]);
  });

  it('remembers what came with a key by what it asks for, however that is written', async () => {
    const { asked, post } = recording();
    const from = '2026-03-01T12:15:00Z';
    for (const body of [{ from }, `{ "from": "${from}", "kind": "ingest" }`, {}]) {
      await post(body, { 'Idempotency-Key': 'of mine' });
    }
    await post({}, { 'Idempotency-Key': 'another' });
    const [first, again, other, another] = asked.map(({ once }) => once);
    expect(first).toEqual({
      key: expect.stringMatching(/^[0-9a-f]{64}$/),
      body: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(again).toEqual(first);
    expect(other).toEqual({ key: first?.key, body: expect.not.stringMatching(`^${first?.body}$`) });
    expect(another?.key).not.toBe(first?.key);
  });

  it.each([
    ['longer than 255 characters', 'k'.repeat(256)],
    ['empty', ''],
    ['not of ASCII', 'schl\u00fcssel'],
  ])('refuses a key that is %s', async (_, key) => {
    const { asked, post } = recording();
    const response = await post({}, { 'Idempotency-Key': key });
    expect(response.status).toBe(400);
    expect(asked).toEqual([]);
  });

  it.each([
    ['RunUnderWay', 409],
    ['IdempotencyKeyReused', 422],
    ['RunNotConfirmed', 503],
  ] as const)('says %s', async (code, status) => {
    const { app } = createTestApp({
      runs: {
        start: async () => {
          throw new AppError(code, 'Why.');
        },
      },
    });
    const response = await app.request('/api/v1/runs', json({}));
    expect(response.status).toBe(status);
    const said = await bodyOf<ProblemBody & { detail: string }>(response);
    expect(said.code).toBe(code);
    expect(said.detail).not.toContain('no run was started');
  });

  it.each([[[]], [null], ['"ingest"'], [42]])('refuses a body that is %j', async (body) => {
    const { post } = recording();
    const response = await post(body);
    expect(response.status).toBe(400);
    expect((await bodyOf<ProblemBody>(response)).errors).toMatchObject([{ pointer: '/body' }]);
  });

  it('passes on why a run cannot be started', async () => {
    const { app } = createTestApp({
      runs: {
        start: async () => {
          throw new AppError('UnknownSource', 'There is no source "x"; there is prometheus.');
        },
      },
    });
    const response = await app.request('/api/v1/runs', json({ kind: 'ingest', source: 'x' }));
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      code: 'UnknownSource',
      detail: 'There is no source "x"; there is prometheus.',
    });
  });
});

describe('GET /api/v1/runs', () => {
  it('asks for a page with the filters, and for the next one after its last run', async () => {
    const asked: unknown[] = [];
    const { app } = createTestApp({
      runs: {
        page: async (...question) => {
          asked.push(question);
          return { runs: [runRow('b'), runRow('a')], hasMore: true };
        },
      },
    });
    const filters = 'kind=ingest,prune&state=failed&source=prometheus';
    const first = await app.request(`/api/v1/runs?${filters}`);
    const page = await bodyOf<{ nextCursor: string }>(first);
    expect(page).toMatchObject({ limit: 100, items: [{ id: 'b' }, { id: 'a' }] });
    await app.request(`/api/v1/runs?${filters}&limit=7&cursor=${page.nextCursor}`);
    const filter = { kinds: ['ingest', 'prune'], states: ['failed'], source: 'prometheus' };
    expect(asked).toEqual([
      [filter, null, 100],
      [filter, { startedAtMillis: instantMillis, id: 'a' }, 7],
    ]);
  });
});

describe('GET /api/v1/runs/{id}', () => {
  it('shows a run that has ended, with its range', async () => {
    const ended = {
      ...runRow('run-1'),
      state: 'failed' as const,
      error: 'The source did not answer.',
      finishedAtMillis: instantMillis,
      fromMillis: instantMillis,
      toMillis: instantMillis,
    };
    const { app } = createTestApp({ runs: { find: async () => ended } });
    expect(await (await app.request('/api/v1/runs/run-1')).json()).toMatchObject({
      state: 'failed',
      error: 'The source did not answer.',
      finishedAt: instant,
      from: instant,
      to: instant,
    });
  });

  it('is a problem where there is no such run', async () => {
    const { app } = createTestApp({
      runs: {
        find: async (id) => {
          throw new AppError('RunNotFound', `There is no run ${id}.`);
        },
      },
    });
    const response = await app.request('/api/v1/runs/nope');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'RunNotFound' });
  });
});
