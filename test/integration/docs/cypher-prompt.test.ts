import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';

const prompt = fileURLToPath(new URL('../../../dev/cypher.mjs', import.meta.url));

describe('dev/cypher.mjs', () => {
  let graph: TestGraph;
  beforeAll(async () => {
    graph = await openTestGraph();
    await graph.cypher(
      "CREATE (:Service {id: 'a', firstSeenAt: datetime('2026-01-01T00:00:00Z')})-[:CALLS {times: 3}]->(:Service {id: 'b'})",
    );
  });
  afterAll(() => graph.close());

  const ask = (...args: string[]) => {
    const env = { PATH: process.env.PATH, NEO4J_URI: inject('neo4jUri') };
    const { status, stdout, stderr } = spawnSync(process.execPath, [prompt, ...args], {
      env,
      encoding: 'utf8',
    });
    return { status, rows: stdout.split('\n').filter((line) => line !== ''), stderr };
  };

  it('answers a row a line', () => {
    const { status, rows } = ask(
      'MATCH (a {id: $id})-[c]->(b) RETURN a, c, b.id AS server, count(*) AS n',
      'id=a',
    );
    expect(status).toBe(0);
    expect(rows.map((row) => JSON.parse(row))).toEqual([
      { a: { id: 'a', firstSeenAt: '2026-01-01T00:00:00Z' }, c: { times: 3 }, server: 'b', n: 1 },
    ]);
  });

  it('writes nothing', async () => {
    const { status, stderr } = ask('MATCH (n) DETACH DELETE n');
    expect(status).toBe(1);
    expect(stderr).toMatch(/write/i);
    expect(await graph.cypher('MATCH (n:Service) RETURN n')).toHaveLength(2);
  });

  it('says how it is used, and what is wrong with the Cypher', () => {
    expect(ask()).toMatchObject({ status: 1, stderr: expect.stringContaining('usage:') });
    expect(ask('MATCH (n RETURN n')).toMatchObject({ status: 1, rows: [] });
  });
});
