import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createChangeQueries } from '../../../src/graph/change-queries.ts';
import { createRebuild } from '../../../src/graph/rebuild.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { emptied, storyOf } from '../../support/story.ts';

/** How often two writers meet. */
const meetings = 1000;
/** At the same time, each on a pair of its own. */
const together = 10;

describe('writers that meet', () => {
  let graph: TestGraph;
  let story: ReturnType<typeof storyOf>;

  beforeAll(async () => {
    graph = await openTestGraph();
    story = storyOf(graph);
  });
  afterAll(() => graph.close());
  beforeEach(() => emptied(graph));

  async function meet(once: (index: number) => Promise<unknown>[]): Promise<void> {
    for (let begin = 0; begin < meetings; begin += together) {
      const indices = Array.from({ length: together }, (_, offset) => begin + offset);
      await Promise.all(indices.flatMap(once));
    }
  }

  /** The changelog has no gap, and belief is what all evidence folds to. */
  async function expectSound(): Promise<void> {
    const changes = createChangeQueries(graph.database);
    const sequence = await changes.sequence();
    const [counted] = await graph.cypher(
      'MATCH (c:Change) RETURN count(*) AS count, min(c.sequence) AS first, max(c.sequence) AS last',
    );
    expect(counted).toEqual({ count: sequence, first: 1, last: sequence });
    expect(await createRebuild(graph.database, 500).run(false, () => {})).toEqual({
      beliefs: 0,
      history: 0,
      impacts: 0,
    });
  }

  it(`lose no update where two sources fold one pair at once, ${meetings} times`, async () => {
    await meet((index) => [
      story.hour(0, { [`web>s${index}`]: 'sync' }, { source: 'left' }),
      story.hour(0, { [`web>s${index}`]: 'async' }, { source: 'right' }),
    ]);
    const [found] = await graph.cypher(
      "MATCH ()-[d:DEPENDS_ON]->() RETURN count(*) AS pairs, count(CASE WHEN d.modes = ['sync', 'async'] THEN 1 END) AS whole",
    );
    expect(found).toEqual({ pairs: meetings, whole: meetings });
    await expectSound();
  }, 300_000);

  it(`lose no sighting where stale passes race an ingest, ${meetings} times`, async () => {
    await story.hour(0, { 'web>cart': 'sync', 'web>old': 'sync' });
    for (let index = 1; index <= meetings; index += 1) {
      // Each hour shows one pair that was about to go stale, while a pass goes over all of them.
      const seen = index % 4 === 0 ? 'web>old' : 'web>cart';
      await Promise.all([
        story.hour(index, { [seen]: 'sync', [`web>s${index % 7}`]: 'sync' }),
        story.pass(index, { breaker: { ratio: 1, atLeast: 1000 } }),
      ]);
    }
    await story.pass(meetings);
    // By then stale is exactly what was not seen in the last three hours that were looked at.
    const [wrong] = await graph.cypher(
      `MATCH (:Source {id: 'shop'})
       MATCH ()-[o:OBSERVED]->()
       MATCH (s:Source {id: o.source})
       WHERE (o.staleAt IS NOT NULL) <> (o.lastSeenAt < s.staleCutoff)
       RETURN count(*) AS count`,
    );
    expect(wrong).toEqual({ count: 0 });
    await expectSound();
  }, 300_000);
});
