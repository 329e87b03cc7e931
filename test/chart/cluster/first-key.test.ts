import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { keepInKubernetes } from '../../../src/cli/kubernetes-secret.ts';
import { type Cluster, openCluster, pathOf, restrictedNamespace } from '../support/cluster.ts';
import { render } from '../support/helm.ts';
import { podPlace, tokenOf } from '../support/job-runner.ts';

const account = 'r-topolog-setup';
const place = { name: 'r-topolog-first-key', key: 'key' };

describe('the first key of a release', () => {
  let admin: Cluster;
  let namespace: string;
  let pod: Awaited<ReturnType<typeof podPlace>>;

  beforeAll(async () => {
    admin = openCluster();
    namespace = `first-key-${randomUUID().slice(0, 8)}`;
    await restrictedNamespace(admin, namespace);
    for (const manifest of await render([], { namespace })) {
      if (!/^(ServiceAccount|Role|RoleBinding)$/.test(manifest.kind)) continue;
      const { status } = await admin.post(pathOf(manifest, namespace), manifest);
      expect(status).toBe(201);
    }
    pod = await podPlace(admin, namespace, account);
  });
  afterAll(async () => {
    pod.remove();
    await admin.close();
  });

  const secrets = () => `/api/v1/namespaces/${namespace}/secrets`;
  const clear = () => admin.delete(`${secrets()}/${place.name}`);

  it('is written once, and the same is given ever after', async () => {
    await clear();
    const first = await keepInKubernetes(place, () => 'one', pod);
    expect([first.created, first.value.reveal()]).toEqual([true, 'one']);
    const again = await keepInKubernetes(place, () => 'another', pod);
    expect([again.created, again.value.reveal()]).toEqual([false, 'one']);
    const { body } = await admin.get(`${secrets()}/${place.name}`);
    expect(body).toMatchObject({
      type: 'Opaque',
      data: { key: Buffer.from('one').toString('base64') },
    });
  });

  it('is one, whoever of ten at once is first', async () => {
    await clear();
    const kept = await Promise.all(
      Array.from({ length: 10 }, (_, at) => keepInKubernetes(place, () => `key-${at}`, pod)),
    );
    expect(kept.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(kept.map(({ value }) => value.reveal())).size).toBe(1);
  });

  it('is not taken from a Secret that has none, nor written over it', async () => {
    await clear();
    const other = { metadata: { name: place.name }, stringData: { other: 'value' } };
    await admin.post(secrets(), other);
    await expect(keepInKubernetes(place, () => 'one', pod)).rejects.toThrow(
      /has no key: delete it/,
    );
  });

  it('is not shown by what goes wrong', async () => {
    const elsewhere = { ...pod, env: { ...pod.env, KUBERNETES_SERVICE_PORT: '1' } };
    const failed = keepInKubernetes(place, () => 'tlg_secret', elsewhere);
    await expect(failed).rejects.toThrow(/Kubernetes does not answer/);
    const refused = keepInKubernetes({ name: 'another', key: 'key' }, () => 'tlg_secret', pod);
    await expect(refused).rejects.toThrow(
      'Kubernetes did not let us read the Secret another: the service account lacks the right.',
    );
    await expect(keepInKubernetes(place, () => 'x', { ...pod, env: {} })).rejects.toThrow(/no Pod/);
    const noToken = { ...pod, folder: '/nowhere' };
    await expect(keepInKubernetes(place, () => 'x', noToken)).rejects.toThrow(/mount the token/);
  });

  it('is all that its account may touch', async () => {
    await clear();
    await admin.post(secrets(), { metadata: { name: 'another' }, stringData: { a: 'b' } });
    const job = openCluster(await tokenOf(admin, namespace, account));
    const statusOf = async (answer: Promise<{ status: number }>) => (await answer).status;
    try {
      const own = { metadata: { name: place.name }, stringData: { key: 'x' } };
      expect(await statusOf(job.post(secrets(), own))).toBe(201);
      expect(await statusOf(job.get(`${secrets()}/${place.name}`))).toBe(200);
      const forbidden = {
        'read another': job.get(`${secrets()}/another`),
        'list them': job.get(secrets()),
        'change its own': job.patch(`${secrets()}/${place.name}`, { stringData: { key: 'y' } }),
        'delete its own': job.delete(`${secrets()}/${place.name}`),
        'write elsewhere': job.post('/api/v1/namespaces/default/secrets', own),
        'read elsewhere': job.get(`/api/v1/namespaces/default/secrets/${place.name}`),
        'read settings': job.get(`/api/v1/namespaces/${namespace}/configmaps`),
        'make a Pod': job.post(`/api/v1/namespaces/${namespace}/pods`, {}),
        'read nodes': job.get('/api/v1/nodes'),
      };
      for (const [what, answer] of Object.entries(forbidden)) {
        expect([what, await statusOf(answer)]).toEqual([what, 403]);
      }
    } finally {
      await job.close();
    }
  });

  it('is out of reach for the account of the API and the workers', async () => {
    const running = openCluster(await tokenOf(admin, namespace, 'r-topolog'));
    try {
      const answers = [
        await running.get(secrets()),
        await running.get(`${secrets()}/${place.name}`),
        await running.post(secrets(), { metadata: { name: 'mine' } }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
      const rules = z.object({ status: z.object({ resourceRules: z.array(z.unknown()) }) });
      const review = await running.post('/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', {
        spec: { namespace },
      });
      // What everybody may: to ask what they may.
      expect(JSON.stringify(rules.parse(review.body).status.resourceRules)).not.toContain(
        '"secrets"',
      );
    } finally {
      await running.close();
    }
  });
});
