import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { root } from '../../../dev/chart/generate.ts';
import { accept, podAccepted } from '../support/accept.ts';
import { type Cluster, openCluster, pathOf } from '../support/cluster.ts';
import { manifestsOf } from '../support/helm.ts';
import { kubectl } from '../support/kubectl.ts';
import { type PodTemplate, podOf } from '../support/pods.ts';

const namespace = 'topolog-try';

/** A Pod as a StatefulSet makes it: what it mounts and does not have is a claim. */
function withClaims(pod: PodTemplate): PodTemplate {
  const has = new Set(pod.spec.volumes.map(({ name }) => name));
  const claims = pod.spec.containers
    .flatMap(({ volumeMounts }) => volumeMounts.map(({ name }) => name))
    .filter((name) => !has.has(name))
    .map((name) => ({ name, persistentVolumeClaim: { claimName: `${name}-0` } }));
  return { ...pod, spec: { ...pod.spec, volumes: [...pod.spec.volumes, ...claims] } };
}

describe('kubectl apply -k k8s/try', () => {
  let cluster: Cluster;
  let folder: string;

  beforeAll(() => {
    cluster = openCluster();
    // A copy, because the password is written beside the files.
    folder = join(mkdtempSync(join(tmpdir(), 'topolog-try-')), 'try');
    cpSync(join(root, 'k8s', 'try'), folder, {
      recursive: true,
      filter: (file) => !file.endsWith('.env'),
    });
  });
  afterAll(async () => {
    await cluster.close();
    rmSync(join(folder, '..'), { recursive: true, force: true });
  });

  it('applies nothing without a password', async () => {
    const { code, err } = await kubectl('apply', '-k', folder);
    expect(code).not.toBe(0);
    expect(err).toContain('.env');
    expect((await cluster.get(`/api/v1/namespaces/${namespace}`)).status).toBe(404);
  });

  it('brings all of it, without a warning, in Pods that are restricted', async () => {
    writeFileSync(join(folder, '.env'), 'NEO4J_PASSWORD=0123456789abcdef\n');
    const applied = await kubectl(
      'apply',
      '-k',
      folder,
      '--validate=strict',
      '--warnings-as-errors',
    );
    expect({ code: applied.code, err: applied.err }).toEqual({ code: 0, err: '' });
    const again = await kubectl('apply', '-k', folder, '--warnings-as-errors');
    expect({ code: again.code, err: again.err }).toEqual({ code: 0, err: '' });
    expect(again.out).not.toContain(' created');

    const manifests = manifestsOf((await kubectl('kustomize', folder)).out);
    const pods = manifests.flatMap((manifest) => podOf(manifest) ?? []);
    expect(pods).toHaveLength(7);
    for (const pod of pods) await podAccepted(cluster, withClaims(pod), namespace);

    const services = manifests.filter(({ kind }) => kind === 'Service');
    expect(services).toHaveLength(6);
    for (const service of services) {
      const path = `${pathOf(service, namespace)}/${service.metadata.name}`;
      expect(await cluster.get(path)).toMatchObject({ body: { spec: { type: 'ClusterIP' } } });
    }
  });

  it('gives Neo4j and Topolog the password that was written, and nobody else', async () => {
    const secret = z.object({ body: z.object({ data: z.record(z.string(), z.string()) }) });
    const path = `/api/v1/namespaces/${namespace}/secrets/topolog-env`;
    const { data } = secret.parse(await cluster.get(path)).body;
    expect(Object.keys(data)).toEqual(['NEO4J_PASSWORD']);
    expect(Buffer.from(data.NEO4J_PASSWORD ?? '', 'base64').toString()).toBe('0123456789abcdef');
    const text = manifestsOf((await kubectl('kustomize', folder)).out)
      .filter((one) => JSON.stringify(one).includes('topolog-env'))
      .map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(text.sort()).toEqual([
      'Deployment/topolog-api',
      'Deployment/topolog-worker',
      'Job/topolog-setup',
      'Secret/topolog-env',
      'StatefulSet/neo4j',
    ]);
  });

  it('has a Pod beside it that reaches the data while Neo4j is stopped', async () => {
    const [manifest] = manifestsOf(
      readFileSync(join(root, 'k8s', 'backup', 'neo4j-admin.yaml'), 'utf8'),
    );
    if (manifest === undefined) throw new Error('There is no Pod.');
    await accept(cluster, pathOf(manifest, namespace), manifest);
    expect(JSON.stringify(manifest.spec)).toContain('"claimName":"data-neo4j-0"');
  });
});
