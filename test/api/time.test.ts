import { describe, expect, it } from 'vitest';
import { instantOf } from '../../src/api/as-of.ts';
import type { ChangeFilter } from '../../src/graph/change-queries.ts';
import type { WindowFilter } from '../../src/graph/window-queries.ts';
import type { RunRequest } from '../../src/runs/runs.ts';
import { type Operation, operations } from '../support/contract.ts';
import { createTestApp, instant, instantMillis, json } from './doubles.ts';

const day = 86_400_000;
const names = ['at', 'from', 'to', 'since', 'until'];
const forms = [instant, '2026-03-01T13:15:00+01:00', '24h', '1h30m', 'now'];

const { app } = createTestApp();

/** A request of an operation with a parameter, and what else it needs. */
function pathWith(operation: Operation, name: string, text: string): string {
  const path = operation.path.replace(/\{\w+\}/g, 'web');
  const needed = operation.operationId === 'getDiff' ? { from: '48h' } : {};
  return `${path}?${new URLSearchParams({ ...needed, [name]: text })}`;
}

const places = operations.flatMap((operation) =>
  operation.parameters
    .filter((one) => one.in === 'query' && names.includes(one.name))
    .map(({ name }) => [`${operation.operationId} ${name}`, operation, name] as const),
);

describe('a point in time in the query', () => {
  it('is taken by all that has to do with time', () => {
    const known = new Set(places.map(([, { operationId }]) => operationId));
    for (const one of ['getBlastRadius', 'getDiff', 'getGraph', 'listChanges', 'listWindows']) {
      expect(known).toContain(one);
    }
  });

  it.each(places)('is written in the same ways everywhere: %s', async (_, operation, name) => {
    for (const text of forms) {
      const response = await app.request(pathWith(operation, name, text));
      const said = `${text}: ${response.status}`;
      await response.body?.cancel();
      expect(said).not.toBe(`${text}: 400`);
    }
    expect((await app.request(pathWith(operation, name, 'yesterday'))).status).toBe(400);
  });

  it('that is now asks about the present, and ends no period', async () => {
    const asked: unknown[] = [];
    const { app: asking } = createTestApp({
      queries: {
        graph: async (_view, at) => {
          asked.push(at);
          throw new Error('enough is known');
        },
      },
      windows: {
        windows: async (filter: WindowFilter) => {
          asked.push([filter.sinceMillis, filter.untilMillis]);
          return { windows: [], hasMore: false };
        },
      },
      changes: {
        changes: async (_view, after, _limit, filter: ChangeFilter) => {
          asked.push([filter.sinceMillis, filter.untilMillis]);
          return { changes: [], cursor: after, sequence: after, hasMore: false, pruned: false };
        },
      },
    });
    await asking.request('/api/v1/graph?at=now');
    await asking.request('/api/v1/windows?since=24h&until=now');
    await asking.request('/api/v1/changes?since=24h&until=now');
    const since = instantMillis - day;
    expect(asked).toEqual([null, [since, undefined], [since, undefined]]);
  });

  it('that a comparison begins with must be earlier than its end', async () => {
    const response = await app.request('/api/v1/diff?from=now');
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ detail: expect.stringMatching(/^from must be/) });
  });
});

describe('a point in time in a body', () => {
  it.each([
    ['24h', 'now', { fromMillis: instantMillis - day }],
    ['2h', '1h', { fromMillis: instantMillis - day / 12, toMillis: instantMillis - day / 24 }],
    [
      '2026-03-01T12:00:00Z',
      instant,
      { fromMillis: instantMillis - 900_000, toMillis: instantMillis },
    ],
  ])('is written as in the query: from %s to %s', async (from, to, range) => {
    const asked: RunRequest[] = [];
    const { app: asking } = createTestApp({
      runs: {
        start: async ({ requestId, ...request }) => {
          asked.push(request);
          throw new Error('enough is known');
        },
      },
    });
    await asking.request('/api/v1/runs', json({ kind: 'ingest', from, to }));
    expect(asked).toEqual([range]);
  });
});

it('so long ago is counted from the begin of the minute', () => {
  expect(instantOf({ agoMillis: 1000 }, 119_999)).toBe(59_000);
});
