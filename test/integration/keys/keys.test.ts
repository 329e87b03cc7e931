import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { createKeyApp } from '../../support/key-app.ts';
import { emptied } from '../../support/story.ts';

const start = Date.UTC(2026, 2, 1, 12);
const second = 1000;
const key = z.looseObject({ id: z.string(), state: z.string() });
const issued = z.object({ key, text: z.string() });

describe('keys in a real graph', () => {
  let graph: TestGraph;
  let one: ReturnType<typeof createKeyApp>;
  let other: ReturnType<typeof createKeyApp>;
  let now: number;
  let admin: string;

  beforeAll(async () => {
    graph = await openTestGraph();
  });
  afterAll(() => graph.close());
  beforeEach(async () => {
    await emptied(graph);
    now = start;
    one = createKeyApp(graph, () => now);
    other = createKeyApp(graph, () => now);
    await one.keys.bootstrap(async (text) => {
      admin = text.reveal();
      return text;
    }, 'bootstrap');
  });
  afterEach(async () => {
    await one.close();
    await other.close();
  });

  const create = async (body: object) => {
    const response = await one.ask(admin, '/api/v1/keys', { method: 'POST', body });
    expect(response.status).toBe(201);
    return issued.parse(await response.json());
  };
  const statusOf = async (replica: typeof one, text: string, path = '/api/v1/graph') =>
    (await replica.ask(text, path)).status;

  it('are made, shown without secret, listed in pages, found and revoked over the API', async () => {
    const made = await create({ name: 'grafana', scopes: ['read'] });
    expect(made.key).toMatchObject({
      name: 'grafana',
      state: 'active',
      scopes: ['read'],
      environments: null,
      expiresAt: null,
      createdBy: expect.stringMatching(/^[0-9A-Za-z]{11}$/),
    });
    expect(await statusOf(one, made.text)).toBe(200);
    await create({ name: 'ci', scopes: ['run', 'read'], expiresAt: '2027-01-01T00:00:00Z' });

    const ids: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const suffix = cursor === '' ? '' : `&cursor=${cursor}`;
      const response = await one.ask(admin, `/api/v1/keys?limit=1${suffix}`);
      const text = await response.text();
      expect(text).not.toMatch(/[0-9a-f]{64}|topolog_/);
      const page = z
        .object({ items: z.array(key), nextCursor: z.string().nullable() })
        .parse(JSON.parse(text));
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(ids).toHaveLength(3);
    expect(ids).toEqual(ids.toSorted());

    const path = `/api/v1/keys/${made.key.id}`;
    expect(await (await one.ask(admin, path)).json()).toMatchObject({ id: made.key.id });
    for (let time = 0; time < 2; time += 1) {
      const revoked = await one.ask(admin, path, { method: 'DELETE' });
      expect(await revoked.json()).toMatchObject({
        state: 'revoked',
        revokedAt: new Date(start).toISOString(),
      });
      now += second;
    }
    expect(await statusOf(one, made.text)).toBe(401);
    expect(await statusOf(one, admin, '/api/v1/keys/00000000000')).toBe(404);
  });

  it('are kept as a SHA-256 and nothing else', async () => {
    const { text } = await create({ name: 'grafana', scopes: ['read'] });
    await one.ask(text, '/api/v1/graph');
    await one.authenticator.close();
    const rows = await graph.cypher('MATCH (k:Key) RETURN properties(k) AS row');
    const all = JSON.stringify(rows);
    for (const secret of [text, admin]) expect(all).not.toContain(secret.split('_')[2]);
    expect(all).toMatch(/"hash":"[0-9a-f]{64}"/);
    expect(JSON.stringify([...one.lines, ...other.lines])).not.toContain(text.split('_')[2]);
  });

  it('are not made on terms on which there can be none', async () => {
    const refused = async (body: object) => {
      const response = await one.ask(admin, '/api/v1/keys', { method: 'POST', body });
      return [
        response.status,
        z.looseObject({ code: z.string() }).parse(await response.json()).code,
      ];
    };
    const no = [400, 'InvalidRequest'];
    expect(await refused({ name: 'x', scopes: [] })).toEqual(no);
    expect(await refused({ name: '', scopes: ['read'] })).toEqual(no);
    expect(await refused({ name: 'x', scopes: ['everything'] })).toEqual(no);
    expect(await refused({ name: 'x', scopes: ['run'], teams: ['shop'] })).toEqual(no);
    expect(await refused({ name: 'x', scopes: ['read'], environments: [] })).toEqual(no);
    expect(
      await refused({ name: 'x', scopes: ['read'], expiresAt: new Date(start).toISOString() }),
    ).toEqual(no);
    expect(await graph.cypher('MATCH (k:Key) RETURN k')).toHaveLength(1);
  });

  it('that are revoked over one replica are refused by another within 10 s', async () => {
    const { key, text } = await create({ name: 'grafana', scopes: ['read'] });
    expect(await statusOf(other, text)).toBe(200);
    await one.ask(admin, `/api/v1/keys/${key.id}`, { method: 'DELETE' });
    expect(await statusOf(one, text)).toBe(401);
    // What the other remembers it may go by for 5 s.
    expect(await statusOf(other, text)).toBe(200);
    now += 5 * second;
    expect(await statusOf(other, text)).toBe(401);
  });

  it('expire at their time in every replica', async () => {
    const { key, text } = await create({
      name: 'for a minute',
      scopes: ['read'],
      expiresAt: new Date(start + 60 * second).toISOString(),
    });
    now = start + 60 * second - 1;
    expect([await statusOf(one, text), await statusOf(other, text)]).toEqual([200, 200]);
    now += 1;
    expect([await statusOf(one, text), await statusOf(other, text)]).toEqual([401, 401]);
    const rotated = await one.ask(admin, `/api/v1/keys/${key.id}/rotate`, { method: 'POST' });
    expect(rotated.status).toBe(409);
    expect(await rotated.json()).toMatchObject({ code: 'KeyEnded' });
  });

  it('that are rotated go on with both secrets for a while, and with one after it', async () => {
    const first = await create({ name: 'grafana', scopes: ['read'] });
    const rotate = async (body?: object) => {
      const path = `/api/v1/keys/${first.key.id}/rotate`;
      const response = await one.ask(admin, path, { method: 'POST', body });
      expect(response.headers.get('Cache-Control')).toBe('no-store');
      return issued.parse(await response.json());
    };
    const next = await rotate({ overlapSeconds: 60 });
    expect(next.key).toMatchObject({
      id: first.key.id,
      previousUntil: new Date(start + 60 * second).toISOString(),
    });
    const known = async (...texts: string[]) =>
      Promise.all(texts.map(async (text) => (await statusOf(other, text)) === 200));
    expect(await known(first.text, next.text)).toEqual([true, true]);
    now = start + 60 * second;
    expect(await known(first.text, next.text)).toEqual([false, true]);
    // A second rotation ends what was still going on from the first; without a body it is a day.
    const third = await rotate();
    now += 5 * second;
    expect(await known(first.text, next.text, third.text)).toEqual([false, true, true]);
    const last = await rotate({ overlapSeconds: 0 });
    now += 5 * second;
    expect(await known(next.text, third.text, last.text)).toEqual([false, false, true]);
  });

  it('show when they were last used, to a minute', async () => {
    const { key, text } = await create({ name: 'grafana', scopes: ['read'] });
    now += 30 * second;
    await one.ask(text, '/api/v1/graph');
    await other.ask(text, '/api/v1/graph');
    now += 10 * second;
    await one.ask(text, '/api/v1/graph');
    await one.authenticator.close();
    // What another replica knows is older, and changes nothing.
    await other.authenticator.close();
    expect(await (await one.ask(admin, `/api/v1/keys/${key.id}`)).json()).toMatchObject({
      lastUsedAt: new Date(start + 40 * second).toISOString(),
    });
  });

  it('leave a line in the audit log for all that is done with them, and no secret', async () => {
    const { key, text } = await create({ name: 'grafana', scopes: ['read'] });
    const path = `/api/v1/keys/${key.id}`;
    await one.ask(admin, `${path}/rotate`, { method: 'POST', body: { overlapSeconds: 1 } });
    await one.ask(admin, path, { method: 'DELETE' });
    await one.ask(text, path, { method: 'DELETE' });
    const audited = one.lines.filter(({ audit }) => audit === true);
    const adminId = admin.split('_')[1];
    const done = { keyId: adminId, subject: key.id, outcome: 'done' };
    expect(audited).toMatchObject([
      { ...done, action: 'POST /api/v1/keys' },
      { ...done, action: 'POST /api/v1/keys/:id/rotate' },
      { ...done, action: 'DELETE /api/v1/keys/:id' },
      { keyId: null, subject: key.id, outcome: 'refused', code: 'Unauthenticated' },
    ]);
    for (const { requestId } of audited) expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('are made first once, however many ask for it at the same time', async () => {
    await graph.cypher('MATCH (k:Key) DELETE k');
    const kept: string[] = [];
    const made = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? one : other).keys.bootstrap(async (text) => {
          kept.push(text.reveal());
          return text;
        }, 'bootstrap'),
      ),
    );
    const [first, ...more] = made.filter((key) => key !== null);
    expect(more).toEqual([]);
    expect(await graph.cypher('MATCH (k:Key) RETURN k.id AS id')).toEqual([{ id: first?.id }]);
    const text = kept.find((one) => one.includes(`_${first?.id}_`)) ?? '';
    expect(await statusOf(one, text, '/api/v1/keys')).toBe(200);
    expect(await one.keys.bootstrap(async (given) => given, 'bootstrap')).toBeNull();
  });

  it('are made in no lane: they wait for nobody who writes the graph', async () => {
    await graph.database.write(async () => {
      const { text } = await create({ name: 'while it is written', scopes: ['read'] });
      expect(await statusOf(other, text)).toBe(200);
    });
  });
});
