import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Driver } from 'neo4j-driver';
import { freePort, LOOPBACK, startNeo4j, startProcess, waitReady } from '../../dev/stack/index.mjs';
import { createDatabase, openDriver } from '../../src/graph/database.ts';
import { loadStatements } from '../../src/graph/statements.ts';
import { root } from './build-product.ts';
import type { Cleanup } from './servers.ts';
import { writeHistory } from './write-history.ts';

/** An API in a process of its own, on a graph that was written for it. */
export interface ApiStand {
  readonly url: string;
  readonly neo4jUri: string;
  readonly driver: Driver;
  readonly directory: string;
}

export interface ApiStandOptions {
  readonly services: number;
  readonly dependencies: number;
}

/** Starts Neo4j with a generated graph, and the built API; more settings of it in `env`. */
export async function startApiStand(
  { services, dependencies }: ApiStandOptions,
  env: Readonly<Record<string, string>>,
  cleanup: Cleanup,
  say: (line: string) => void,
): Promise<ApiStand> {
  const directory = mkdtempSync(join(tmpdir(), 'topolog-bench-'));
  cleanup(() => rmSync(directory, { recursive: true, force: true }));
  say('starting Neo4j');
  const neo4j = await startNeo4j({
    dataDir: join(directory, 'neo4j'),
    pageCacheMb: 256,
    log: say,
  });
  cleanup(neo4j.stop);
  const driver = openDriver({ uri: neo4j.uri, user: 'neo4j', password: undefined });
  cleanup(() => driver.close());
  const statements = loadStatements();
  await createDatabase({ driver, database: 'neo4j', statements }).applySchema();
  await writeHistory(
    driver,
    {
      services,
      dependencies,
      days: 2,
      churn: 0.016,
      impactServices: services,
      repetitions: 1,
      json: false,
    },
    async () => 0,
    say,
  );

  say('starting the API');
  const port = await freePort();
  const url = `http://${LOOPBACK}:${port}`;
  const api = await startProcess({
    name: 'the API',
    command: process.execPath,
    args: [join(root, 'dist', 'server.js')],
    cwd: directory,
    env: {
      // Nothing of the user's own environment may steer what is measured.
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_ENV: 'production',
      NEO4J_URI: neo4j.uri,
      PORT: String(port),
      LOG_LEVEL: 'warn',
      ...env,
    },
    logFile: join(directory, 'api.log'),
  });
  cleanup(api.stop);
  await waitReady(api, async () => (await fetch(`${url}/api/v1/health`)).ok);
  return { url, neo4jUri: neo4j.uri, driver, directory };
}
