import { describe, expect, it } from 'vitest';
import { linksOf } from '../../src/api/compat/links.ts';
import type { Queries } from '../../src/graph/queries.ts';
import {
  bodyOf,
  createTestApp,
  dependencyRow,
  instantMillis,
  serviceRow,
  standing,
} from './doubles.ts';

const stale = { state: 'stale', requestsPerSecond: null, errorRatio: null } as const;
const service = (id: string, name = id) => ({ ...serviceRow(id), name });

const graph: Awaited<ReturnType<Queries['graph']>> = {
  services: [
    service('web'),
    service('shop:cart', 'cart'),
    service('a:db', 'db'),
    service('b:db', 'db'),
  ],
  dependencies: [
    {
      ...dependencyRow('web', 'shop:cart'),
      requestsPerSecond: 2,
      errorRatio: 0.25,
      seenSinceMillis: instantMillis - 172_800_000,
    },
    { ...dependencyRow('shop:cart', 'a:db'), requestsPerSecond: null, errorRatio: null },
    { ...dependencyRow('shop:cart', 'b:db'), ...stale },
  ],
  truncated: false,
  ...standing,
};

function asked() {
  const instants: unknown[] = [];
  const { app } = createTestApp({
    queries: {
      graph: async (_view, at) => {
        instants.push(at ?? null);
        return graph;
      },
      dependencies: async (_view, word, direction, depth, at) => {
        instants.push([word, direction, depth, at]);
        return { ...graph, service: service('web'), services: [], dependencies: [] };
      },
    },
  });
  const get = async (path: string) => {
    const response = await app.request(path);
    expect(response.status).toBe(200);
    return bodyOf<Record<string, unknown>>(response);
  };
  return { app, get, instants };
}

describe('what Jaeger’s clients ask', () => {
  it('is answered as Jaeger does, for the dependencies page of its UI', async () => {
    const { get, instants } = asked();
    // As its UI asks: the end is now, the period a day.
    const path = `/api/dependencies?endTs=${instantMillis}&lookback=86400000`;
    expect(await get(path)).toEqual({
      data: [
        { parent: 'cart', child: 'a:db', callCount: 0 },
        { parent: 'web', child: 'cart', callCount: 172_800 },
      ],
      total: 0,
      limit: 0,
      offset: 0,
      errors: null,
    });
    expect(instants).toEqual([null]);
  });

  it('is answered for a period that ended long ago by what was believed then', async () => {
    const { get, instants } = asked();
    await get(`/api/dependencies?endTs=${instantMillis - 86_400_000}&lookback=3600000`);
    expect(instants).toEqual([instantMillis - 86_400_000]);
  });

  it('may name one service, and bring parameters of its own', async () => {
    const { get } = asked();
    const { data } = await get('/api/dependencies?service=web&source=grafana');
    expect(data).toEqual([{ parent: 'web', child: 'cart', callCount: 172_800 }]);
  });

  it('is answered with names, and ids where several services have one', async () => {
    expect(await asked().get('/api/services')).toMatchObject({
      data: ['a:db', 'b:db', 'cart', 'web'],
      total: 4,
      errors: null,
    });
  });

  it.each(['endTs=now', 'lookback=-1', 'endTs=1.5', 'lookback=24h'])(
    'is refused with %s',
    async (query) => {
      const { app } = createTestApp();
      expect((await app.request(`/api/dependencies?${query}`)).status).toBe(400);
      expect((await app.request(`/api/v2/dependencies?${query}`)).status).toBe(400);
    },
  );
});

describe('what Zipkin’s clients ask', () => {
  it('is answered as Zipkin does: links, with calls and errors', async () => {
    const path = `/api/v2/dependencies?endTs=${instantMillis}&lookback=60000`;
    expect(await asked().get(path)).toEqual([
      { parent: 'cart', child: 'a:db', callCount: 0, errorCount: 0 },
      { parent: 'web', child: 'cart', callCount: 120, errorCount: 30 },
    ]);
  });
});

describe('what Grafana’s Node Graph asks', () => {
  interface Nodes {
    nodes: Record<string, number | string>[];
    edges: Record<string, string>[];
    truncated: boolean;
  }

  it('is answered with fields that are those of the data', async () => {
    const { get } = asked();
    const fields = (await get('/api/graph/fields')) as Record<string, { field_name: string }[]>;
    const data = (await get('/api/graph/data')) as unknown as Nodes;
    const named = (list: string) => fields[list]?.map(({ field_name }) => field_name);
    expect(named('nodes_fields')).toEqual(Object.keys(data.nodes[0] ?? {}));
    expect(named('edges_fields')).toEqual(Object.keys(data.edges[0] ?? {}));
    expect(await get('/api/health')).toEqual({ status: 'ok' });
  });

  it('is answered with arcs that add up to 1, and dashes where nothing is seen now', async () => {
    const { nodes, edges } = (await asked().get('/api/graph/data')) as unknown as Nodes;
    for (const node of nodes) {
      const arcs = ['success', 'errors', 'unknown'].map((name) => Number(node[`arc__${name}`]));
      expect(arcs.reduce((sum, arc) => sum + arc, 0)).toBe(1);
    }
    expect(nodes.find(({ id }) => id === 'shop:cart')).toMatchObject({
      title: 'cart',
      mainStat: '2.00 req/s',
      secondaryStat: '25.0 %',
      arc__success: 0.75,
      arc__errors: 0.25,
    });
    expect(edges.map(({ id, strokeDasharray }) => [id, strokeDasharray])).toEqual([
      ['shop:cart~~a:db', ''],
      ['shop:cart~~b:db', '4 4'],
      ['web~~shop:cart', ''],
    ]);
  });

  it('is cut to the busiest, and to what is around a focus', async () => {
    const { get, instants } = asked();
    expect(await get('/api/graph/data?limit=2')).toMatchObject({
      nodes: [{ id: 'web' }, { id: 'shop:cart' }],
      edges: [{ id: 'web~~shop:cart' }],
      truncated: true,
    });
    await get('/api/graph/data?focus=web&depth=3&at=24h&from=now-6h&to=now');
    expect(instants.at(-1)).toEqual(['web', 'both', 3, instantMillis - 86_400_000]);
  });

  it('takes the words of the query editor at both of its addresses', async () => {
    const { get } = asked();
    // Its data source sends the same text to both, whatever was typed; `query` if nothing was.
    for (const text of ['query', 'focus=web&depth=1', 'limit=10&x=y']) {
      expect(await get(`/api/graph/fields?${text}`)).toHaveProperty('nodes_fields');
      expect(await get(`/api/graph/data?${text}`)).toHaveProperty('nodes');
    }
  });

  it('has, for the two queries of Infinity, the columns that the panel needs, and both ends of an edge', async () => {
    const { get } = asked();
    // Both take the same address; one its `nodes`, the other its `edges`.
    const { nodes } = (await get('/api/graph/data?limit=3')) as unknown as Nodes;
    const { edges } = (await get('/api/graph/data?limit=3')) as unknown as Nodes;
    const ids = new Set(nodes.map(({ id }) => id));
    expect(ids.size).toBe(3);
    for (const { id, source, target } of edges) {
      expect(id).not.toBe('');
      expect(ids.has(source ?? '') && ids.has(target ?? '')).toBe(true);
    }
  });

  it('keeps the focus and what is nearest where it is cut, however busy the rest is', async () => {
    const reached = (client: string, server: string, distance: number, rate: number) => ({
      ...dependencyRow(client, server),
      distance,
      leadsTo: [server],
      requestsPerSecond: rate,
    });
    const { app } = createTestApp({
      queries: {
        dependencies: async () => ({
          service: service('web'),
          services: [service('near'), service('far'), service('farther')],
          dependencies: [
            reached('far', 'farther', 3, 900),
            reached('near', 'far', 2, 500),
            reached('web', 'near', 1, 1),
          ],
          truncated: false,
          ...standing,
        }),
      },
    });
    const idsOf = async (limit: number) => {
      const response = await app.request(`/api/graph/data?focus=web&limit=${limit}`);
      const { nodes } = await bodyOf<Nodes>(response);
      return nodes.map(({ id }) => id);
    };
    expect(await idsOf(2)).toEqual(['web', 'near']);
    expect(await idsOf(3)).toEqual(['web', 'near', 'far']);
  });

  it('shows a focus that nothing is known around', async () => {
    const { app } = createTestApp();
    const response = await app.request('/api/graph/data?focus=web');
    expect(await bodyOf<Nodes>(response)).toMatchObject({ nodes: [{ id: 'web' }], edges: [] });
  });
});

describe('the calls of a link', () => {
  const hour = 3_600_000;
  const linkOf = (seenSinceMillis: number, lastSeenAtMillis: number, lookbackMillis: number) => {
    const seen = { requestsPerSecond: 1, seenSinceMillis, lastSeenAtMillis };
    const busy = { ...dependencyRow('web', 'b:db'), seenSinceMillis: 0 };
    const dependencies = [{ ...dependencyRow('web', 'shop:cart'), ...seen }, busy];
    const links = linksOf({ ...graph, dependencies }, lookbackMillis);
    return links.find(({ child }) => child === 'cart')?.callCount;
  };

  it('are counted over the time in which it was seen', () => {
    expect(linkOf(instantMillis - hour, instantMillis, 24 * hour)).toBe(3600);
    expect(linkOf(instantMillis - 48 * hour, instantMillis, 24 * hour)).toBe(86_400);
    expect(linkOf(instantMillis - 48 * hour, instantMillis - 23 * hour, 24 * hour)).toBe(3600);
  });

  it('are none where it was not seen in the period', () => {
    expect(linkOf(instantMillis - 48 * hour, instantMillis - 25 * hour, 24 * hour)).toBe(0);
  });

  it('are those of a whole period that ends where reading has come to', () => {
    expect(linkOf(0, instantMillis, 60_000)).toBe(60);
  });
});
