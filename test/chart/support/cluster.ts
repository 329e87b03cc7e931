import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';
import { inject } from 'vitest';
import type { Manifest } from './helm.ts';

/** An answer of the API server, with what it warns of. */
export interface Answer {
  readonly status: number;
  readonly warnings: readonly string[];
  readonly body: unknown;
}

export interface Cluster {
  get(path: string): Promise<Answer>;
  post(path: string, object: unknown): Promise<Answer>;
  patch(path: string, change: unknown): Promise<Answer>;
  delete(path: string): Promise<Answer>;
  close(): Promise<void>;
}

/** The API server as its administrator sees it, or whoever the token is of. */
export function openCluster(token = 'admin'): Cluster {
  const url = inject('kubernetesUrl');
  const agent = new Agent({ connect: { ca: readFileSync(inject('kubernetesCa'), 'utf8') } });
  const ask = async (
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    object?: unknown,
  ): Promise<Answer> => {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const answer = await request(`${url}${path}`, {
      method,
      dispatcher: agent,
      headers: { authorization: `Bearer ${token}`, 'content-type': type },
      body: object === undefined ? null : JSON.stringify(object),
    });
    return {
      status: answer.statusCode,
      warnings: [answer.headers.warning ?? []].flat(),
      body: await answer.body.json(),
    };
  };
  return {
    get: (path) => ask('GET', path),
    post: (path, object) => ask('POST', path, object),
    patch: (path, change) => ask('PATCH', path, change),
    delete: (path) => ask('DELETE', path),
    close: () => agent.close(),
  };
}

const plurals: Readonly<Record<string, string>> = {
  Ingress: 'ingresses',
  NetworkPolicy: 'networkpolicies',
  GitRepository: 'gitrepositories',
  IOChaos: 'iochaos',
  NetworkChaos: 'networkchaos',
  PodChaos: 'podchaos',
  TimeChaos: 'timechaos',
};

/** Where the objects of a kind are in a namespace. */
export function pathOf({ apiVersion, kind }: Manifest, namespace: string): string {
  const base = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  return `${base}/namespaces/${namespace}/${plurals[kind] ?? `${kind.toLowerCase()}s`}`;
}

/** A namespace that enforces, and warns by, the level "restricted" of Pod Security. */
export async function restrictedNamespace(cluster: Cluster, name: string): Promise<void> {
  const level = (mode: string) => [
    [`pod-security.kubernetes.io/${mode}`, 'restricted'],
    [`pod-security.kubernetes.io/${mode}-version`, 'latest'],
  ];
  const labels = Object.fromEntries(['enforce', 'warn', 'audit'].flatMap(level));
  const { status } = await cluster.post('/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels },
  });
  if (status !== 201) throw new Error(`Namespace ${name} was not made: ${status}`);
}
