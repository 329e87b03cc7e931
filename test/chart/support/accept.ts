import { expect } from 'vitest';
import type { Cluster } from './cluster.ts';
import { podTemplate } from './pods.ts';

/** Asks the API server to accept an object, without keeping it. */
export async function accept(cluster: Cluster, path: string, object: unknown): Promise<void> {
  const { status, warnings, body } = await cluster.post(
    `${path}?dryRun=All&fieldValidation=Strict`,
    object,
  );
  const why = status === 201 ? '' : JSON.stringify(body);
  expect({ status, warnings }, why).toEqual({ status: 201, warnings: [] });
}

/** Asks for a Pod as a Deployment or a Job would; its account has to be there. */
export async function podAccepted(
  cluster: Cluster,
  template: unknown,
  namespace: string,
): Promise<void> {
  const { metadata, spec } = podTemplate.parse(template);
  const named = { labels: metadata.labels, generateName: 'tried-', namespace };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: named, spec };
  await accept(cluster, `/api/v1/namespaces/${namespace}/pods`, pod);
}
