import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startKubernetes } from '../../dev/stack/kubernetes.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    kubernetesUrl: string;
    kubernetesCa: string;
    kubeconfig: string;
  }
}

/** Starts a real API server of Kubernetes, with throw-away data, for all tests of the chart in it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'topolog-kubernetes-'));
  const log = (message: string) => process.stderr.write(`${message}\n`);
  const kubernetes = await startKubernetes({ dataDir, log });
  project.provide('kubernetesUrl', kubernetes.url);
  project.provide('kubernetesCa', kubernetes.caFile);
  project.provide('kubeconfig', kubernetes.kubeconfig);
  return async () => {
    await kubernetes.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
}
