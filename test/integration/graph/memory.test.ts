import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { inBatches } from '../../../src/graph/batches.ts';
import { createDatabase, type Database, openDriver } from '../../../src/graph/database.ts';
import { loadStatements, parseStatement } from '../../../src/graph/statements.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';

/** Each row takes so much memory that a few of them are more than a transaction may use. */
const heavy = parseStatement(
  'test/heavy',
  `// Collects a long list for each row, and keeps that it did.
// @param {List<Map>} rows name
// @access WRITE
UNWIND $rows AS row
UNWIND range(1, 150000) AS number
WITH row, collect({name: row.name, number: number}) AS numbers
WITH collect({row: row, numbers: numbers}) AS all
UNWIND all AS one
CREATE (:Heavy {name: one.row.name, numbers: size(one.numbers)})`,
);

describe('rows that a real Neo4j has no memory for', () => {
  let graph: TestGraph;
  let database: Database;

  beforeAll(async () => {
    graph = await openTestGraph();
    const driver = openDriver({ uri: inject('neo4jUri'), user: 'neo4j', password: undefined });
    const statements = new Map([...loadStatements(), [heavy.name, heavy]]);
    database = createDatabase({ driver, database: 'neo4j', statements });
  });
  afterAll(async () => {
    await database.close();
    await graph.close();
  });

  it('are written in smaller batches, each once', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `row-${index}`);
    const tried: number[] = [];
    await inBatches(names, 8, async (batch) => {
      tried.push(batch.length);
      const rows = batch.map((name) => ({ name }));
      await database.write((transaction) => transaction.run(heavy.name, { rows }));
    });
    expect(tried[0]).toBe(8);
    expect(Math.max(...tried.slice(1))).toBeLessThan(8);
    const written = await graph.cypher('MATCH (h:Heavy) RETURN h.name AS name ORDER BY name');
    expect(written).toEqual(names.map((name) => ({ name })));
  }, 120_000);
});
