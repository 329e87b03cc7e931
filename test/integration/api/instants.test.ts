import fc from 'fast-check';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createApp } from '../../../src/api/app.ts';
import { encodeCursor, fingerprintOf } from '../../../src/api/cursor.ts';
import { createRunRecords } from '../../../src/graph/runs.ts';
import { askingOf } from '../../support/asking.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { endOf, storyOf } from '../../support/story.ts';

const parameter = z.object({
  name: z.string(),
  in: z.enum(['path', 'query', 'header']),
  required: z.boolean().optional(),
  example: z.unknown().optional(),
});
const contract = z.object({
  paths: z.record(
    z.string(),
    z.record(z.string(), z.object({ parameters: z.array(parameter).default([]) })),
  ),
});

/** Names under which a parameter says a time, or how long ago. */
const times = ['at', 'from', 'to', 'since', 'until', 'endTs', 'lookback'];

/** Times, most of which no date can say. */
const farTimes = fc.oneof(
  fc
    .tuple(fc.bigInt({ min: 0n, max: 10n ** 38n }), fc.constantFrom('d', 'h', 'm', 's'))
    .map((parts) => parts.join('')),
  fc.bigInt({ min: 0n, max: 10n ** 39n }).map(String),
  fc.constantFrom(
    '99999999d',
    '100000000d',
    '9999-12-31T23:59:59-23:59',
    '0000-01-01T00:00:00+23:59',
    '0000-01-01T00:00:00Z',
    '999999999999999',
    '+275760-09-13T00:00:00.001Z',
    '-271821-04-19T23:59:59.999Z',
    '8640000000000001',
  ),
);

/** What a cursor's place may be forged to: numbers of all sizes. */
const farNumbers = fc.oneof(
  fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
  fc.constantFrom(8.64e15, 8.64e15 + 1, -8.64e15 - 1, Number.MAX_SAFE_INTEGER),
);

describe('times further away than a date can say', () => {
  let graph: TestGraph;
  let app: ReturnType<typeof createApp>;
  let reads: { path: string; parameters: z.output<typeof parameter>[] }[];

  beforeAll(async () => {
    graph = await openTestGraph();
    const { hour } = storyOf(graph);
    await hour(0, { 'web>api': 'sync', 'api>orders': 'async' });
    const now = () => endOf(2);
    const records = createRunRecords(graph.database);
    app = createApp({
      ...askingOf(graph.database, now),
      runs: {
        start: () => Promise.reject(new Error('not asked for')),
        find: () => Promise.reject(new Error('not asked for')),
        page: (filter, before, limit) => records.page(filter, before, limit),
      },
      readiness: {},
      isShuttingDown: () => false,
      logger: pino({ level: 'silent' }),
      registry: new Registry(),
      version: '0.0.0',
      now,
    });
    const { paths } = contract.parse(await (await app.request('/openapi.json')).json());
    reads = Object.entries(paths).flatMap(([path, { get }]) =>
      get === undefined ? [] : [{ path, parameters: get.parameters }],
    );
  });
  afterAll(() => graph.close());

  function urlOf(one: (typeof reads)[number], name: string, value: string): string {
    const example = ({ example: given }: z.output<typeof parameter>) =>
      encodeURIComponent(String(given ?? 'web'));
    const path = one.parameters
      .filter((place) => place.in === 'path')
      .reduce((done, place) => done.replace(`{${place.name}}`, example(place)), one.path);
    const others = one.parameters
      .filter((other) => other.in === 'query' && other.required === true && other.name !== name)
      .map((other) => `${other.name}=${example(other)}`);
    return `${path}?${[...others, `${name}=${encodeURIComponent(value)}`].join('&')}`;
  }

  async function statusOf(url: string): Promise<number> {
    const over = new AbortController();
    const response = await app.request(url, { signal: over.signal });
    await response.body?.cancel();
    over.abort();
    return response.status;
  }

  it('are refused by every read that takes a time, and never a fault', async () => {
    const asked = reads.flatMap((one) =>
      one.parameters
        .filter(({ name, in: place }) => place === 'query' && times.includes(name))
        .map(({ name }) => ({ one, name })),
    );
    expect(asked.length).toBeGreaterThan(15);
    for (const { one, name } of asked) {
      await fc.assert(
        fc.asyncProperty(farTimes, async (value) => {
          const url = urlOf(one, name, value);
          expect([url, (await statusOf(url)) < 500]).toEqual([url, true]);
        }),
        { numRuns: 15 },
      );
    }
  });

  it.each([
    '/api/v1/graph?at=99999999d',
    '/api/v1/services?at=99999999999999999d',
    '/api/v1/changes?since=99999999999d',
    '/api/v1/diff?from=99999999999d',
  ])('are 422, not 500 or 503: %s', async (url) => {
    // What is long ago and a date can say may be asked about.
    const said = await statusOf(url);
    expect(said === 422 || (url.includes('=99999999d') && said === 200)).toBe(true);
  });

  it('in cursors are refused by every list, and never a fault', async () => {
    const lists = reads.filter(({ parameters }) =>
      parameters.some(({ name }) => name === 'cursor'),
    );
    expect(lists.length).toBeGreaterThan(5);
    for (const list of lists) {
      const path = urlOf(list, 'limit', '5').replace(/\?.*/, '');
      await fc.assert(
        fc.asyncProperty(farNumbers, fc.string(), async (number, text) => {
          for (const after of [[number], [number, text], [text], ['down', number, text]]) {
            const cursor = encodeCursor({ of: fingerprintOf(path, {}), began: 0, after });
            const url = `${path}?cursor=${cursor}`;
            expect([url, (await statusOf(url)) < 500]).toEqual([url, true]);
          }
        }),
        { numRuns: 10 },
      );
    }
  });

  it.each(['/api/v1/runs', '/api/v1/windows'])('in a cursor of %s are 422', async (path) => {
    const after = [8.64e15 + 1, 'x'];
    const cursor = encodeCursor({ of: fingerprintOf(path, {}), began: 0, after });
    expect(await statusOf(`${path}?cursor=${cursor}`)).toBe(422);
  });
});
