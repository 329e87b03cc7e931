import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startNeo4j } from '../../dev/stack/index.mjs';
import { startKubernetes } from '../../dev/stack/kubernetes.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    kubernetesUrl: string;
    kubernetesCa: string;
    kubeconfig: string;
  }
}

/** Starts a real API server of Kubernetes and a real Neo4j, with throw-away data, for all tests of the chart. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'topolog-kubernetes-'));
  const log = (message: string) => process.stderr.write(`${message}\n`);
  const kubernetes = await startKubernetes({ dataDir: join(dataDir, 'kubernetes'), log });
  const neo4j = await startNeo4j({ dataDir: join(dataDir, 'neo4j'), log });
  project.provide('neo4jUri', neo4j.uri);
  project.provide('kubernetesUrl', kubernetes.url);
  project.provide('kubernetesCa', kubernetes.caFile);
  project.provide('kubeconfig', kubernetes.kubeconfig);
  return async () => {
    await Promise.all([kubernetes.stop(), neo4j.stop()]);
    rmSync(dataDir, { recursive: true, force: true });
  };
}
