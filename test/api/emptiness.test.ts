import { describe, expect, it } from 'vitest';
import { type AskedInVain, whyEmpty } from '../../src/domain/emptiness.ts';
import { conforming, operations } from '../support/contract.ts';
import { bodyOf, createTestApp, instantMillis, serviceRow, standing } from './doubles.ts';

interface Answer {
  readonly empty: { readonly reason: string; readonly expectedAt: string | null } | null;
}

/** An API over a graph with nothing in it, and what it asks of why that is so. */
function emptyApp(firstReadEndMillis: number | null = null) {
  const asked: AskedInVain[] = [];
  const { app } = createTestApp({
    queries: {
      whyEmpty: async (one) => {
        asked.push(one);
        const source = { firstReadEndMillis, intervalMillis: 900_000, settleMillis: 90_000 };
        return whyEmpty([source], one, instantMillis);
      },
    },
    impacts: {
      blastRadius: async (_view, word) => ({
        service: serviceRow(word),
        counts: { down: 0, degraded: 0, starved: 0 },
        hits: [],
        hasMore: false,
        truncated: false,
      }),
    },
    diffs: {
      diff: async () => ({
        added: 0,
        removed: 0,
        changed: 0,
        differences: [],
        namespaces: [],
        teams: [],
        hasMore: false,
      }),
    },
  });
  const asking = conforming(app);
  const get = async (path: string) => bodyOf<Answer>(await asking.request(path));
  return { asked, get };
}

const lists = operations.filter(({ parameters }) =>
  parameters.some(({ name }) => name === 'cursor'),
);

describe('a list with nothing in it', () => {
  it.each(lists.map((one) => [one.operationId, one.path]))(
    'says why: %s',
    async (operationId, path) => {
      const query = operationId === 'getDiff' ? '?from=1h' : '';
      const { empty } = await emptyApp().get(path.replace(/\{\w+\}/, 'web') + query);
      // Keys have nothing to do with sources.
      expect(empty?.reason).toBe(operationId === 'listKeys' ? 'noMatch' : 'notReadYet');
    },
  );

  it('says when the first window is due', async () => {
    expect((await emptyApp().get('/api/v1/graph')).empty).toEqual({
      reason: 'notReadYet',
      detail:
        'No window has been read yet; the first is due at 2026-03-01T12:16:30.000Z. "topolog doctor" says whether anything is in its way.',
      expectedAt: '2026-03-01T12:16:30.000Z',
    });
  });

  it.each([
    ['/api/v1/services', false],
    ['/api/v1/services?limit=3&fields=id&at=1h', false],
    ['/api/v1/graph?format=json&view=full', false],
    ['/api/v1/services?kind=database', true],
    ['/api/v1/changes?after=0', true],
    ['/api/v1/services/web/dependencies', true],
  ])('tells what was asked for of all there is: %s', async (path, isFiltered) => {
    const { asked, get } = emptyApp(0);
    const { empty } = await get(path);
    expect(asked.map((one) => one.isFiltered)).toEqual([isFiltered]);
    expect(empty?.reason).toBe(isFiltered ? 'noMatch' : 'nothingSeen');
  });

  it('is told from one of a time before anything was read', async () => {
    const { get } = emptyApp(instantMillis - 60_000);
    expect((await get('/api/v1/dependencies?at=1h')).empty?.reason).toBe('beforeFirstWindow');
    expect((await get('/api/v1/dependencies?at=30s')).empty?.reason).toBe('nothingSeen');
  });
});

describe('a list with something in it, or with more to come', () => {
  it('is not empty, and nobody asks why', async () => {
    const { app } = createTestApp({
      queries: {
        services: async () => ({ services: [serviceRow('a')], hasMore: false, ...standing }),
        whyEmpty: async () => {
          throw new Error('It is not empty.');
        },
      },
      changes: {
        changes: async () => ({
          changes: [],
          cursor: 20_000,
          sequence: 20_000,
          hasMore: true,
          pruned: false,
        }),
      },
    });
    for (const path of ['/api/v1/services', '/api/v1/changes']) {
      const answer = await bodyOf<Answer>(await app.request(path));
      expect(answer.empty).toBeNull();
    }
  });
});
