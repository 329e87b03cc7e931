import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCensusQueries } from '../../../src/graph/census-queries.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { emptied, storyOf } from '../../support/story.ts';

describe('what metrics count of the graph', () => {
  let graph: TestGraph;
  beforeAll(async () => {
    graph = await openTestGraph();
  });
  beforeEach(() => emptied(graph));
  afterAll(() => graph.close());

  it('is its services by kind, its dependencies by state, and what changed since a number', async () => {
    const { census, changesAfter } = createCensusQueries(graph.database);
    const story = storyOf(graph);
    const begin = await changesAfter(null);
    expect(begin).toEqual({ upTo: 0, counts: [] });

    await story.hour(0, { 'web>cart': 'sync', 'cart>pay': 'external' });
    for (const index of [1, 2, 3, 4]) await story.hour(index, { 'cart>pay': 'external' });
    await story.pass(4);

    const counted = await census();
    expect(Object.fromEntries(counted.services)).toEqual({ service: 2, external: 1 });
    expect(Object.fromEntries(counted.dependencies)).toEqual({ active: 1, stale: 1 });
    const { upTo, counts } = await changesAfter(begin.upTo);
    const total = new Map<string, number>();
    for (const { type, count } of counts) total.set(type, (total.get(type) ?? 0) + count);
    expect(Object.fromEntries(total)).toEqual({
      'dependency.discovered': 2,
      'dependency.stale': 1,
      'service.discovered': 3,
    });
    expect(upTo).toBe(6);
    expect(await changesAfter(upTo)).toEqual({ upTo, counts: [] });
  });

  it('begins again at the end where the number is of a graph that had more changes', async () => {
    const { changesAfter } = createCensusQueries(graph.database);
    expect(await changesAfter(1000)).toEqual({ upTo: 0, counts: [] });
  });
});
