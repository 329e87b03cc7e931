import neo4j from 'neo4j-driver';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startNeo4j } from '../../../dev/stack/index.mjs';
import { temporaryDirectory } from '../../dev/temporary-directory.ts';
import { cypherByPage } from '../../support/bolt-page.ts';

const password = 'correct horse battery staple';
const refused = 'Neo.ClientError.Security.Unauthorized';

async function started(dataDir: string, secret?: string) {
  const server = await startNeo4j({ dataDir, ...(secret ? { password: secret } : {}) });
  onTestFinished(() => server.kill());
  return { ...server, port: Number(new URL(server.uri).port) };
}

async function cypher(uri: string, query: string, secret?: string) {
  const auth = secret === undefined ? undefined : neo4j.auth.basic('neo4j', secret);
  const driver = neo4j.driver(uri, auth, { disableLosslessIntegers: true });
  try {
    return (await driver.executeQuery(query)).records.map((record) => record.toObject());
  } finally {
    await driver.close();
  }
}

/** So long only what hangs takes. */
const hang = { timeout: 600_000 };

describe('Neo4j that was started with a password', () => {
  it(
    'runs no Cypher for a page in a browser, and lets nobody lock out who has the password',
    hang,
    async () => {
      const { uri, port } = await started(temporaryDirectory(), password);
      expect(await cypherByPage(port)).toBe(refused);
      expect(await cypherByPage(port, { user: 'neo4j', password: 'neo4j' })).toBe(refused);
      for (let guess = 0; guess < 10; guess += 1) {
        expect(await cypherByPage(port, { user: 'neo4j', password: `guess ${guess}` })).toBe(
          refused,
        );
      }
      expect(await cypherByPage(port, { user: 'neo4j', password })).toBe('ran');
      expect(await cypher(uri, 'RETURN 1 AS one', password)).toEqual([{ one: 1 }]);
    },
  );

  it('gives data the password that were kept without one, and keeps it', hang, async () => {
    const dataDir = temporaryDirectory();
    const open = await started(dataDir);
    expect(await cypherByPage(open.port)).toBe('ran');
    await cypher(open.uri, 'CREATE (:Thing {name: "kept"})');
    await open.stop();

    for (const name of ['at first', 'again']) {
      const closed = await started(dataDir, password);
      expect(await cypherByPage(closed.port), name).toBe(refused);
      expect(await cypher(closed.uri, 'MATCH (t:Thing) RETURN t.name AS name', password)).toEqual([
        { name: 'kept' },
      ]);
      await closed.stop();
    }
  });
});
