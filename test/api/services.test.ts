import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/runtime/errors.ts';
import {
  bodyOf,
  createTestApp,
  instant,
  type ProblemBody,
  serviceRow,
  standing,
} from './doubles.ts';

type Page = { items: { id: string }[]; nextCursor: string | null };

const ids = ['a', 'b:c', 'd~20e', 'shop:~user', 'z'];

/** Pages through `ids` as the graph would. */
const paged = () =>
  createTestApp({
    queries: {
      services: async (_view, _filter, after, limit) => {
        const rest = ids.filter((id) => id > after);
        const services = rest.slice(0, limit).map(serviceRow);
        return { services, hasMore: rest.length > limit, ...standing };
      },
    },
  });

describe('GET /api/v1/services', () => {
  it('answers with services, limit, cursor and freshness', async () => {
    const response = await paged().app.request('/api/v1/services?limit=1');
    expect(await response.json()).toEqual({
      at: null,
      items: [
        {
          id: 'a',
          environment: '',
          cluster: '',
          namespace: '',
          name: 'a',
          kind: 'service',
          virtual: false,
          team: null,
          criticality: null,
          firstSeenAt: instant,
        },
      ],
      nextCursor: expect.stringMatching(/^[\w-]+$/),
      limit: 1,
      empty: null,
      ...standing,
    });
  });

  it('leads through every service once by its cursors, and ends with null', async () => {
    const { app } = paged();
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${cursor}`;
      const response = await app.request(`/api/v1/services?limit=2${query}`);
      const page = await bodyOf<Page>(response);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(ids);
  });

  it('passes its filters on', async () => {
    const asked: unknown[] = [];
    const { app } = createTestApp({
      queries: {
        services: async (_view, filter) => {
          asked.push(filter);
          return { services: [], hasMore: false, ...standing };
        },
      },
    });
    const filters = 'cluster=eu&namespace=&name=a%26b&q=a&kind=database,external';
    await app.request(`/api/v1/services?${filters}`);
    const kinds = ['database', 'external'];
    expect(asked).toEqual([{ cluster: 'eu', namespace: '', name: 'a&b', prefix: 'a', kinds }]);
  });

  it('takes 100 where no limit is given', async () => {
    const response = await paged().app.request('/api/v1/services');
    expect(await response.json()).toMatchObject({ limit: 100, nextCursor: null });
  });

  it.each(['0', '1001', '-1', '1.5', 'ten', '', '1e2', '0x10', ' 5', '99999999999', '1&limit=2'])(
    'refuses limit=%s and points at it',
    async (limit) => {
      const response = await paged().app.request(`/api/v1/services?limit=${limit}`);
      expect(response.status).toBe(400);
      expect((await bodyOf<ProblemBody>(response)).errors).toEqual([
        { pointer: '/query/limit', detail: 'must be a whole number from 1 to 1000' },
      ]);
    },
  );

  it('refuses a parameter it does not know, so that a typing error is not ignored', async () => {
    const response = await paged().app.request('/api/v1/services?limt=5&a/b~=1');
    expect(response.status).toBe(400);
    expect((await bodyOf<ProblemBody>(response)).errors).toEqual([
      { pointer: '/query/limt', detail: 'is not known here' },
      { pointer: '/query/a~1b~0', detail: 'is not known here' },
    ]);
  });
});

describe('GET /api/v1/services/{id}', () => {
  it.each([
    'checkout',
    'shop:checkout',
    'shop:a~20b',
    'shop:~user',
    'a/b',
    'größe 🛒',
    '"quoted" \\back',
    '100%',
    '%2F',
    'a?b=c#d&e+f',
    "o'brien; DROP",
    'two\nlines',
    '..%2f..',
    '__proto__',
  ])('asks the graph for %j exactly as it is named', async (word) => {
    let asked: string | undefined;
    const { app } = createTestApp({
      queries: {
        service: async (_view, given) => {
          asked = given;
          return { service: serviceRow('x'), sameName: [], ...standing };
        },
      },
    });
    const response = await app.request(`/api/v1/services/${encodeURIComponent(word)}`);
    expect(response.status).toBe(200);
    expect(asked).toBe(word);
  });

  it('points out other services of that name, and merges none', async () => {
    const { app } = createTestApp({
      queries: {
        service: async (_view, id) => ({
          service: serviceRow(id),
          sameName: [serviceRow('bank:checkout')],
          ...standing,
        }),
      },
    });
    const response = await app.request('/api/v1/services/shop:checkout');
    expect(await response.json()).toMatchObject({
      service: { id: 'shop:checkout' },
      sameName: [{ id: 'bank:checkout', namespace: 'bank', name: 'checkout' }],
    });
  });

  it('answers with the service and freshness', async () => {
    const response = await createTestApp().app.request('/api/v1/services/shop:checkout');
    expect(await response.json()).toMatchObject({
      service: { id: 'shop:checkout', namespace: 'shop', name: 'checkout', firstSeenAt: instant },
      ...standing,
    });
  });

  it('lists the candidates of a name that several services have', async () => {
    const candidates = ['bank:checkout', 'shop:checkout'];
    const { app } = createTestApp({
      queries: {
        service: async () => {
          throw new AppError('AmbiguousService', 'Name one.', { details: { candidates } });
        },
      },
    });
    const response = await app.request('/api/v1/services/checkout');
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ code: 'AmbiguousService', candidates });
  });
});
