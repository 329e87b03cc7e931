import fc from 'fast-check';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../../src/api/app.ts';
import { dependencyId, modes } from '../../../src/domain/dependency.ts';
import type { Observation } from '../../../src/domain/observation.ts';
import type { ServiceKind } from '../../../src/domain/service.ts';
import { createAliasRecords } from '../../../src/graph/aliases.ts';
import { createHistoryRecords } from '../../../src/graph/history.ts';
import { createRebuild } from '../../../src/graph/rebuild.ts';
import { createServiceRecords } from '../../../src/graph/service-records.ts';
import { createSourceRecords } from '../../../src/graph/source-records.ts';
import { createStalePasses } from '../../../src/graph/stale-passes.ts';
import { createTokenQueries } from '../../../src/graph/token-queries.ts';
import { createWindowRecords } from '../../../src/graph/windows.ts';
import { AppError } from '../../../src/runtime/errors.ts';
import { accountingOf, closingOf } from '../../support/accounting.ts';
import { askingOf } from '../../support/asking.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { tempo } from '../../support/readings.ts';

/** How many sequences of writes are run; each on a graph of its own. */
const numRuns = Number(process.env.TOKEN_SEQUENCES ?? 2);
const hour = 3_600_000;
const epoch = Date.UTC(2026, 0, 1);
const now = epoch + 100 * hour;
const iso = (millis: number) => new Date(millis).toISOString();
const batchRows = 2;

const service = (name: string, kind: ServiceKind) => ({
  id: name,
  environment: '',
  cluster: '',
  namespace: '',
  name,
  kind,
});
const anyObservation: fc.Arbitrary<Observation> = fc
  .record({
    mode: fc.constantFrom(...modes),
    client: fc.constantFrom('a', 'b'),
    server: fc.constantFrom('b', 'c'),
    serverKind: fc.constantFrom<ServiceKind>('service', 'external', 'database'),
    requests: fc.constantFrom(0, 10, 20),
  })
  .map(({ mode, client, server, serverKind, requests }) => ({
    dependencyId: dependencyId(client, server),
    client: service(client, 'service'),
    server: service(server, serverKind),
    mode,
    connectionTypes: [serverKind],
    requests,
    failedRequests: 0,
    listed: false,
  }));

/** What the API answers about a graph that every kind of write may have changed. */
const questions = [
  '/api/v1/graph',
  '/api/v1/graph?view=topology',
  '/api/v1/graph?format=ndjson',
  '/api/v1/graph?format=mermaid',
  '/api/v1/graph?format=dot&view=topology&focus=b',
  `/api/v1/graph?view=topology&at=${iso(epoch + 2 * hour)}`,
  `/api/v1/graph?format=csv&at=${iso(epoch + 3 * hour)}`,
  `/api/v1/graph?format=ndjson&view=topology&at=97h`,
  '/api/v1/services',
  '/api/v1/services/b',
  `/api/v1/services/c?at=${iso(epoch + 2 * hour)}`,
  '/api/v1/services/a/dependencies?depth=3',
  '/api/v1/services/c/blast-radius',
  '/api/v1/dependencies/a~~b',
  '/api/v1/dependencies/a~~c',
  `/api/v1/diff?from=${iso(epoch + 2 * hour)}`,
  '/api/v1/changes',
  '/api/v1/windows',
  '/api/graph/data',
  '/api/dependencies',
  '/api/services',
  '/api/v2/dependencies',
];

describe('the ETags of a real graph', () => {
  let graph: TestGraph;
  let app: ReturnType<typeof createApp>;

  beforeAll(async () => {
    graph = await openTestGraph();
    app = createApp({
      ...askingOf(graph.database, () => now),
      runs: {
        start: () => Promise.reject(new Error('not asked')),
        find: () => Promise.reject(new Error('not asked')),
        page: () => Promise.reject(new Error('not asked')),
      },
      readiness: {},
      isShuttingDown: () => false,
      logger: pino({ level: 'silent' }),
      registry: new Registry(),
      version: '0.0.0',
      now: () => now,
    });
  });
  afterAll(() => graph.close());

  interface Answer {
    readonly etag: string | null;
    readonly body: string;
  }
  async function ask(question: string, etag?: string): Promise<Answer & { status: number }> {
    const headers = etag === undefined ? {} : { 'If-None-Match': etag };
    const response = await app.request(question, { headers });
    const body = (await response.text()).replace(/"requestId":"[^"]*"/, '');
    return { status: response.status, etag: response.headers.get('etag'), body };
  }

  async function observe(
    source: string,
    index: number,
    observations: readonly Observation[],
    late: boolean,
  ) {
    const windows = createWindowRecords(graph.database, batchRows);
    const window = { startMillis: epoch + index * hour, endMillis: epoch + (index + 1) * hour };
    const key = { source, run: 'run-1', window, late };
    const { version } = await createAliasRecords(graph.database, batchRows).read();
    await windows.write({ ...key, reading: tempo, aliasVersion: version }, observations, () => {});
    await windows.close(key, accountingOf('complete'), closingOf(late));
  }

  const ignore = () => {};
  const source = fc.constantFrom('x', 'y');
  const name = fc.constantFrom('a', 'b', 'c');
  type Write = { readonly said: string; run(): Promise<unknown> };

  /** Every command by which the product changes the graph. */
  const anyWrite: fc.Arbitrary<Write> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .tuple(
          source,
          fc.nat(6),
          fc.uniqueArray(anyObservation, {
            minLength: 1,
            maxLength: 3,
            selector: ({ mode, dependencyId: id }) => `${mode} ${id}`,
          }),
          fc.boolean(),
        )
        .map(([of, index, all, late]) => ({
          said: `observe ${of} ${index} ${late} ${all.map((one) => `${one.dependencyId}/${one.mode}/${one.server.kind}/${one.requests}`)}`,
          run: () => observe(of, index, all, late),
        })),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(source, fc.integer({ min: 4, max: 30 })).map(([of, hours]) => ({
        said: `pass ${of} ${hours}`,
        run: () =>
          createStalePasses(graph.database, batchRows).pass(
            {
              source: of,
              context: 'live',
              run: 'run-1',
              nowMillis: epoch + hours * hour,
              limits: { staleMillis: hour, removeMillis: hour },
              breaker: { ratio: 1, atLeast: 1 },
              override: true,
            },
            ignore,
          ),
      })),
    },
    fc.tuple(name, name).map(([alias, id]) => ({
      said: `alias ${alias} ${id}`,
      run: () => createAliasRecords(graph.database, batchRows).make(alias, id, now, ignore),
    })),
    name.map((alias) => ({
      said: `unalias ${alias}`,
      run: () => createAliasRecords(graph.database, batchRows).remove(alias),
    })),
    name.map((id) => ({
      said: `delete ${id}`,
      run: () => createServiceRecords(graph.database, batchRows).delete([id], now, ignore),
    })),
    source.map((of) => ({
      said: `retire ${of}`,
      run: () => createSourceRecords(graph.database, batchRows).retire(of, now, ignore),
    })),
    source.map((of) => ({
      said: `rename ${of}`,
      run: () => createSourceRecords(graph.database, batchRows).rename(of, 'z', ignore),
    })),
    fc.integer({ min: 1, max: 8 }).map((hours) => ({
      said: `prune ${hours}`,
      run: () => createHistoryRecords(graph.database, 3).prune(epoch + hours * hour, ignore),
    })),
    source.map((of) => ({
      said: `register ${of}`,
      run: () =>
        createWindowRecords(graph.database, batchRows).register({
          id: `${of}2`,
          dialect: 'tempo',
          callGroup: `${of}2`,
          intervalMillis: hour,
          settleMillis: 0,
        }),
    })),
    source.map((of) => ({
      said: `begin ${of}`,
      run: () => createWindowRecords(graph.database, batchRows).begin(`${of}3`, epoch, null),
    })),
    fc.constant({
      said: 'rebuild',
      run: () => createRebuild(graph.database, 10).run(true, ignore),
    }),
    fc.constant({ said: 'migrate', run: () => graph.database.applySchema() }),
  );

  /** What is damaged past the product, for a rebuild to mend. */
  const damage = `MATCH ()-[d:DEPENDS_ON]->() SET d.state = 'stale' WITH d LIMIT 1 DELETE d`;

  async function askAll(): Promise<Map<string, Answer>> {
    return new Map(
      await Promise.all(
        questions.map(async (question) => [question, await ask(question)] as const),
      ),
    );
  }

  function expectTold(before: Map<string, Answer>, after: Map<string, Answer>, said: string) {
    for (const [question, was] of before) {
      const is = after.get(question);
      if (was.etag === null || is?.body === was.body) continue;
      expect(is?.etag, `${said}: ${question}`).not.toBe(was.etag);
    }
  }

  it(`are others after every write that changes the answer, in ${numRuns} sequences of writes`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyWrite, { minLength: 4, maxLength: 8 }), async (writes) => {
        await graph.clear();
        await graph.cypher('MATCH (n:Graph) DELETE n');
        await graph.database.applySchema();
        let before = await askAll();
        for (const { said, run } of writes) {
          if (said === 'rebuild') {
            await graph.cypher(damage);
            before = await askAll();
          }
          await run().catch((error: unknown) => {
            // What cannot be done is refused, and may have been done in part.
            if (!(error instanceof AppError)) throw error;
          });
          const after = await askAll();
          expectTold(before, after, said);
          before = after;
        }
      }),
      { numRuns, endOnFailure: true },
    );
  }, 300_000);

  const twice = (requests: number): Observation[] => [
    {
      dependencyId: 'a~~b',
      client: service('a', 'service'),
      server: service('b', 'service'),
      mode: 'sync',
      connectionTypes: [''],
      requests,
      failedRequests: 0,
      listed: false,
    },
  ];

  async function freshGraph() {
    await graph.clear();
    await graph.cypher('MATCH (n:Graph) DELETE n');
    await graph.database.applySchema();
    await observe('x', 0, twice(10), false);
  }

  it('answer 304 until something is written, and of the topology until belief changes', async () => {
    await freshGraph();
    const traffic = await ask('/api/v1/graph');
    const topology = await ask('/api/v1/graph?view=topology');
    const again = async (question: string, { etag }: Answer) =>
      (await ask(question, etag ?? '')).status;
    expect(await again('/api/v1/graph', traffic)).toBe(304);
    expect(await again('/api/v1/graph?view=topology', topology)).toBe(304);

    await observe('x', 1, twice(20), false);
    expect(await again('/api/v1/graph', traffic)).toBe(200);
    expect(await again('/api/v1/graph?view=topology', topology)).toBe(304);

    await observe('x', 2, [{ ...(twice(20)[0] as Observation), mode: 'async' }], false);
    expect(await again('/api/v1/graph?view=topology', topology)).toBe(200);
  });

  it('never come back, even where the same is written again after a backup was restored', async () => {
    await freshGraph();
    const tokens = createTokenQueries(graph.database);
    const [backup] = await graph.cypher("MATCH (g:Graph {id: 'graph'}) RETURN properties(g) AS g");
    const seen = new Set<string>();
    for (let time = 0; time < 3; time += 1) {
      await graph.clear();
      await graph.cypher("MATCH (g:Graph {id: 'graph'}) SET g = $g", { g: backup?.g });
      await observe('x', 1, twice(20), false);
      const read = await tokens.tokens();
      for (const token of [read?.belief ?? '', read?.evidence ?? '']) seen.add(token);
    }
    expect(seen.size).toBe(6);
    expect([...seen].every((token) => token.length > 30)).toBe(true);
  });

  it('move nothing with a transaction that is rolled back', async () => {
    await freshGraph();
    const tokens = createTokenQueries(graph.database);
    const before = await tokens.tokens();
    await expect(
      graph.database.write(async (transaction) => {
        await transaction.run('ingest/delete-beliefs', { ids: ['a~~b'] });
        throw new Error('given up');
      }),
    ).rejects.toThrow('given up');
    expect(await tokens.tokens()).toEqual(before);
  });
});
