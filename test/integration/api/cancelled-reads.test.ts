import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { z } from 'zod';
import { type HttpServer, listen } from '../../../src/api/http-server.ts';
import { createDatabase, type Database, openDriver } from '../../../src/graph/database.ts';
import { parseStatement } from '../../../src/graph/statements.ts';
import { cancelledBy } from '../../../src/runtime/cancellation.ts';
import { createLogger } from '../../../src/runtime/logger.ts';
import { bodyOf, createTestApp, type ProblemBody, standing } from '../../api/doubles.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';

const logger = createLogger({ level: 'silent', process: 'test' });
/** Runs for minutes unless somebody ends it. */
const endless = parseStatement(
  'query/endless',
  `// @returns n
// @access READ
UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b
WITH a, b WHERE (a * b) % 7 = 8 RETURN count(*) AS n`,
);
const row = z.object({ n: z.number() });

describe('a read that nobody waits for', () => {
  let graph: TestGraph;
  let database: Database;
  let server: HttpServer;
  let lines: Record<string, unknown>[];

  beforeEach(async () => {
    graph = await openTestGraph();
    database = createDatabase({
      driver: openDriver({
        uri: inject('neo4jUri'),
        user: 'neo4j',
        password: undefined,
        poolSize: 1,
        acquisitionMillis: 300,
        retryMillis: 100,
      }),
      database: 'neo4j',
      statements: new Map([[endless.name, endless]]),
    });
    const made = createTestApp({
      queries: {
        graph: async () => {
          await database.read((transaction) => transaction.rows(endless.name, {}, row));
          return { services: [], dependencies: [], truncated: false, ...standing };
        },
      },
    });
    lines = made.lines;
    server = await listen(made.app, { host: '127.0.0.1', port: 0, logger });
  });

  afterEach(async () => {
    await server.close();
    await database.close();
    await graph.close();
  });

  async function running(): Promise<number> {
    const rows = await graph.cypher(
      'SHOW TRANSACTIONS YIELD currentQuery WHERE currentQuery STARTS WITH $begin RETURN currentQuery',
      { begin: 'UNWIND range(1, 100000) AS a' },
    );
    return rows.length;
  }

  const isRunning = () => vi.waitFor(async () => expect(await running()).toBe(1), 10_000);
  const hasEnded = () => vi.waitFor(async () => expect(await running()).toBe(0), 5000);

  it('ends in Neo4j soon after its client has gone', async () => {
    const client = new AbortController();
    const asked = fetch(`${server.url}/api/v1/graph`, { signal: client.signal });
    await isRunning();
    client.abort();
    await expect(asked).rejects.toThrow();
    await hasEnded();
    // Its connection, the only one, is there for others.
    expect(await database.read(async () => 'read')).toBe('read');
    await vi.waitFor(() => expect(lines).toContainEqual(expect.objectContaining({ status: 499 })));
    expect(lines.filter(({ level }) => Number(level) >= 40)).toEqual([]);
  });

  it('holds the only connection while somebody waits: others are told at once, and the health answers', async () => {
    const client = new AbortController();
    const first = fetch(`${server.url}/api/v1/graph`, { signal: client.signal });
    await isRunning();
    const startedAt = performance.now();
    const second = await fetch(`${server.url}/api/v1/graph`);
    expect(second.status).toBe(503);
    expect((await bodyOf<ProblemBody>(second)).code).toBe('GraphUnavailable');
    expect(second.headers.get('Retry-After')).toMatch(/^\d+$/);
    expect((await fetch(`${server.url}/api/v1/health`)).status).toBe(200);
    expect(performance.now() - startedAt).toBeLessThan(5000);
    client.abort();
    await expect(first).rejects.toThrow();
    await hasEnded();
  });

  it('ends with the reason it was given up for', async () => {
    const giveUp = new AbortController();
    const reason = new Error('enough');
    const reading = cancelledBy(giveUp.signal, () =>
      database.read((transaction) => transaction.rows(endless.name, {}, row)),
    );
    await isRunning();
    giveUp.abort(reason);
    await expect(reading).rejects.toBe(reason);
    await hasEnded();
  });

  it('is not begun once it was given up', async () => {
    const reason = new Error('enough');
    const work = vi.fn(async () => 1);
    const reading = cancelledBy(AbortSignal.abort(reason), () => database.read(work));
    await expect(reading).rejects.toBe(reason);
    expect(work).not.toHaveBeenCalled();
  });
});
