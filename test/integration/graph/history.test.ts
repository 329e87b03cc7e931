import neo4j from 'neo4j-driver';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { everything } from '../../../src/domain/view.ts';
import { createChangeQueries } from '../../../src/graph/change-queries.ts';
import { createDependencyQueries } from '../../../src/graph/dependency-queries.ts';
import { createDiffQueries } from '../../../src/graph/diff-queries.ts';
import { createHistoryRecords } from '../../../src/graph/history.ts';
import { createImpactQueries } from '../../../src/graph/impact-queries.ts';
import { createQueries } from '../../../src/graph/queries.ts';
import { createRebuild } from '../../../src/graph/rebuild.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { emptied, endOf, hour, storyOf } from '../../support/story.ts';

const dateTimeOf = (millis: number) => neo4j.types.DateTime.fromStandardDate(new Date(millis));

describe('a graph that remembers', () => {
  let graph: TestGraph;
  let story: ReturnType<typeof storyOf>;

  beforeAll(async () => {
    graph = await openTestGraph();
    story = storyOf(graph);
  });
  afterAll(() => graph.close());
  beforeEach(() => emptied(graph));

  const feed = async () =>
    (await createChangeQueries(graph.database).changes(everything, 0, 1000, {})).changes;
  /** Types and hours of the changes of one subject. */
  const changesOf = async (subject: string) =>
    (await feed())
      .filter((change) => change.subject === subject)
      .map(({ type, atMillis }) => [type, (atMillis - endOf(0)) / hour]);
  const present = async (at: number | null = null) =>
    (
      await createQueries(graph.database, { now: () => endOf(99) }).graph(everything, at)
    ).dependencies.map(({ id, state }) => `${id} ${state}`);

  /** `web>cart` for good; `web>old` in the first hour, and again in the eighth. */
  async function tellOfOld() {
    await story.hour(0, { 'web>cart': 'sync', 'web>old': 'sync' });
    for (let index = 1; index <= 7; index += 1) {
      await story.hour(index, { 'web>cart': 'sync' });
      await story.pass(index);
    }
    await story.hour(8, { 'web>cart': 'sync', 'web>old': 'sync' });
  }

  it('tells the whole life of a dependency, and shows it as of each instant', async () => {
    await tellOfOld();
    expect(await changesOf('web~~old')).toEqual([
      ['dependency.discovered', 0],
      ['dependency.stale', 4],
      ['dependency.removed', 6],
      ['dependency.revived', 8],
    ]);
    expect(await changesOf('web~~cart')).toEqual([['dependency.discovered', 0]]);
    const old = async (index: number) =>
      (await present(endOf(index))).filter((text) => text.startsWith('web~~old'));
    expect(await old(3)).toEqual(['web~~old active']);
    expect(await old(4)).toEqual(['web~~old stale']);
    expect(await old(5)).toEqual(['web~~old stale']);
    expect(await old(6)).toEqual([]);
    expect(await old(7)).toEqual([]);
    expect(await old(8)).toEqual(['web~~old active']);
    expect(await present(endOf(0) - 1)).toEqual([]);
    expect(await present()).toEqual(['web~~cart active', 'web~~old active']);
  });

  it('numbers changes without gaps, and counts them of their run', async () => {
    await tellOfOld();
    const changes = await feed();
    expect(changes.map(({ sequence }) => sequence)).toEqual(changes.map((_, index) => index + 1));
    const [run] = await graph.cypher(
      "MATCH (r:Run {id: 'run-1'}) RETURN r.servicesCreated AS services, r.dependenciesCreated AS created, r.dependenciesStale AS stale, r.dependenciesRemoved AS removed, r.dependenciesRevived AS revived",
    );
    expect(run).toEqual({ services: 3, created: 2, stale: 1, removed: 1, revived: 1 });
  });

  it('lets a mode leave when it is stale, and keeps the other', async () => {
    await story.hour(0, { 'web>cart': 'sync' });
    await story.hour(0, { 'web>cart': 'async' }, { source: 'bus' });
    for (let index = 1; index <= 4; index += 1) {
      await story.hour(index, {}, { source: 'bus' });
      await story.hour(index, { 'web>cart': 'sync' });
    }
    await story.pass(4, { source: 'bus', breaker: { ratio: 1, atLeast: 1 } });
    const changes = (await feed()).filter(({ subject }) => subject === 'web~~cart');
    expect(changes.map(({ type, modes }) => [type, modes])).toEqual([
      ['dependency.discovered', ['sync']],
      ['dependency.changed', ['sync', 'async']],
      ['dependency.changed', ['sync']],
    ]);
  });

  it('marks nothing while nobody looks, however much time passes', async () => {
    await story.hour(0, { 'web>cart': 'sync' });
    for (let index = 1; index < 9; index += 1) await story.hour(index, {}, { partial: true });
    expect(await story.pass(2000)).toMatchObject({ unseen: 0, stale: 0 });
    expect(await present()).toEqual(['web~~cart active']);
  });

  it('takes what a late window shows from before the cutoff for stale from the pass that missed it', async () => {
    for (let index = 0; index <= 6; index += 1) await story.hour(index, { 'web>cart': 'sync' });
    await story.pass(6);
    await story.hour(0, { 'web>cart': 'sync', 'web>once': 'sync' }, { late: true });
    expect(await present()).toEqual(['web~~cart active']);
    await story.hour(2, { 'web>cart': 'sync', 'web>lately': 'sync' }, { late: true });
    expect(await present()).toEqual(['web~~cart active', 'web~~lately stale']);
    const found = (await feed()).filter(({ subject }) => subject === 'web~~lately');
    expect(found).toMatchObject([
      { type: 'dependency.discovered', context: 'late', state: 'active', atMillis: endOf(2) },
      { type: 'dependency.stale', context: 'late', atMillis: endOf(6) },
    ]);
    expect(await present(endOf(2))).toEqual([
      'web~~cart active',
      'web~~lately active',
      'web~~once active',
    ]);
    expect(await changesOf('web~~once')).toEqual([
      ['dependency.discovered', 0],
      ['dependency.removed', 6],
    ]);
  });

  it('says of a pair what a pass finds, whatever is read late while the pass is cut off', async () => {
    for (let index = 0; index <= 6; index += 1) {
      await story.hour(index, index === 0 ? { 'web>old': 'sync' } : { 'web>cart': 'sync' });
    }
    let transactions = 0;
    const cutOff: typeof graph.database = {
      ...graph.database,
      write(work) {
        transactions += 1;
        if (transactions > 1) throw new Error('cut off');
        return graph.database.write(work);
      },
    };
    await expect(storyOf({ ...graph, database: cutOff }).pass(6)).rejects.toThrow('cut off');
    await story.hour(1, { 'web>old': 'sync' }, { late: true });
    expect(await changesOf('web~~old')).toEqual([['dependency.discovered', 0]]);
    await story.pass(6);
    expect(await changesOf('web~~old')).toEqual([
      ['dependency.discovered', 0],
      ['dependency.stale', 6],
    ]);
  });

  it('judges a pair in all its modes at once, however few fit into a transaction', async () => {
    const both = storyOf(graph, 1);
    await both.hour(0, { 'web>old': 'sync' });
    await both.hour(0, { 'web>old': 'async' }, { late: true });
    for (let index = 1; index <= 4; index += 1) await both.hour(index, { 'web>cart': 'sync' });
    await both.pass(4);
    expect(await changesOf('web~~old')).toEqual([
      ['dependency.discovered', 0],
      ['dependency.changed', 0],
      ['dependency.stale', 4],
    ]);
  });

  it('counts all that differs, of however much that changed and changed back', async () => {
    const times = { before: dateTimeOf(endOf(0)), between: dateTimeOf(endOf(2)) };
    for (let begin = 0; begin <= 50_100; begin += 3000) {
      await graph.cypher(
        `MERGE (web:Service {id: 'web'})
       ON CREATE SET web += {environment: '', cluster: '', namespace: '', name: 'web', kind: 'service', firstSeenAt: $before}
       WITH web
       UNWIND range(toInteger($begin), toInteger($end)) AS n
       WITH web, n, 's' + n AS id
       CREATE (s:Service {id: id, environment: '', cluster: '', namespace: '', name: id, kind: 'service', firstSeenAt: $before})
       CREATE (web)-[:DEPENDS_ON {
         id: 'web~~' + id, state: 'active', modes: ['sync'], criticality: 'hard', confidence: 'medium',
         conflicts: [], from: CASE WHEN n < 101 THEN $between ELSE $before END, to: datetime('9999-12-31T00:00:00Z')
       }]->(s)
       CREATE (:Change {sequence: n + 1, at: $between, subject: 'web~~' + id, client: 'web', server: id})`,
        { ...times, begin, end: Math.min(50_100, begin + 2999) },
      );
    }
    const diffs = createDiffQueries(graph.database);
    const { differences, ...found } = await diffs.diff(everything, endOf(1), endOf(3), 5);
    expect(found).toMatchObject({ added: 101, removed: 0, changed: 0, hasMore: true });
    expect(differences).toHaveLength(5);
  });

  describe('the breaker', () => {
    const many = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`web>s${index}`, 'sync' as const]),
    );
    const few = Object.fromEntries(Object.entries(many).slice(0, 10));

    beforeEach(async () => {
      await story.hour(0, many);
      for (let index = 1; index <= 4; index += 1) await story.hour(index, few);
    });

    it('stops a pass that would mark too much, and leaves all as it was', async () => {
      expect(await story.pass(4)).toEqual({
        fresh: 40,
        unseen: 30,
        tripped: true,
        stale: 0,
        removed: 0,
      });
      expect((await present()).every((text) => text.endsWith('active'))).toBe(true);
      await story.hour(0, { 'web>late': 'sync' }, { late: true });
      expect(await present()).toContain('web~~late active');
    });

    it('lets it pass where it is overridden, and says that it would have stopped', async () => {
      const result = await story.pass(4, { override: true });
      expect(result).toMatchObject({ tripped: true, stale: 30 });
      expect(await story.pass(4)).toMatchObject({ tripped: false, unseen: 0, fresh: 10 });
    });

    it('does not mind few dependencies, whatever their share', async () => {
      const breaker = { ratio: 0.2, atLeast: 31 };
      expect(await story.pass(4, { breaker })).toMatchObject({ tripped: false, stale: 30 });
    });
  });

  it('flags what a source brings from its past and in its first window', async () => {
    await story.windows.begin('shop', endOf(0) - hour, null);
    await story.windows.begin('old', endOf(0) - hour, endOf(1));
    await story.hour(0, { 'web>cart': 'sync' });
    await story.hour(1, { 'web>cart': 'sync', 'web>new': 'sync' });
    for (const index of [0, 1, 2]) {
      await story.hour(index, { [`a>b${index}`]: 'sync' }, { source: 'old' });
    }
    const contexts = new Map((await feed()).map(({ subject, context }) => [subject, context]));
    expect(Object.fromEntries(contexts)).toMatchObject({
      'web~~cart': 'firstWindow',
      'web~~new': 'live',
      'a~~b0': 'backfill',
      'a~~b1': 'backfill',
      'a~~b2': 'live',
    });
  });

  it('keeps what a service was, and derives its impacts anew', async () => {
    await story.hour(0, { 'web>pay': 'external' });
    const impacts = () =>
      graph.cypher('MATCH (a)-[i:IMPACTS]->(b) RETURN a.id AS a, b.id AS b, i.severity AS how');
    expect(await impacts()).toEqual([{ a: 'pay', b: 'web', how: 'down' }]);
    const queries = createQueries(graph.database, { now: () => endOf(99) });
    const owner = async (at?: number) => (await queries.service(everything, 'pay', at)).service;
    expect(await owner()).toMatchObject({ team: null, criticality: null });
    await graph.cypher(
      "MATCH (s:Service {id: 'pay'}) SET s.team = 'money', s.criticality = 'high'",
    );
    await story.hour(1, { 'pay>bank': 'sync' });
    expect(await owner()).toMatchObject({ team: 'money', criticality: 'high' });
    expect(await owner(endOf(0))).toMatchObject({ team: 'money', criticality: 'high' });
    expect(await impacts()).toHaveLength(2);
    expect((await changesOf('pay')).map(([type]) => type)).toEqual([
      'service.discovered',
      'service.changed',
    ]);
    expect((await queries.service(everything, 'pay', endOf(0))).service.kind).toBe('external');
    expect((await queries.service(everything, 'pay', endOf(1))).service.kind).toBe('service');
    await expect(queries.service(everything, 'bank', endOf(0))).rejects.toMatchObject({
      code: 'ServiceNotFound',
    });
  });

  it('forgets what ended before the horizon, and keeps the state at it', async () => {
    await tellOfOld();
    const before = await present(endOf(5));
    const forgotten = await createHistoryRecords(graph.database, 2).prune(endOf(4), () => {});
    expect(forgotten).toMatchObject({ beliefs: 1 });
    expect(await present(endOf(5))).toEqual(before);
    expect(await createQueries(graph.database, { now: () => 0 }).historyFrom()).toBe(endOf(4));
    expect(await changesOf('web~~cart')).toEqual([['dependency.discovered', 0]]);
    expect((await changesOf('web~~old')).map(([type]) => type)).toEqual([
      'dependency.stale',
      'dependency.removed',
      'dependency.revived',
    ]);
    expect((await createChangeQueries(graph.database).changes(everything, 1, 10, {})).pruned).toBe(
      true,
    );
  });

  it('forgets a dependency that was gone by the horizon, with its service', async () => {
    await story.hour(0, { 'web>cart': 'sync', 'web>old': 'sync' });
    for (let index = 1; index <= 9; index += 1) await story.hour(index, { 'web>cart': 'sync' });
    await story.pass(9);
    await createHistoryRecords(graph.database, 2).prune(endOf(9), () => {});
    const left = await graph.cypher('MATCH (s:Service) RETURN s.id AS id ORDER BY id');
    expect(left).toEqual([{ id: 'cart' }, { id: 'web' }]);
    expect(await graph.cypher('MATCH ()-[o:OBSERVED]->() RETURN o.id AS id')).toHaveLength(1);
  });

  it('derives belief, past and impacts anew where they were corrupted', async () => {
    await tellOfOld();
    await story.hour(9, { 'web>cart': 'sync', 'web>cart2': 'async', 'pay>bank': 'external' });
    const rebuild = createRebuild(graph.database, 2);
    const none = { beliefs: 0, history: 0, impacts: 0 };
    expect(await rebuild.run(false, () => {})).toEqual(none);
    const links = async () =>
      (
        await graph.cypher(
          'MATCH (a)-[r:DEPENDS_ON|DEPENDED_ON|IMPACTS]->(b) RETURN a.id + b.id AS ends, type(r) AS type, r {.*, from: toString(r.from), to: toString(r.to)} AS said ORDER BY type, r.id',
        )
      ).map((row) => JSON.stringify(row));
    const whole = await links();

    await graph.cypher("MATCH ()-[d:DEPENDS_ON {id: 'web~~cart'}]->() DELETE d");
    await graph.cypher(
      "MATCH ()-[d:DEPENDS_ON {id: 'web~~cart2'}]->() SET d.modes = ['sync'], d.from = datetime()",
    );
    await graph.cypher(
      "MATCH (a {id: 'cart'}), (b {id: 'pay'}) CREATE (a)-[:DEPENDS_ON {id: 'cart~~pay', state: 'active', modes: ['sync'], criticality: 'hard', confidence: 'high', conflicts: [], from: datetime(), to: datetime('9999-12-31T00:00:00Z')}]->(b)",
    );
    await graph.cypher('MATCH ()-[d:DEPENDED_ON]->() SET d.to = datetime()');
    await graph.cypher('MATCH ()-[i:IMPACTS]->() DELETE i');
    expect(await rebuild.run(false, () => {})).not.toEqual(none);
    expect(await rebuild.run(true, () => {})).toMatchObject({ beliefs: 3 });
    expect(await rebuild.run(false, () => {})).toEqual(none);
    expect(await links()).toEqual(whole);
  });

  it('says who is hit how hard, along the strongest path', async () => {
    await story.hour(0, {
      'web>cart': 'sync',
      'cart>db': 'sync',
      'db>mirror': 'async',
      'mirror>web': 'sync',
      'mirror>report': 'async',
      'user>web': 'sync',
      'web>bank': 'external',
    });
    const impacts = createImpactQueries(graph.database);
    const hits = async (word: string, depth = 10, limit = 100) => {
      const found = await impacts.blastRadius(everything, word, depth, limit, null);
      return found.hits.map(({ service, severity, hops }) => `${service.id} ${severity} ${hops}`);
    };
    expect(await hits('db')).toEqual([
      'cart down 1',
      'web down 2',
      // It gets no more messages at once, but what it waits for is down: the stronger path counts.
      'mirror down 3',
      'user down 3',
      'report starved 2',
    ]);
    expect(await hits('db', 1)).toEqual(['cart down 1', 'mirror starved 1']);
    expect(await hits('bank')).toEqual([
      'web down 1',
      'mirror down 2',
      'user down 2',
      'report starved 3',
    ]);
    const cut = await impacts.blastRadius(everything, 'db', 10, 2, null);
    expect(cut).toMatchObject({
      hits: [{ hops: 1 }, { hops: 2 }],
      hasMore: true,
      counts: { down: 4, degraded: 0, starved: 1 },
    });
    const next = await impacts.blastRadius(everything, 'db', 10, 2, null, {
      severity: 'down',
      hops: 2,
      id: 'web',
    });
    expect(next.hits.map(({ service }) => service.id)).toEqual(['mirror', 'user']);
    const last = await impacts.blastRadius(everything, 'db', 10, 2, null, {
      severity: 'down',
      hops: 3,
      id: 'user',
    });
    expect(last).toMatchObject({ hits: [{ severity: 'starved', hops: 2 }], hasMore: false });
  });

  it('says who would have been hit at an instant, as it said then', async () => {
    const then = {
      'web>cart': 'sync',
      'cart>db': 'sync',
      'db>mirror': 'async',
      'mirror>web': 'sync',
      'mirror>report': 'async',
      'user>web': 'sync',
      'web>bank': 'external',
    } as const;
    await story.hour(0, then);
    const impacts = createImpactQueries(graph.database);
    const hits = async (at: number | null, depth = 10, limit = 100) => {
      const all = [];
      for (const word of ['db', 'bank', 'web', 'mirror', 'report']) {
        all.push(await impacts.blastRadius(everything, word, depth, limit, at));
      }
      return all;
    };
    const [whole, near, cut] = [await hits(null), await hits(null, 1), await hits(null, 10, 2)];
    expect(whole.map((one) => one.hits.length)).toEqual([5, 4, 3, 1, 0]);
    const all = [
      [whole, await hits(endOf(0))],
      [near, await hits(endOf(0), 1)],
      [cut, await hits(endOf(0), 10, 2)],
    ] as const;
    for (const [present, past] of all) expect(past).toEqual(present);

    for (let index = 1; index <= 4; index += 1) {
      await story.hour(index, { 'web>cart': 'sync', 'web>db': 'sync' });
      await story.pass(index);
    }
    expect((await hits(null)).map((one) => one.hits.length)).toEqual([1, 0, 0, 0, 0]);
    expect(await hits(endOf(4))).toEqual(await hits(null));
    expect(await hits(endOf(0))).toEqual(whole);
    await expect(
      impacts.blastRadius(everything, 'db', 10, 100, endOf(0) - 1),
    ).rejects.toMatchObject({ code: 'ServiceNotFound' });
  });

  it('counts what differs between two instants, by namespace and team', async () => {
    await tellOfOld();
    await story.hour(9, { 'web>cart': 'sync', 'web>new': 'sync' });
    await graph.cypher("MATCH (s:Service {id: 'web'}) SET s.team = 'shop'");
    const diffs = createDiffQueries(graph.database);
    const between = async (from: number, to: number) => {
      const { differences, ...counts } = await diffs.diff(everything, endOf(from), endOf(to), 100);
      return { ...counts, ids: differences.map(({ id }) => id) };
    };
    expect(await between(0, 4)).toMatchObject({ added: 0, removed: 0, changed: 1 });
    expect(await between(0, 6)).toMatchObject({ removed: 1, ids: ['web~~old'] });
    expect(await between(0, 8)).toMatchObject({ added: 0, removed: 0, changed: 0, ids: [] });
    expect(await between(6, 9)).toMatchObject({
      added: 2,
      ids: ['web~~new', 'web~~old'],
      namespaces: [{ environment: '', cluster: '', namespace: '', added: 2 }],
      teams: [{ team: 'shop', added: 2, removed: 0, changed: 0 }],
      hasMore: false,
    });
    const [first, rest] = await Promise.all(
      ['', 'web~~new'].map((after) => diffs.diff(everything, endOf(6), endOf(9), 1, after)),
    );
    expect(first).toMatchObject({ added: 2, differences: [{ id: 'web~~new' }], hasMore: true });
    expect(rest).toMatchObject({ added: 2, differences: [{ id: 'web~~old' }], hasMore: false });
  });

  it('explains a dependency by its evidence and its past, also when it is gone', async () => {
    await tellOfOld();
    const explain = createDependencyQueries(graph.database).explain;
    const { believed, observed, history } = await explain(everything, 'web~~old');
    expect(believed).toMatchObject({ state: 'active', fromMillis: endOf(8) });
    expect(observed).toMatchObject([
      { source: 'shop', mode: 'sync', firstSeenAtMillis: endOf(0), windowOutcome: 'complete' },
    ]);
    expect(history.map(({ state, fromMillis, toMillis }) => [state, fromMillis, toMillis])).toEqual(
      [
        ['active', endOf(8), null],
        ['stale', endOf(4), endOf(6)],
        ['active', endOf(0), endOf(4)],
      ],
    );
    for (let index = 9; index <= 14; index += 1) await story.hour(index, { 'web>cart': 'sync' });
    await story.pass(14);
    expect((await explain(everything, 'web~~old')).believed).toBeNull();
    for (const id of ['web~~nobody', 'web', '', 'web~~old~~x']) {
      await expect(explain(everything, id)).rejects.toMatchObject({ code: 'DependencyNotFound' });
    }
  });

  it('filters the feed by time, type, service and environment', async () => {
    await tellOfOld();
    const changes = createChangeQueries(graph.database);
    const found = async (filter: Parameters<typeof changes.changes>[3]) =>
      (await changes.changes(everything, 0, 100, filter)).changes.map(
        ({ type, subject }) => `${type} ${subject}`,
      );
    expect(await found({ sinceMillis: endOf(4), untilMillis: endOf(6) })).toEqual([
      'dependency.stale web~~old',
    ]);
    expect(await found({ types: ['dependency.removed', 'dependency.revived'] })).toEqual([
      'dependency.removed web~~old',
      'dependency.revived web~~old',
    ]);
    expect(await found({ service: 'cart' })).toEqual([
      'service.discovered cart',
      'dependency.discovered web~~cart',
    ]);
    expect(await found({ environment: 'elsewhere' })).toEqual([]);
    expect(await found({ sinceMillis: endOf(50) })).toEqual([]);
    await expect(changes.changes(everything, 10_000, 1, {})).rejects.toMatchObject({
      code: 'InvalidRange',
    });
  });
});
