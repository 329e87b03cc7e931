import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { inject } from 'vitest';
import { z } from 'zod';
import { keepInKubernetes } from '../../../src/cli/kubernetes-secret.ts';
import type { Cluster } from './cluster.ts';

const jobs = z.object({
  items: z.array(
    z.looseObject({
      metadata: z.object({ name: z.string() }),
      spec: z.object({ template: z.looseObject({ spec: z.looseObject({}) }) }),
      status: z
        .object({ succeeded: z.number().optional(), failed: z.number().optional() })
        .default({}),
    }),
  ),
});

/** A token of a service account, as a Pod of it would get. */
export async function tokenOf(
  cluster: Cluster,
  namespace: string,
  account: string,
): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
  const { body } = await cluster.post(path, request);
  return z.object({ status: z.object({ token: z.string() }) }).parse(body).status.token;
}

/** What a Pod of the account has at hand to speak with Kubernetes: variables and a folder. */
export async function podPlace(cluster: Cluster, namespace: string, account: string) {
  const folder = mkdtempSync(join(tmpdir(), 'topolog-account-'));
  writeFileSync(join(folder, 'token'), await tokenOf(cluster, namespace, account));
  writeFileSync(join(folder, 'namespace'), namespace);
  writeFileSync(join(folder, 'ca.crt'), readFileSync(inject('kubernetesCa')));
  const { hostname, port } = new URL(inject('kubernetesUrl'));
  const env = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
  return { env, folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** What comes of a Job, and what is done with its Pod before. */
export interface JobRun {
  readonly outcome?: 'complete' | 'failed';
  readonly tryPod?: (template: unknown) => Promise<void>;
}

/**
 * Stands in for the nodes while `work` runs: does what the container of a Job is there for, with the
 * rights of the Job's own account, and reports what came of the Job. Gives the names of the Jobs.
 */
export async function runningJobs<T>(
  cluster: Cluster,
  namespace: string,
  work: Promise<T>,
  { outcome = 'complete', tryPod = async () => {} }: JobRun = {},
): Promise<{ result: T; ran: string[] }> {
  const ran: string[] = [];
  const path = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const over = new AbortController();
  const settled = work.finally(() => over.abort());
  while (!over.signal.aborted) {
    for (const { metadata, spec, status } of jobs.parse((await cluster.get(path)).body).items) {
      if (status.succeeded || status.failed) continue;
      await tryPod(spec.template);
      if (outcome === 'complete') await bootstrap(cluster, namespace, spec.template.spec);
      if (await report(cluster, `${path}/${metadata.name}/status`, outcome)) {
        ran.push(metadata.name);
      }
    }
    await delay(50, null, { signal: over.signal }).catch(() => {});
  }
  return { result: await settled, ran };
}

const bootstrapping = z.object({
  serviceAccountName: z.string(),
  containers: z.tuple([z.object({ args: z.array(z.string()) })]),
});

async function bootstrap(cluster: Cluster, namespace: string, spec: unknown): Promise<void> {
  const { serviceAccountName, containers } = bootstrapping.parse(spec);
  const [{ args }] = containers;
  const option = args.indexOf('--kubernetes-secret');
  if (option < 0) return;
  const place = await podPlace(cluster, namespace, serviceAccountName);
  try {
    const name = args[option + 1] ?? '';
    await keepInKubernetes({ name, key: 'key' }, () => 'tlg_first', place);
  } finally {
    place.remove();
  }
}

const reports = {
  complete: { types: ['SuccessCriteriaMet', 'Complete'], count: { succeeded: 1 } },
  failed: { types: ['FailureTarget', 'Failed'], count: { failed: 1 } },
};

async function report(
  cluster: Cluster,
  path: string,
  outcome: keyof typeof reports,
): Promise<boolean> {
  const now = new Date().toISOString().replace(/\.\d+/, '');
  const { types, count } = reports[outcome];
  const { status } = await cluster.patch(path, {
    status: {
      ...count,
      startTime: now,
      ...(outcome === 'complete' ? { completionTime: now } : {}),
      uncountedTerminatedPods: {},
      conditions: types.map((type) => ({ type, status: 'True', lastTransitionTime: now })),
    },
  });
  return status === 200;
}
