import neo4j from 'neo4j-driver';
import { inject } from 'vitest';
import { createDatabase, type Database, openDriver } from '../../src/graph/database.ts';
import { loadStatements } from '../../src/graph/statements.ts';

/** The real graph of the tests, empty but for the schema, and a way to look past our own code. */
export interface TestGraph {
  readonly database: Database;
  /** Runs Cypher of the test's own. */
  cypher(text: string, params?: Record<string, unknown>): Promise<Record<string, unknown>[]>;
  /** Deletes everything but the node `Graph`, in parts that a transaction has memory for. */
  clear(): Promise<void>;
  /**
   * All that ingestion writes, in a fixed order; two equal dumps are equal graphs. Digests are left
   * out: they spare work and say nothing.
   */
  dump(): Promise<{ services: unknown[]; observed: unknown[]; dependencies: unknown[] }>;
  close(): Promise<void>;
}

export async function openTestGraph(): Promise<TestGraph> {
  const uri = inject('neo4jUri');
  const driver = openDriver({ uri, user: 'neo4j', password: undefined });
  const database = createDatabase({ driver, database: 'neo4j', statements: loadStatements() });
  const cypher: TestGraph['cypher'] = async (text, params = {}) => {
    const result = await driver.executeQuery(text, params, { database: 'neo4j' });
    return result.records.map((record) => record.toObject());
  };
  async function clear(): Promise<void> {
    const parts = [
      'MATCH ()-[r]->() WITH r LIMIT 10000 DELETE r RETURN count(*) AS count',
      'MATCH (n) WHERE NOT n:Graph WITH n LIMIT 10000 DELETE n RETURN count(*) AS count',
    ];
    for (const part of parts) {
      while (Number((await cypher(part))[0]?.count) > 0);
    }
  }
  await clear();
  await cypher('MATCH (n:Graph) DELETE n');
  await database.applySchema();
  const list = async (text: string) => (await cypher(text)).map(({ row }) => plain(row));
  return {
    database,
    cypher,
    clear,
    dump: async () => ({
      services: await list('MATCH (s:Service) WITH s ORDER BY s.id RETURN properties(s) AS row'),
      observed: await list(
        'MATCH (c)-[o:OBSERVED]->(s) WITH c, o, s ORDER BY o.id RETURN {client: c.id, server: s.id, evidence: o {.*, digest: null}} AS row',
      ),
      dependencies: await list(
        'MATCH (c)-[d:DEPENDS_ON]->(s) WITH c, d, s ORDER BY d.id RETURN {client: c.id, server: s.id, belief: properties(d)} AS row',
      ),
    }),
    close: () => database.close(),
  };
}

/** Neo4j's temporal values as text, so that rows compare by value. */
function plain(value: unknown): unknown {
  if (neo4j.isDateTime(value)) return value.toString();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, inner]) => [key, plain(inner)]),
    );
  }
  return value;
}
