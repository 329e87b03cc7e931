import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Reading } from '../../../src/domain/dependency.ts';
import { normalize } from '../../../src/domain/normalize.ts';
import { everything } from '../../../src/domain/view.ts';
import { createAliasRecords } from '../../../src/graph/aliases.ts';
import { createDependencyList } from '../../../src/graph/dependency-list.ts';
import { createDependencyQueries } from '../../../src/graph/dependency-queries.ts';
import { createGraphPages } from '../../../src/graph/graph-pages.ts';
import { createQueries } from '../../../src/graph/queries.ts';
import { createRebuild } from '../../../src/graph/rebuild.ts';
import { createSourceRecords } from '../../../src/graph/source-records.ts';
import { createWindowRecords } from '../../../src/graph/windows.ts';
import { endpoint, fact } from '../../domain/arbitraries.ts';
import { accountingOf, closingOf } from '../../support/accounting.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { beyla, tempo, waypoint } from '../../support/readings.ts';
import { emptied, endOf, hour, storyOf } from '../../support/story.ts';

/** What one reading of a source counts of `web>cart` in an hour, in requests per second. */
interface Counted {
  readonly source?: string;
  readonly reading?: Reading;
  readonly server?: string;
  readonly rate: number;
  readonly failingRate?: number;
}

describe('a graph of sources that are read in several ways', () => {
  let graph: TestGraph;

  beforeAll(async () => {
    graph = await openTestGraph();
  });
  afterAll(() => graph.close());
  beforeEach(() => emptied(graph));

  const windows = () => createWindowRecords(graph.database, 100);
  const queries = () => createQueries(graph.database, { now: () => endOf(9) });

  /** Writes what was counted in one hour, and closes the windows of its sources. */
  async function tell(index: number, ...all: readonly Counted[]) {
    const window = { startMillis: endOf(index) - hour, endMillis: endOf(index) };
    for (const one of all) {
      const { source = 'shop', reading = tempo, server = 'cart', rate, failingRate = 0 } = one;
      const ends = { client: endpoint('web'), server: endpoint(server) };
      const { observations } = normalize([
        fact({ ...ends, value: rate * 3600 }),
        fact({ ...ends, kind: 'failedRequests', value: failingRate * 3600 }),
      ]);
      await windows().write({ source, run: 'run-1', window, reading }, observations, () => {});
    }
    for (const source of new Set(all.map((one) => one.source ?? 'shop'))) {
      const key = { source, run: 'run-1', window };
      await windows().close(key, accountingOf('complete'), closingOf(false));
    }
  }
  const register = (id: string, callGroup: string) =>
    windows().register({ id, dialect: 'auto', intervalMillis: hour, settleMillis: 0, callGroup });

  /** The traffic of `web~~cart` wherever it is shown; all answers say the same. */
  async function traffic(id = 'web~~cart') {
    const found = [];
    const pages = createGraphPages(graph.database).pages({
      view: everything,
      at: null,
      filter: {},
      topologyOnly: false,
    });
    for await (const page of pages) found.push(...page.dependencies);
    found.push(...(await queries().graph(everything)).dependencies);
    const list = createDependencyList(graph.database, queries());
    found.push(...(await list.page(everything, {}, '', 10, null)).dependencies);
    for (const [word, direction] of [
      ['web', 'downstream'],
      ['cart', 'upstream'],
    ] as const) {
      found.push(...(await queries().dependencies(everything, word, direction, 1)).dependencies);
    }
    const rows = found.filter((row) => row.id === id);
    expect(rows).toHaveLength(5);
    const numbers = rows.map(({ requestsPerSecond, errorRatio }) => ({
      requestsPerSecond,
      errorRatio,
    }));
    const { traffic: explained } = await explain(id);
    const { requestsPerSecond, errorRatio } = explained;
    for (const one of numbers) expect(one).toEqual({ requestsPerSecond, errorRatio });
    const from = explained.parts.map(({ sources, taken }) =>
      [sources.join('+'), taken.source, taken.dialect, taken.variant ?? ''].join(' ').trim(),
    );
    return { requestsPerSecond, errorRatio, from };
  }
  const explain = (id: string) => createDependencyQueries(graph.database).explain(everything, id);
  const idsOfEvidence = async () =>
    (await graph.cypher('MATCH ()-[o:OBSERVED]->() RETURN o.id AS id ORDER BY id')).map(
      ({ id }) => id,
    );

  it('has one dependency with evidence of each reading, and the larger traffic', async () => {
    await tell(
      0,
      { rate: 2, failingRate: 1 },
      { reading: beyla, rate: 4, failingRate: 1 },
      { reading: waypoint, rate: 3 },
    );
    expect(await traffic()).toEqual({
      requestsPerSecond: 4,
      errorRatio: 0.25,
      from: ['shop shop beyla'],
    });
    const { observed } = await explain('web~~cart');
    expect(
      observed.map(({ dialect, variant, requestsPerSecond }) => [
        dialect,
        variant,
        requestsPerSecond,
      ]),
    ).toEqual([
      ['beyla', null, 4],
      ['istio', 'waypoint', 3],
      ['tempo', null, 2],
    ]);
    expect(await idsOfEvidence()).toEqual([
      'shop|beyla|sync|web~~cart',
      'shop|istio/waypoint|sync|web~~cart',
      'shop|tempo|sync|web~~cart',
    ]);
  });

  it('leaves out a reading that the latest window does not have', async () => {
    await tell(0, { rate: 2 }, { reading: beyla, rate: 4 });
    await tell(1, { rate: 3 });
    expect(await traffic()).toMatchObject({ requestsPerSecond: 3, from: ['shop shop tempo'] });
  });

  it('adds sources, each of which sees calls of its own', async () => {
    await tell(0, { rate: 2, failingRate: 1 }, { source: 'mesh', reading: waypoint, rate: 6 });
    expect(await traffic()).toEqual({
      requestsPerSecond: 8,
      errorRatio: 0.125,
      from: ['mesh mesh istio waypoint', 'shop shop tempo'],
    });
  });

  it('takes the larger of sources that see the same calls, from when that is said', async () => {
    const counted = [
      { rate: 2, failingRate: 1 },
      { source: 'mesh', reading: waypoint, rate: 6 },
      { source: 'far', rate: 1 },
    ];
    await tell(0, ...counted);
    expect(await traffic()).toMatchObject({ requestsPerSecond: 9 });
    for (const id of ['mesh', 'shop']) await register(id, 'mesh');
    await register('far', 'far');
    expect(await traffic()).toEqual({
      requestsPerSecond: 7,
      errorRatio: 0,
      from: ['far far tempo', 'mesh+shop mesh istio waypoint'],
    });
  });

  it('shows no rate where requests cannot be counted, and that it was seen', async () => {
    await tell(0, { rate: 2 });
    const window = { startMillis: endOf(0), endMillis: endOf(1) };
    const ends = { client: endpoint('web'), server: endpoint('cart') };
    const { observations } = normalize([
      fact({ ...ends, value: 7 }),
      fact({ ...ends, kind: 'uncounted' }),
    ]);
    const key = { source: 'shop', run: 'run-1', window, reading: tempo };
    await windows().write(key, observations, () => {});
    await windows().close(key, accountingOf('complete'), closingOf(false));
    expect(await traffic()).toMatchObject({ requestsPerSecond: null, errorRatio: null });
    expect((await explain('web~~cart')).observed).toMatchObject([
      { lastSeenAtMillis: endOf(1), lastTrafficAtMillis: endOf(1) },
    ]);
  });

  it('moves each piece of evidence to whom an alias stands for, and joins like with like', async () => {
    await tell(
      0,
      { rate: 2 },
      { reading: beyla, rate: 4 },
      { server: 'basket', rate: 1 },
      { server: 'basket', reading: beyla, rate: 3 },
      { server: 'basket', reading: waypoint, rate: 5 },
    );
    await createAliasRecords(graph.database, 2).make('basket', 'cart', endOf(1), () => {});
    const { observed } = await explain('web~~cart');
    expect(
      observed.map(({ dialect, variant, requestsPerSecond }) => [
        dialect,
        variant,
        requestsPerSecond,
      ]),
    ).toEqual([
      ['beyla', null, 7],
      ['istio', 'waypoint', 5],
      ['tempo', null, 3],
    ]);
    expect(await traffic()).toMatchObject({ requestsPerSecond: 7 });
  });

  it('renames and retires a source with all of its readings', async () => {
    await tell(0, { rate: 2 }, { reading: waypoint, rate: 4 }, { source: 'far', rate: 1 });
    const sources = createSourceRecords(graph.database, 1);
    await sources.rename('shop', 'next', () => {});
    expect(await idsOfEvidence()).toEqual([
      'far|tempo|sync|web~~cart',
      'next|istio/waypoint|sync|web~~cart',
      'next|tempo|sync|web~~cart',
    ]);
    expect(await traffic()).toMatchObject({ requestsPerSecond: 5 });
    expect(await sources.holdings('next')).toMatchObject({ evidence: 2, onlyItsDependencies: 0 });
    await sources.retire('next', endOf(1), () => {});
    expect(await idsOfEvidence()).toEqual(['far|tempo|sync|web~~cart']);
    expect(await traffic()).toMatchObject({ requestsPerSecond: 1 });
  });

  it('has the same belief when it is derived anew', async () => {
    await tell(0, { rate: 2 }, { reading: waypoint, rate: 4 });
    const before = await graph.dump();
    await graph.cypher("MATCH ()-[d:DEPENDS_ON]->() SET d.state = 'stale'");
    await createRebuild(graph.database, 10).run(true, () => {});
    expect(await graph.dump()).toEqual(before);
  });

  it('goes on believing what one reading still shows, and does not take it for a source at fault', async () => {
    const story = storyOf(graph);
    const calls = { 'web>cart': 'sync', 'web>db': 'sync' } as const;
    await story.hour(0, calls, { reading: beyla });
    for (let index = 0; index <= 4; index += 1) await story.hour(index, calls);
    const breaker = { ratio: 0.2, atLeast: 1 };
    expect(await story.pass(4, { breaker })).toEqual({
      fresh: 2,
      unseen: 0,
      tripped: false,
      stale: 0,
      removed: 0,
    });
    const ages = await graph.cypher(
      'MATCH ()-[o:OBSERVED]->() RETURN o.dialect AS dialect, o.staleAt IS NOT NULL AS stale ORDER BY dialect, o.id',
    );
    expect(ages.map(({ dialect, stale }) => [dialect, stale])).toEqual([
      ['beyla', true],
      ['beyla', true],
      ['tempo', false],
      ['tempo', false],
    ]);
    for (let index = 5; index <= 8; index += 1) await story.hour(index, { 'web>db': 'sync' });
    expect(await story.pass(8, { breaker })).toMatchObject({ unseen: 1, tripped: true });
    expect(await story.pass(8, { breaker, override: true })).toMatchObject({ stale: 1 });
  });

  describe('that was written before readings were told apart', () => {
    /** As the graph was: ids without a reading, and no dialect. */
    const forget = () =>
      graph.cypher(
        `MATCH ()-[o:OBSERVED]->()
         SET o.id = o.source + '|' + o.mode + '|' + startNode(o).id + '~~' + endNode(o).id
         REMOVE o.dialect, o.variant`,
      );
    const readAs = (
      source: string,
      index: number,
      dialect: string | null,
      variant: string | null,
    ) =>
      graph.cypher(
        `MATCH (w:Window {source: $source}) WHERE w.end = datetime({epochMillis: $end})
         SET w.dialect = $dialect, w.dialectVariant = $variant`.replaceAll(
          '$end',
          String(endOf(index)),
        ),
        { source, dialect, variant },
      );

    it('takes the reading of the newest window that has one, once', async () => {
      for (const index of [0, 1, 2]) {
        await tell(index, { rate: 2 }, { source: 'mesh', rate: 1 }, { source: 'old', rate: 4 });
      }
      await readAs('shop', 0, 'tempo', null);
      await readAs('shop', 1, 'otel-collector', 'lab_');
      await readAs('shop', 2, null, null);
      for (const index of [0, 1, 2]) await readAs('mesh', index, 'istio', 'destination');
      for (const index of [0, 1, 2]) await readAs('old', index, null, null);
      await forget();
      expect(await traffic()).toMatchObject({ requestsPerSecond: 7 });

      await graph.database.applySchema();
      const expected = [
        'mesh|istio/destination|sync|web~~cart',
        'old|tempo|sync|web~~cart',
        'shop|otel-collector/lab_|sync|web~~cart',
      ];
      expect(await idsOfEvidence()).toEqual(expected);
      expect(await traffic()).toEqual({
        requestsPerSecond: 7,
        errorRatio: 0,
        from: ['mesh mesh istio destination', 'old old tempo', 'shop shop otel-collector lab_'],
      });
      const before = await graph.dump();
      await graph.database.applySchema();
      expect(await graph.dump()).toEqual(before);

      await tell(3, { reading: { dialect: 'otel-collector', variant: 'lab_' }, rate: 9 });
      expect(await idsOfEvidence()).toEqual(expected);
    });

    it('loses no sighting of a worker of the old version that wrote once more', async () => {
      await tell(0, { rate: 2 });
      await tell(1, { rate: 2 });
      await readAs('shop', 1, 'tempo', null);
      await forget();
      await tell(3, { rate: 5 });
      expect(await idsOfEvidence()).toHaveLength(2);
      await graph.database.applySchema();
      expect((await explain('web~~cart')).observed).toMatchObject([
        {
          dialect: 'tempo',
          firstSeenAtMillis: endOf(0),
          lastSeenAtMillis: endOf(3),
          staleAtMillis: null,
          requestsPerSecond: 5,
        },
      ]);
      expect(await idsOfEvidence()).toEqual(['shop|tempo|sync|web~~cart']);
    });
  });
});
