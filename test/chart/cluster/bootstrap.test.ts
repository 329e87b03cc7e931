import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { bootstrapInKubernetes } from '../../../src/cli/kubernetes-key.ts';
import { keepInKubernetes } from '../../../src/cli/kubernetes-secret.ts';
import type { KeyTerms } from '../../../src/domain/key.ts';
import { createKeyRecords } from '../../../src/graph/key-records.ts';
import { hashOfKey } from '../../../src/keys/key-text.ts';
import { createKeys, type Keys } from '../../../src/keys/keys.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { type Cluster, openCluster, pathOf, restrictedNamespace } from '../support/cluster.ts';
import { render } from '../support/helm.ts';
import { podPlace } from '../support/job-runner.ts';

const name = 'r-topolog-first-key';
const admin: KeyTerms = {
  name: 'admin',
  scopes: ['admin'],
  environments: null,
  teams: null,
  expiresAtMillis: null,
};

describe('topolog keys bootstrap --kubernetes-secret', () => {
  let cluster: Cluster;
  let graph: TestGraph;
  let keys: Keys;
  let namespace: string;
  let pod: Awaited<ReturnType<typeof podPlace>>;

  beforeAll(async () => {
    cluster = openCluster();
    graph = await openTestGraph();
    keys = createKeys({ records: createKeyRecords(graph.database), randomBytes, now: Date.now });
    namespace = `bootstrap-${randomUUID().slice(0, 8)}`;
    await restrictedNamespace(cluster, namespace);
    for (const manifest of await render([], { namespace })) {
      if (!/^(ServiceAccount|Role|RoleBinding)$/.test(manifest.kind)) continue;
      await cluster.post(pathOf(manifest, namespace), manifest);
    }
    pod = await podPlace(cluster, namespace, 'r-topolog-setup');
  });
  afterAll(async () => {
    pod.remove();
    await graph.close();
    await cluster.close();
  });
  beforeEach(async () => {
    await graph.cypher('MATCH (k:Key) DETACH DELETE k');
    await cluster.delete(`/api/v1/namespaces/${namespace}/secrets/${name}`);
  });

  const bootstrap = () => bootstrapInKubernetes(keys, name, pod);
  /** The key in the Secret; `null` where there is none. */
  const inSecret = async (): Promise<string | null> => {
    const { status, body } = await cluster.get(`/api/v1/namespaces/${namespace}/secrets/${name}`);
    if (status === 404) return null;
    const { data } = z.object({ data: z.object({ key: z.string() }) }).parse(body);
    return Buffer.from(data.key, 'base64').toString();
  };
  const hashesInGraph = async () =>
    (await graph.cypher('MATCH (k:Key) RETURN k.hash AS hash')).map(({ hash }) => hash);

  it('makes the key that is in the Secret, once', async () => {
    expect(await bootstrap()).toMatch(/^Made \w{11} \(first key\); it is in the Secret r-topolog/);
    const key = await inSecret();
    expect(key).toMatch(/^topolog_/);
    expect(await hashesInGraph()).toEqual([hashOfKey(key ?? '')]);
    expect(await bootstrap()).toBe('There is a key already, so none was made.');
    expect([await inSecret(), await hashesInGraph()]).toEqual([key, [hashOfKey(key ?? '')]]);
  });

  it('makes one key, whoever of ten at once is first, and nobody fails', async () => {
    const said = await Promise.all(Array.from({ length: 10 }, bootstrap));
    // Two that make the very same key at the same time both made it.
    expect(said.filter((one) => one.startsWith('Made')).length).toBeGreaterThan(0);
    expect(await hashesInGraph()).toEqual([hashOfKey((await inSecret()) ?? '')]);
  });

  it('goes on where a call died between the Secret and the graph', async () => {
    const dying = {
      ...keys,
      bootstrap: (keep: Parameters<Keys['bootstrap']>[0], by: string) =>
        keys.bootstrap(async (text) => {
          await keep(text);
          throw new Error('killed');
        }, by),
    };
    await expect(bootstrapInKubernetes(dying, name, pod)).rejects.toThrow('killed');
    const key = await inSecret();
    expect(await hashesInGraph()).toEqual([]);
    expect(await bootstrap()).toMatch(/^Made/);
    expect(await inSecret()).toBe(key);
    expect(await hashesInGraph()).toEqual([hashOfKey(key ?? '')]);
  });

  it('writes no Secret where there is a key', async () => {
    await keys.create(admin, 'test');
    expect(await bootstrap()).toBe('There is a key already, so none was made.');
    expect(await inSecret()).toBeNull();
  });

  it('says so where another made a key at the same time', async () => {
    const racing = {
      ...keys,
      bootstrap: (keep: Parameters<Keys['bootstrap']>[0], by: string) =>
        keys.bootstrap(async (text) => {
          await keys.create(admin, 'test');
          return keep(text);
        }, by),
    };
    await expect(bootstrapInKubernetes(racing, name, pod)).rejects.toThrow(/delete the Secret/);
  });

  it('takes nothing for a key that is none', async () => {
    await keepInKubernetes({ name, key: 'key' }, () => 'no key', pod);
    await expect(bootstrap()).rejects.toThrow('What is kept as first key is none.');
    expect(await hashesInGraph()).toEqual([]);
  });
});
