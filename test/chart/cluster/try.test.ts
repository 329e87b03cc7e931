import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { root } from '../../../dev/chart/generate.ts';
import { podAccepted } from '../support/accept.ts';
import { type Cluster, openCluster, pathOf } from '../support/cluster.ts';
import { manifestsOf } from '../support/helm.ts';
import { kubectl } from '../support/kubectl.ts';
import { podOf } from '../support/pods.ts';

const namespace = 'topolog-try';

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
    expect(again.code).toBe(0);
    expect(again.out.split('\n').filter((line) => / (created|configured)$/.test(line))).toEqual([]);

    const manifests = manifestsOf((await kubectl('kustomize', folder)).out);
    const pods = manifests.flatMap((manifest) => podOf(manifest) ?? []);
    expect(pods).toHaveLength(7);
    for (const pod of pods) await podAccepted(cluster, pod, namespace);

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
});
