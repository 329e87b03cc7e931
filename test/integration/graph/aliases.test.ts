import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createNormalizer } from '../../../src/domain/normalize.ts';
import type { PairFact } from '../../../src/domain/observation.ts';
import { everything } from '../../../src/domain/view.ts';
import { type AliasRecords, createAliasRecords } from '../../../src/graph/aliases.ts';
import { createQueries } from '../../../src/graph/queries.ts';
import { createServiceRecords } from '../../../src/graph/service-records.ts';
import { createWindowRecords, type WindowRecords } from '../../../src/graph/windows.ts';
import { AppError } from '../../../src/runtime/errors.ts';
import { endpoint, fact } from '../../domain/arbitraries.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { tempo } from '../../support/readings.ts';
import { epoch } from '../../support/recording.ts';

const now = (epoch + 86_400) * 1000;
const call = (client: string, server: string, value = 900): PairFact =>
  fact({ client: endpoint(client), server: endpoint(server), value });

describe("the operator's word about services", () => {
  let graph: TestGraph;
  let windows: WindowRecords;
  let aliases: AliasRecords;
  const queries = () => createQueries(graph.database, { now: () => now });

  beforeAll(async () => {
    graph = await openTestGraph();
    windows = createWindowRecords(graph.database, 3);
    aliases = createAliasRecords(graph.database, 2);
  });
  afterAll(() => graph.close());

  beforeEach(async () => {
    await graph.clear();
    await graph.cypher('MATCH (n:Graph) DELETE n');
    await graph.database.applySchema();
    await graph.cypher("CREATE (:Run {id: 'run-1', servicesCreated: 0, dependenciesCreated: 0})");
    await graph.cypher("MERGE (:Source {id: 'shop'})");
  });

  /** Writes a quarter of an hour as an activity does: with the aliases there are. */
  async function write(
    index: number,
    facts: readonly PairFact[],
    source = 'shop',
    reading = tempo,
  ) {
    const table = await aliases.read();
    const normalizer = createNormalizer(table.aliases);
    for (const one of facts) normalizer.add(one);
    const startMillis = (epoch + index * 900) * 1000;
    const window = { startMillis, endMillis: startMillis + 900_000 };
    const key = { source, run: 'run-1', window, aliasVersion: table.version, reading };
    await windows.write(key, normalizer.finish().observations, () => {});
  }

  const make = (alias: string, id: string) => aliases.make(alias, id, now, () => {});
  const codeOf = async (work: Promise<unknown>) => {
    const error = await work.then(
      () => null,
      (caught: unknown) => caught,
    );
    return error instanceof AppError ? error.code : error;
  };
  const evidence = async () =>
    (await graph.cypher(
      'MATCH (c)-[o:OBSERVED]->(s) RETURN c.id AS c, s.id AS s, o.id AS id, o.requestsPerSecond AS rate ORDER BY id',
    )) as { c: string; s: string; id: string; rate: number }[];
  const beliefs = async () =>
    (await graph.cypher('MATCH ()-[d:DEPENDS_ON]->() RETURN d.id AS id ORDER BY id')).map(
      ({ id }) => id,
    );

  it('moves evidence and belief to the other, and adds up what both had', async () => {
    const facts = [
      call('web', 'old'),
      call('web', 'new', 1800),
      ...['a', 'b', 'c', 'd'].map((server) => call('old', server)),
    ];
    await write(0, facts);
    await make('old', 'new');
    expect(await evidence()).toEqual([
      ...['a', 'b', 'c', 'd'].map((s) => ({
        c: 'new',
        s,
        id: `shop|tempo|sync|new~~${s}`,
        rate: 1,
      })),
      { c: 'web', s: 'new', id: 'shop|tempo|sync|web~~new', rate: 3 },
    ]);
    expect(await beliefs()).toEqual(['new~~a', 'new~~b', 'new~~c', 'new~~d', 'web~~new']);
    expect(
      await graph.cypher("MATCH (s:Service {id: 'old'}) RETURN s.removedAt.epochMillis AS at"),
    ).toEqual([{ at: now }]);
  });

  it('leaves what it would have been had the names always been one', async () => {
    const facts = [call('web', 'old'), call('old', 'db'), call('new', 'db'), call('old', 'new')];
    const pairs = async () => (await evidence()).map(({ id, rate }) => [id, rate]);
    await write(0, facts);
    await make('old', 'new');
    const moved = await pairs();
    await graph.cypher("MATCH (s:Service) WHERE s.id <> 'new' DETACH DELETE s");
    await graph.cypher('MATCH ()-[r:OBSERVED|DEPENDS_ON|IMPACTS]->() DELETE r');
    await write(0, facts);
    expect(moved).toEqual(await pairs());
  });

  it('answers to the old id, and to no other name of it', async () => {
    await write(0, [call('web', 'old'), call('web', 'new')]);
    await make('old', 'new');
    expect((await queries().service(everything, 'old')).service.id).toBe('new');
    const reached = await queries().dependencies(everything, 'old', 'upstream', 1);
    expect(reached.dependencies.map(({ id }) => id)).toEqual(['web~~new']);
  });

  it('lets later windows count for the other', async () => {
    await write(0, [call('web', 'old'), call('web', 'new')]);
    await make('old', 'new');
    await write(1, [call('web', 'old', 450), call('web', 'new', 450)]);
    expect(await evidence()).toMatchObject([{ id: 'shop|tempo|sync|web~~new', rate: 1 }]);
  });

  it('leaves no evidence of the old one by a writer that was under way', async () => {
    await write(0, [call('web', 'old'), call('web', 'new')]);
    const { version } = await aliases.read();
    const normalizer = createNormalizer();
    normalizer.add(call('web', 'old'));
    const startMillis = (epoch + 900) * 1000;
    const window = { startMillis, endMillis: startMillis + 900_000 };
    const key = { source: 'shop', run: 'run-1', window, aliasVersion: version, reading: tempo };
    await make('old', 'new');
    const late = windows.write(key, normalizer.finish().observations, () => {});
    expect(await codeOf(late)).toBe('AliasesChanged');
    expect(await evidence()).toHaveLength(1);
  });

  it('never mixes names while writers and aliases race', async () => {
    const facts = Array.from({ length: 12 }, (_, index) => call('old', `server-${index}`));
    await write(0, [...facts, call('new', 'server-0')]);
    const writer = (async () => {
      for (let index = 1; index <= 15; index += 1) {
        while ((await codeOf(write(index, facts))) === 'AliasesChanged');
      }
    })();
    await make('old', 'new');
    await writer;
    const all = await evidence();
    expect(all.filter(({ c, s }) => c === 'old' || s === 'old')).toEqual([]);
    expect(all).toHaveLength(12);
    expect(await beliefs()).toHaveLength(12);
  });

  it('makes chains short', async () => {
    await write(0, [call('a', 'x'), call('b', 'x'), call('c', 'x')]);
    await make('a', 'b');
    await make('b', 'c');
    const { aliases: table } = await aliases.read();
    expect([...table].map(([alias, { id }]) => [alias, id])).toEqual([
      ['a', 'c'],
      ['b', 'c'],
    ]);
    expect(await beliefs()).toEqual(['c~~x']);
  });

  it('refuses what would lead nowhere', async () => {
    await write(0, [call('a', 'x'), call('b', 'x'), call('c', 'x')]);
    expect(await codeOf(make('a', 'a'))).toBe('InvalidAlias');
    await make('a', 'b');
    expect(await codeOf(make('a', 'c'))).toBe('InvalidAlias');
    expect(await codeOf(make('b', '~user'))).toBe('InvalidAlias');
    expect(await codeOf(aliases.remove('c'))).toBe('InvalidAlias');
    expect(await codeOf(queries().service(everything, 'nobody'))).toBe('ServiceNotFound');
  });

  it('does not turn round an alias that was cut off in the middle', async () => {
    await write(0, [call('old', 'a'), call('old', 'b'), call('old', 'c'), call('new', 'a')]);
    const broken = aliases.make('old', 'new', now, () => {
      throw new Error('cut off');
    });
    await expect(broken).rejects.toThrow('cut off');
    expect(await codeOf(make('new', 'old'))).toBe('InvalidAlias');
    expect(await codeOf(make('a', 'old'))).toBe('InvalidAlias');
    const { aliases: table } = await aliases.read();
    expect([...table].map(([alias, { id }]) => [alias, id])).toEqual([['old', 'new']]);
  });

  it('loses nothing to a service that is gone', async () => {
    await write(0, [call('web', 'old')]);
    expect(await codeOf(make('old', 'gone'))).toBe('InvalidAlias');
    expect(await beliefs()).toEqual(['web~~old']);
    expect((await aliases.read()).aliases.size).toBe(0);
  });

  it('gives the other the stronger kind and the earlier sighting', async () => {
    const virtual = fact({
      client: endpoint('web'),
      server: endpoint('new'),
      connectionType: 'virtual_node',
      virtualSide: 'server',
      value: 900,
    });
    await write(0, [call('web', 'old')]);
    await write(1, [virtual]);
    await make('old', 'new');
    const { service } = await queries().service(everything, 'new');
    expect(service).toMatchObject({ kind: 'service', virtual: false });
    expect(service.firstSeenAtMillis).toBe((epoch + 900) * 1000);
  });

  it('finishes when it is repeated what was cut off in the middle', async () => {
    await write(0, [call('old', 'a'), call('old', 'b'), call('old', 'c'), call('new', 'a')]);
    let cut = 0;
    const broken = aliases.make('old', 'new', now, () => {
      cut += 1;
      throw new Error('cut off');
    });
    await expect(broken).rejects.toThrow('cut off');
    expect(cut).toBe(1);
    await make('old', 'new');
    expect(await beliefs()).toEqual(['new~~a', 'new~~b', 'new~~c']);
  });

  it('takes an alias back for what comes', async () => {
    await write(0, [call('web', 'old'), call('web', 'new')]);
    await make('old', 'new');
    await aliases.remove('old');
    await write(1, [call('web', 'old')]);
    expect(await beliefs()).toEqual(['web~~new', 'web~~old']);
  });

  describe('that services never were', () => {
    const services = () => createServiceRecords(graph.database, 2);
    const inLab = (name: string) => ({ ...endpoint(name), environment: 'lab' });
    const all = [
      call('web', 'api'),
      call('api', 'db'),
      fact({ client: inLab('web'), server: inLab('api') }),
      fact({ client: inLab('api'), server: endpoint('db') }),
    ];

    it('deletes one with all that is known of it', async () => {
      await write(0, all);
      const holdings = await services().holdings({ id: 'api' });
      expect(holdings).toEqual({ ids: ['api'], evidence: 2, dependencies: 2 });
      await services().delete(holdings.ids, now, () => {});
      expect(await beliefs()).toEqual(['lab:::api~~db', 'lab:::web~~lab:::api']);
      expect(await codeOf(queries().service(everything, 'api'))).toBeNull();
      expect((await queries().service(everything, 'api')).service.environment).toBe('lab');
    });

    it('deletes an environment, and it comes back as new when it is seen again', async () => {
      await write(0, all);
      const holdings = await services().holdings({ environment: 'lab' });
      expect(holdings).toMatchObject({ evidence: 2, dependencies: 2 });
      const progress: number[] = [];
      await services().delete(holdings.ids, now, (deleted) => progress.push(deleted));
      expect(progress).toEqual([1, 2]);
      expect(await beliefs()).toEqual(['api~~db', 'web~~api']);
      await write(1, all);
      expect(await beliefs()).toHaveLength(4);
    });
  });
});
