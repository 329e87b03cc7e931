import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { root } from '../../../dev/chart/generate.ts';
import { accept } from '../support/accept.ts';
import { type Cluster, openCluster, pathOf } from '../support/cluster.ts';
import { addCustomResources, removeCustomResources } from '../support/custom-resources.ts';
import { type Manifest, manifestsOf } from '../support/helm.ts';

const k8s = join(root, 'k8s');
const inFolder = (folder: string): string[] =>
  readdirSync(join(k8s, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml') && !file.endsWith('kustomization.yaml'))
    .map((file) => join(folder, file));
// The namespace of k8s/try is made by its own test.
const read = (file: string): Manifest[] =>
  manifestsOf(readFileSync(join(k8s, file), 'utf8').replaceAll('topolog-try', 'tried-by-chaos'));

let cluster: Cluster;
beforeAll(async () => {
  cluster = openCluster();
  await addCustomResources(cluster, [
    'chaos-mesh.org',
    'argoproj.io',
    'source.toolkit.fluxcd.io',
    'kustomize.toolkit.fluxcd.io',
    'helm.toolkit.fluxcd.io',
  ]);
  for (const name of ['tried-by-chaos', 'topolog', 'argocd', 'flux-system']) {
    await cluster.post('/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
    });
  }
});
afterAll(async () => {
  await removeCustomResources(cluster);
  await cluster.close();
});

/** Asks the API server to accept all objects of a file, as strictly as it can. */
async function acceptFile(file: string): Promise<void> {
  const manifests = read(file);
  expect(manifests.length).toBeGreaterThan(0);
  for (const manifest of manifests.filter(({ kind }) => kind !== 'Namespace')) {
    await accept(cluster, pathOf(manifest, manifest.metadata.namespace ?? ''), manifest);
  }
}

describe('the experiments of Chaos Mesh', () => {
  it.each(inFolder('chaos'))('%s is accepted by its own definitions', acceptFile);

  it('are refused where they are misspelt', async () => {
    const [manifest] = read('chaos/pod-kill.yaml');
    if (manifest === undefined) throw new Error('There is no experiment.');
    const path = `${pathOf(manifest, 'tried-by-chaos')}?dryRun=All&fieldValidation=Strict`;
    const spec = z.looseObject({}).parse(manifest.spec);
    for (const wrong of [{ action: 'pod-kil' }, { duratoin: '1m' }]) {
      const { status } = await cluster.post(path, { ...manifest, spec: { ...spec, ...wrong } });
      expect(status).toBeGreaterThanOrEqual(400);
    }
  });
});

describe('the examples of GitOps', () => {
  it.each(inFolder('gitops'))('%s is accepted', acceptFile);
});
