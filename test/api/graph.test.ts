import { describe, expect, it } from 'vitest';
import {
  bodyOf,
  createTestApp,
  dependencyRow,
  instant,
  type ProblemBody,
  serviceRow,
  standing,
} from './doubles.ts';

type GraphBody = { dependencies: unknown[] };

const dependency = {
  id: 'a~~b',
  client: 'a',
  server: 'b',
  modes: ['sync'],
  state: 'active',
  criticality: 'hard',
  confidence: 'medium',
  conflicts: [],
  from: instant,
  requestsPerSecond: 2.5,
  errorRatio: 0.01,
  latency: { server: { p95Seconds: 0.25 }, client: { meanSeconds: 0.5 } },
  firstSeenAt: instant,
  lastSeenAt: instant,
};

describe('GET /api/v1/graph', () => {
  it('answers with services, dependencies, truncated and freshness', async () => {
    const { app } = createTestApp({
      queries: {
        graph: async () => ({
          services: [serviceRow('a'), serviceRow('b')],
          dependencies: [dependencyRow('a', 'b')],
          truncated: true,
          ...standing,
        }),
      },
    });
    const answer = await bodyOf<GraphBody>(await app.request('/api/v1/graph'));
    expect(Object.keys(answer)).toEqual([
      'at',
      'services',
      'dependencies',
      'truncated',
      'empty',
      'freshness',
      'coverage',
    ]);
    expect(answer).toMatchObject({ truncated: true, ...standing, dependencies: [dependency] });
    expect(answer.dependencies[0]).toEqual(dependency);
  });

  it('says null where a dependency was never observed', async () => {
    const never = {
      requestsPerSecond: null,
      errorRatio: null,
      firstSeenAtMillis: null,
      lastSeenAtMillis: null,
    };
    const { app } = createTestApp({
      queries: {
        graph: async () => ({
          services: [],
          dependencies: [{ ...dependencyRow('a', 'b'), ...never, state: 'declared' }],
          truncated: false,
          ...standing,
        }),
      },
    });
    const answer = await bodyOf<GraphBody>(await app.request('/api/v1/graph'));
    expect(answer.dependencies[0]).toMatchObject({
      state: 'declared',
      requestsPerSecond: null,
      errorRatio: null,
      firstSeenAt: null,
      lastSeenAt: null,
    });
  });
});

describe('GET /api/v1/services/{id}/dependencies', () => {
  const recording = () => {
    const asked: unknown[] = [];
    const { app } = createTestApp({
      dependencies: {
        reached: async (_view, { word, direction, depth }) => {
          asked.push([word, direction, depth]);
          return {
            service: serviceRow('a'),
            services: [serviceRow('b')],
            dependencies: [{ ...dependencyRow('a', 'b'), distance: 1, leadsTo: ['b'] }],
            hasMore: false,
            truncated: false,
            ...standing,
          };
        },
      },
    });
    return { app, asked };
  };

  it('follows one hop downstream where nothing else is asked', async () => {
    const { app, asked } = recording();
    const response = await app.request('/api/v1/services/a/dependencies');
    expect(asked).toEqual([['a', 'downstream', 1]]);
    expect(await response.json()).toMatchObject({
      service: { id: 'a' },
      direction: 'downstream',
      depth: 1,
      services: [{ id: 'b' }],
      items: [{ ...dependency, distance: 1 }],
      nextCursor: null,
      truncated: false,
      ...standing,
    });
  });

  it.each(['upstream', 'downstream', 'both'])('follows %s as deep as asked', async (direction) => {
    const { app, asked } = recording();
    const query = `direction=${direction}&depth=10`;
    await app.request(`/api/v1/services/shop%3Aa%2Fb/dependencies?${query}`);
    expect(asked).toEqual([['shop:a/b', direction, 10]]);
  });

  it('points at everything that is wrong at once', async () => {
    const { app, asked } = recording();
    const query = 'direction=sideways&depth=11&deep=1';
    const response = await app.request(`/api/v1/services/a/dependencies?${query}`);
    expect(response.status).toBe(400);
    expect((await bodyOf<ProblemBody>(response)).errors).toEqual([
      { pointer: '/query/direction', detail: 'must be one of upstream, downstream, both' },
      { pointer: '/query/depth', detail: 'must be a whole number from 1 to 10' },
      { pointer: '/query/deep', detail: 'is not known here' },
    ]);
    expect(asked).toEqual([]);
  });
});
