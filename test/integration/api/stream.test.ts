import { get as httpGet, type IncomingMessage } from 'node:http';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { writeLargeGraph } from '../../../bench/stand/large-graph.ts';
import { createApp } from '../../../src/api/app.ts';
import { type HttpServer, listen } from '../../../src/api/http-server.ts';
import { createDatabase, type Database, openDriver } from '../../../src/graph/database.ts';
import { loadStatements } from '../../../src/graph/statements.ts';
import { askingOf } from '../../support/asking.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';

const dependencies = 12_000;
const services = 600;

describe('the stream of a large graph', () => {
  let graph: TestGraph;
  let database: Database;
  let server: HttpServer;
  /** The pages of the graph that were read. */
  let pages = 0;

  beforeAll(async () => {
    graph = await openTestGraph();
    const connection = { uri: inject('neo4jUri'), user: 'neo4j', password: undefined };
    const writer = openDriver(connection);
    await writeLargeGraph(writer, { services, dependencies });
    await writer.close();
    database = createDatabase({
      driver: openDriver(connection),
      database: 'neo4j',
      statements: loadStatements(),
      onStatement: (name) => {
        if (name === 'query/graph-page') pages += 1;
      },
    });
    const logger = pino({ level: 'silent' });
    const never = () => Promise.reject(new Error('not asked'));
    const app = createApp({
      ...askingOf(database, Date.now),
      runs: { start: never, find: never, page: never },
      readiness: {},
      isShuttingDown: () => false,
      logger,
      registry: new Registry(),
      version: '0.0.0',
      now: Date.now,
    });
    server = await listen(app, { host: '127.0.0.1', port: 0, logger });
  });
  afterAll(async () => {
    await server.close();
    await database.close();
    await graph.close();
  });

  const url = (query: string) => `${server.url}/api/v1/graph?${query}`;

  it('tells of each dependency once, each service before it, and ends with their number', async () => {
    const response = await fetch(url('format=ndjson'));
    expect(response.status).toBe(200);
    const lines = (await response.text()).trimEnd().split('\n');
    const all = lines.map((line): { type: string; id: string } => JSON.parse(line));
    const idsOf = (type: string) => all.filter((one) => one.type === type).map(({ id }) => id);
    expect(new Set(idsOf('dependency')).size).toBe(dependencies);
    expect(idsOf('dependency')).toHaveLength(dependencies);
    expect(idsOf('dependency')).toEqual(idsOf('dependency').toSorted());
    expect(new Set(idsOf('service')).size).toBe(services);
    expect(idsOf('service')).toHaveLength(services);
    expect(all.at(-1)).toMatchObject({ type: 'end', services, dependencies, truncated: false });
  });

  it('has the same dependencies of the past, and of a topology', async () => {
    const count = async (query: string) => {
      const response = await fetch(url(`format=csv&${query}`));
      expect(response.status, query).toBe(200);
      return (await response.text()).trimEnd().split('\r\n').length - 1;
    };
    expect(await count('view=topology')).toBe(dependencies);
    expect(await count('at=2026-03-01T12:15:00Z')).toBe(dependencies);
    expect(await count('at=2026-03-01T12:14:59Z')).toBe(0);
    expect(await count('namespace=shop&kind=service&mode=sync&state=active')).toBe(dependencies);
    for (const none of ['namespace=bank', 'kind=database', 'mode=async', 'state=stale']) {
      expect(await count(none), none).toBe(0);
    }
  });

  /** A client that does not read until it is told to. */
  function open(query: string): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      httpGet(url(query), (response) => {
        response.pause();
        resolve(response);
      }).on('error', reject);
    });
  }

  const readers = async () => {
    const rows = await graph.cypher(
      "SHOW TRANSACTIONS YIELD currentQuery WHERE currentQuery CONTAINS 'DEPENDS_ON' AND NOT currentQuery CONTAINS 'SHOW' RETURN currentQuery",
    );
    return rows.length;
  };

  it('is read on only as its client reads, and holds nothing of the database meanwhile', async () => {
    pages = 0;
    const response = await open('format=graphml');
    let before = -1;
    await vi.waitFor(
      () => {
        const isStill = before === pages;
        before = pages;
        expect(isStill).toBe(true);
      },
      { timeout: 30_000, interval: 1000 },
    );
    expect(pages).toBeLessThan(dependencies / 1000);
    expect(await readers()).toBe(0);
    // Whoever is patient gets all of it.
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
    expect(text.match(/<\/edge>/g)).toHaveLength(dependencies);
    expect(text.endsWith('</graphml>\n')).toBe(true);
  });

  it('is read no more when its client went away', async () => {
    pages = 0;
    const response = await open('format=ndjson');
    await new Promise((resolve) => response.once('data', resolve).resume());
    response.destroy();
    // A page that was being read as the client went may be counted still.
    let atEnd = -1;
    await vi.waitFor(
      async () => {
        const isStill = atEnd === pages;
        atEnd = pages;
        expect([isStill, await readers()]).toEqual([true, 0]);
      },
      { timeout: 30_000, interval: 1000 },
    );
    expect(atEnd).toBeLessThan(dependencies / 1000);
    // Another client is served meanwhile, and none of the first one's pages are read.
    expect((await fetch(`${server.url}/api/v1/services?limit=1`)).status).toBe(200);
    expect(pages).toBe(atEnd);
  });
});
