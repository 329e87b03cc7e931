import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { decodeCursor, encodeCursor, fingerprintOf } from '../../src/api/cursor.ts';
import { bodyOf, createTestApp, instantMillis, serviceRow, standing } from './doubles.ts';

const services = '/api/v1/services';

/** An app whose list of services always goes on. */
const endless = () =>
  createTestApp({
    queries: {
      services: async () => ({ services: [serviceRow('a')], hasMore: true, ...standing }),
    },
  }).app;

async function cursorOf(path: string, app = endless()): Promise<string> {
  const response = await app.request(path);
  return (await bodyOf<{ nextCursor: string }>(response)).nextCursor;
}

async function refusalOf(path: string) {
  const response = await endless().request(path);
  expect(response.status).toBe(400);
  const refusal = z.object({
    code: z.literal('InvalidRequest'),
    errors: z.tuple([z.object({ pointer: z.literal('/query/cursor'), detail: z.string() })]),
  });
  return refusal.parse(await response.json()).errors[0].detail;
}

const valid = {
  v: 2,
  of: fingerprintOf(services, {}),
  began: instantMillis,
  after: ['a'],
};
const made = (content: unknown) =>
  Buffer.from(JSON.stringify(content), 'utf8').toString('base64url');

describe('a cursor', () => {
  it('that was made by hand like ours is taken, so that the refusals below prove something', async () => {
    expect((await endless().request(`${services}?cursor=${made(valid)}`)).status).toBe(200);
  });

  it.each([
    ['empty', ''],
    ['not base64url', '***'],
    ['not JSON', Buffer.from('hello').toString('base64url')],
    ['of another version', made({ ...valid, v: 1 })],
    ['without its place', made({ v: 2, of: valid.of, began: valid.began })],
    ['with something added', made({ ...valid, limit: 5 })],
    ['with a place that is no text', made({ ...valid, after: [{ $gt: '' }] })],
    ['with a longer place', made({ ...valid, after: ['a', 'b'] })],
    ['of the future', made({ ...valid, began: instantMillis + 120_000 })],
    ['cut short', made(valid).slice(0, -3)],
    ['with padding', `${made(valid)}==`],
    ['given twice', `${made(valid)}&cursor=${made(valid)}`],
  ])('that is %s is refused', async (_, cursor) => {
    expect(await refusalOf(`${services}?cursor=${cursor}`)).not.toBe('');
  });

  it.each([
    ['another filter', '?kind=database', '?kind=external'],
    ['a filter more', '', '?kind=external'],
    ['a filter less', '?kind=database', ''],
    ['another instant', '?at=1h', '?at=2h'],
  ])('is refused with %s, and says why', async (_, first, next) => {
    const cursor = await cursorOf(`${services}${first}`);
    const query = next === '' ? '?' : `${next}&`;
    expect(await refusalOf(`${services}${query}cursor=${cursor}`)).toContain('other filters');
  });

  it('is refused by another list', async () => {
    const cursor = await cursorOf(services);
    for (const path of ['dependencies', 'runs', 'windows', 'changes', 'services/a/dependencies']) {
      expect(await refusalOf(`/api/v1/${path}?cursor=${cursor}`)).toContain('another list');
    }
  });

  it('is taken with another limit, other fields, and filters in another order', async () => {
    const cursor = await cursorOf(`${services}?kind=database&name=a`);
    const next = `${services}?limit=7&name=a&fields=id&kind=database&cursor=${cursor}`;
    expect((await endless().request(next)).status).toBe(200);
  });

  it('counts durations ago from the first page', async () => {
    const asked: (number | null | undefined)[] = [];
    const { app, pass } = createTestApp({
      queries: {
        services: async (_view, _filter, _after, _limit, at) => {
          asked.push(at);
          return { services: [serviceRow('a')], hasMore: true, ...standing };
        },
      },
    });
    const first = await cursorOf(`${services}?at=1h`, app);
    pass(60_000);
    const second = await cursorOf(`${services}?at=1h&cursor=${first}`, app);
    pass(60_000);
    await cursorOf(`${services}?at=1h&cursor=${second}`, app);
    await cursorOf(`${services}?at=1h`, app);
    const hourAgo = instantMillis - 3_600_000;
    expect(asked).toEqual([hourAgo, hourAgo, hourAgo, hourAgo + 120_000]);
  });

  it.each(['checkout', 'a:b:c:d', 'größe 🛒', '"quoted"\\', 'a/b?c=d&e#f'])(
    'leads back to %s',
    (id) => {
      const cursor = encodeCursor({ of: 'x', began: 1, after: [id] });
      expect(cursor).toMatch(/^[\w-]+$/);
      const key = z.tuple([z.string()]);
      expect(decodeCursor(cursor, { of: 'x', key, nowMillis: 1 }).after).toEqual([id]);
    },
  );
});
