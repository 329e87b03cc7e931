import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ensureServer, startNeo4j, startTemporal } from '../dev/stack/index.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    temporalAddress: string;
    neo4jUri: string;
  }
}

/** Starts one real Temporal and one real Neo4j, with throw-away data, for all tests that need them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'topolog-test-'));
  const log = (message: string) => process.stderr.write(`${message}\n`);
  // A first build takes minutes, which no test that starts a Prometheus of its own would wait for.
  await ensureServer('prometheus', { log });
  const temporal = await startTemporal({ dataDir: join(dataDir, 'temporal'), log });
  const neo4j = await startNeo4j({ dataDir: join(dataDir, 'neo4j'), log });
  project.provide('temporalAddress', temporal.address);
  project.provide('neo4jUri', neo4j.uri);
  return async () => {
    await Promise.all([temporal.stop(), neo4j.stop()]);
    rmSync(dataDir, { recursive: true, force: true });
  };
}
