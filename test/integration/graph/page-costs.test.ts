import type { Driver, ProfiledPlan } from 'neo4j-driver';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { everything } from '../../../src/domain/view.ts';
import { createDatabase, openDriver } from '../../../src/graph/database.ts';
import { createDependencyList } from '../../../src/graph/dependency-list.ts';
import { createQueries } from '../../../src/graph/queries.ts';
import { loadStatements } from '../../../src/graph/statements.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';

const many = 3000;
const few = 30;

function hitsOf(plan: ProfiledPlan): number {
  return plan.children.reduce((sum, child) => sum + hitsOf(child), plan.dbHits);
}

describe('a page of a service that many call', () => {
  let graph: TestGraph;
  let driver: Driver;
  let hits = 0;

  beforeAll(async () => {
    graph = await openTestGraph();
    driver = openDriver({ uri: inject('neo4jUri'), user: 'neo4j', password: undefined });
    await graph.cypher("CREATE (:Source {id: 'shop', looked: [], frontier: datetime()})");
    // Half of the callers come before all others by id, half after them.
    await graph.cypher(
      `UNWIND ['hub', 'nook'] AS id
       CREATE (:Service {id: id, environment: '', cluster: '', namespace: '', name: id, kind: 'service', virtual: false, firstSeenAt: datetime()})
       WITH DISTINCT 1 AS one
       UNWIND range(1, toInteger($many)) AS n
       WITH CASE WHEN n % 2 = 0 THEN 'a' ELSE 'z' END + n AS id, n
       CREATE (c:Service {id: id, environment: '', cluster: '', namespace: '', name: id, kind: 'service', virtual: false, firstSeenAt: datetime()})
       WITH c, n
       UNWIND CASE WHEN n <= toInteger($few) THEN ['hub', 'nook'] ELSE ['hub'] END AS server
       MATCH (s:Service {id: server})
       CREATE (c)-[:DEPENDS_ON {
         id: c.id + '~~' + server, state: 'active', modes: ['sync'], criticality: 'hard',
         confidence: 'medium', conflicts: [], from: datetime(), to: datetime('9999-12-31T00:00:00Z')
       }]->(s)
       CREATE (c)-[:OBSERVED {
         id: 'shop|tempo|sync|' + c.id + '~~' + server, source: 'shop', mode: 'sync',
         firstSeenAt: datetime(), lastSeenAt: datetime(), windowEnd: datetime(), requestsPerSecond: 1.0
       }]->(s)`,
      { many, few },
    );
    await graph.cypher('CALL db.awaitIndexes()');
  });
  afterAll(async () => {
    await driver.close();
    await graph.close();
  });

  /** The list, whose every statement is profiled. */
  function profiled() {
    const statements = new Map(
      [...loadStatements()].map(([name, one]) => [name, { ...one, text: `PROFILE ${one.text}` }]),
    );
    const counting = new Proxy(driver, {
      get(target, property, receiver) {
        if (property !== 'session') return Reflect.get(target, property, receiver);
        return (config: Parameters<Driver['session']>[0]) => {
          const session = target.session(config);
          const executeRead: typeof session.executeRead = (work, how) =>
            session.executeRead(async (transaction) => {
              const run: typeof transaction.run = (text, params) => {
                const result = transaction.run(text, params);
                void result.summary().then(({ profile }) => {
                  if (profile !== false) hits += hitsOf(profile);
                });
                return result;
              };
              return work(
                new Proxy(transaction, {
                  get: (of, name) => (name === 'run' ? run : Reflect.get(of, name)),
                }),
              );
            }, how);
          return { executeRead, close: () => session.close() };
        };
      },
    });
    const database = createDatabase({ driver: counting, database: 'neo4j', statements });
    return createDependencyList(database, createQueries(database, { now: Date.now }));
  }

  async function costOf(work: (list: ReturnType<typeof profiled>) => Promise<unknown>) {
    const list = profiled();
    // Plans are made at the first time.
    await work(list);
    hits = 0;
    await work(list);
    return hits;
  }

  const upstream = { direction: 'upstream', depth: 1 } as const;
  const after = { distance: 1, id: 'a2~~zzz' };

  it.each([
    ['the first', null],
    ['one that follows', after],
  ])('costs about as much as one of a service that few call: %s', async (_, place) => {
    const pageOf = (word: string) =>
      costOf((list) => list.reached(everything, { word, ...upstream }, place, 5, null));
    const [hub, nook] = [await pageOf('hub'), await pageOf('nook')];
    expect(nook).toBeGreaterThan(0);
    expect(hub / nook).toBeLessThan(2);
  });

  it('costs no more in the list of all dependencies, by server', async () => {
    const pageOf = (server: string) =>
      costOf((list) => list.page(everything, { server }, '', 5, null));
    const [hub, nook] = [await pageOf('hub'), await pageOf('nook')];
    expect(hub / nook).toBeLessThan(2);
  });

  it.each([7, 400, 1000])('has, %d at a time, all of them once and in order', async (limit) => {
    const list = createDependencyList(
      graph.database,
      createQueries(graph.database, { now: Date.now }),
    );
    const found: string[] = [];
    for (let place: { distance: number; id: string } | null = null; ; ) {
      const page = await list.reached(everything, { word: 'hub', ...upstream }, place, limit, null);
      found.push(...page.dependencies.map(({ id }) => id));
      place = page.dependencies.at(-1) ?? null;
      if (!page.hasMore || found.length > 12 * limit) break;
    }
    const all = await graph.cypher(
      "MATCH ()-[d:DEPENDS_ON]->(:Service {id: 'hub'}) RETURN d.id AS id ORDER BY id LIMIT toInteger($limit)",
      { limit: found.length },
    );
    expect(found).toEqual(all.map(({ id }) => id));
  });
});
