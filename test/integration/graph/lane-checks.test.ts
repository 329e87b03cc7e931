import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { everything } from '../../../src/domain/view.ts';
import { createAliasRecords } from '../../../src/graph/aliases.ts';
import { createChangeQueries } from '../../../src/graph/change-queries.ts';
import { createRebuild } from '../../../src/graph/rebuild.ts';
import { createRunRecords } from '../../../src/graph/runs.ts';
import { createServiceRecords } from '../../../src/graph/service-records.ts';
import { createSourceRecords } from '../../../src/graph/source-records.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { emptied, endOf, storyOf } from '../../support/story.ts';

/** How often two meet, each time anew. */
const meetings = 20;
const none = { beliefs: 0, history: 0, impacts: 0 };

describe('what is said and done at once', () => {
  let graph: TestGraph;
  let story: ReturnType<typeof storyOf>;

  beforeAll(async () => {
    graph = await openTestGraph();
    story = storyOf(graph, 2);
  });
  afterAll(() => graph.close());
  beforeEach(() => emptied(graph));

  it('lets one of two that say different things of one id through', async () => {
    const aliases = createAliasRecords(graph.database, 2);
    for (let index = 0; index < meetings; index += 1) {
      const old = `old${index}`;
      await story.hour(0, { [`web>${old}`]: 'sync', 'web>left': 'sync', 'web>right': 'sync' });
      const make = (id: string) => aliases.make(old, id, endOf(1), () => {});
      const told = await Promise.allSettled([make('left'), make('right')]);
      expect(told.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(told.find(({ status }) => status === 'rejected')).toMatchObject({
        reason: { code: 'InvalidAlias' },
      });
      const stands = await graph.cypher(
        'MATCH (:Alias {id: $old})-[:STANDS_FOR]->(s) RETURN s.id AS id',
        { old },
      );
      expect(stands).toHaveLength(1);
    }
  });

  it('says that a service is gone where it is, and not where it was seen meanwhile', async () => {
    const services = createServiceRecords(graph.database, 1);
    const calls = { 'web>cart': 'sync', 'cart>db': 'sync', 'cart>mail': 'async' } as const;
    await story.hour(0, calls);
    for (let index = 1; index <= meetings; index += 1) {
      await Promise.all([
        story.hour(index, calls),
        services.delete(['cart'], endOf(index), () => {}),
        story.hour(index, calls, { source: 'other' }),
      ]);
      const [found] = await graph.cypher("MATCH (s:Service {id: 'cart'}) RETURN count(s) AS count");
      const { changes } = await createChangeQueries(graph.database).changes(
        everything,
        0,
        10_000,
        {},
      );
      const last = changes.filter(({ subject }) => subject === 'cart').at(-1);
      expect(last?.type).toBe(found?.count === 1 ? 'service.discovered' : 'service.removed');
      expect(await createRebuild(graph.database, 500).run(false, () => {})).toEqual(none);
    }
  });

  it('never says of a run that has ended that it fails', async () => {
    const runs = createRunRecords(graph.database);
    const times = { startedAtMillis: endOf(0), fromMillis: null, toMillis: null };
    for (let index = 0; index < meetings; index += 1) {
      const run = `r${index}`;
      await runs.open({ run, workflowId: run, kind: 'ingest', source: 'shop', ...times });
      await Promise.all([
        runs.failing(run, 'read', 'It was away.', endOf(1)),
        runs.close(run, 'completed', null, endOf(2)),
      ]);
      expect(await runs.find(run)).toMatchObject({ state: 'completed', error: null });
    }
  });

  it('leaves nothing of a source that was written to while it was retired', async () => {
    const sources = createSourceRecords(graph.database, 1);
    for (let index = 0; index < meetings; index += 1) {
      await story.hour(2 * index, { 'web>cart': 'sync', 'cart>db': 'sync' });
      let writing: Promise<void> | null = null;
      await sources.retire('shop', endOf(2 * index), () => {
        writing ??= story.hour(2 * index + 1, { 'web>late': 'sync' });
      });
      await writing;
      const [left] = await graph.cypher(
        "MATCH ()-[o:OBSERVED]->() WHERE NOT EXISTS { (:Source {id: 'shop'}) } RETURN count(o) AS count",
      );
      expect(left).toEqual({ count: 0 });
      await sources.retire('shop', endOf(2 * index + 1), () => {});
    }
    expect(await createRebuild(graph.database, 500).run(false, () => {})).toEqual(none);
  });
});
