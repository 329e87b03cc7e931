import { describe, expect, it } from 'vitest';
import type { WindowFilter, WindowPosition, WindowRow } from '../../src/graph/window-queries.ts';
import { bodyOf, createTestApp, instant, instantMillis, type ProblemBody } from './doubles.ts';

function windowRow(id: string): WindowRow {
  return {
    id,
    source: 'prometheus',
    startMillis: instantMillis - 900_000,
    endMillis: instantMillis,
    outcome: 'suspicious',
    reasons: ['fewSeries'],
    error: null,
    warnings: ['w'],
    dialect: 'tempo',
    dialectVariant: null,
    series: 1,
    nearStart: 2,
    nearEnd: 3,
    producers: 2,
    missingProducers: ['tempo {instance="a"}'],
    cannotTell: 4,
    brokenSeries: 5,
    shards: 6,
    shardsLost: 7,
    splits: 8,
    valuesRead: 9,
    valuesDropped: 10,
    droppedReasons: ['missingClient', 'overflow'],
    droppedCounts: [10, 0],
    observations: 11,
    selfCalls: 12,
    notes: ['addressName', 'user'],
    noteCounts: [3, 0],
    presenceWarnings: 13,
    otherWarnings: 14,
    unanswered: 15,
    servicesCreated: 16,
    dependenciesCreated: 17,
    dependenciesRevived: 0,
    dependenciesRemoved: 0,
    dependenciesChanged: 0,
    planSeconds: 0.1,
    readSeconds: 0.2,
    writeSeconds: 0.3,
    recordedAtMillis: instantMillis,
    rereads: 0,
    lateSamples: false,
  };
}

/** Answers every page with one window, and says that another follows. */
function recording() {
  const asked: [WindowFilter, WindowPosition | null, number][] = [];
  const { app } = createTestApp({
    windows: {
      windows: async (...question) => {
        asked.push(question);
        return { windows: [windowRow('prometheus|a b')], hasMore: true };
      },
    },
  });
  return { asked, get: (query: string) => app.request(`/api/v1/windows${query}`) };
}

describe('GET /api/v1/windows', () => {
  it('answers with the accounting of each window', async () => {
    const response = await recording().get('?limit=1');
    expect(await response.json()).toEqual({
      items: [
        {
          source: 'prometheus',
          start: '2026-03-01T12:00:00.000Z',
          end: instant,
          outcome: 'suspicious',
          reasons: ['fewSeries'],
          error: null,
          warnings: ['w'],
          dialect: 'tempo',
          dialectVariant: null,
          series: { total: 1, nearStart: 2, nearEnd: 3, cannotTell: 4, broken: 5 },
          producers: { total: 2, missing: ['tempo {instance="a"}'] },
          shards: { planned: 6, lost: 7, splits: 8 },
          counts: {
            valuesRead: 9,
            valuesDropped: 10,
            observations: 11,
            selfCalls: 12,
            servicesCreated: 16,
            dependenciesCreated: 17,
            dependenciesRevived: 0,
            dependenciesRemoved: 0,
            dependenciesChanged: 0,
            presenceWarnings: 13,
            otherWarnings: 14,
            unanswered: 15,
          },
          dropped: { missingClient: 10 },
          noted: { addressName: 3 },
          durations: { planSeconds: 0.1, readSeconds: 0.2, writeSeconds: 0.3 },
          recordedAt: instant,
          rereads: 0,
          lateSamples: false,
        },
      ],
      nextCursor: expect.stringMatching(/^[\w-]+$/),
      limit: 1,
      empty: null,
    });
  });

  it('passes its filters on, and goes on where its cursor says', async () => {
    const { asked, get } = recording();
    const query = `?source=shop&outcome=partial&since=${instant}&until=2026-03-01T13:15:00%2B01:00`;
    const { nextCursor } = await bodyOf<{ nextCursor: string }>(await get(query));
    await get(`${query}&cursor=${nextCursor}`);
    const filter = {
      source: 'shop',
      outcome: 'partial',
      sinceMillis: instantMillis,
      untilMillis: instantMillis,
    };
    expect(asked).toEqual([
      [filter, null, 100],
      [filter, { endMillis: instantMillis, id: 'prometheus|a b' }, 100],
    ]);
  });

  it.each([
    ['outcome=good', '/query/outcome'],
    ['since=yesterday', '/query/since'],
    ['limit=0', '/query/limit'],
    ['cursor=eyJ2IjoxLCJhZnRlciI6ImEifQ', '/query/cursor'],
    ['source=a&source=b', '/query/source'],
    ['colour=red', '/query'],
  ])('refuses %s and says where the fault is', async (query, pointer) => {
    const response = await recording().get(`?${query}`);
    expect(response.status).toBe(400);
    const { errors } = await bodyOf<ProblemBody>(response);
    expect(errors?.[0]?.pointer).toContain(pointer);
  });
});
