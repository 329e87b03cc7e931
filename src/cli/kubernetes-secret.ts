import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { z } from 'zod';
import { AppError, messageOf } from '../runtime/errors.ts';
import { Secret } from '../runtime/secret.ts';

/** Where Kubernetes puts a Pod's token, its authority and the name of its namespace. */
const accountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Where a value is kept: in a Secret of the Pod's own namespace, under a key. */
export interface KeptPlace {
  readonly name: string;
  readonly key: string;
}

/** What a Pod has at hand to speak with Kubernetes. */
export interface PodPlace {
  readonly env: NodeJS.ProcessEnv;
  /** Holds the files `token`, `ca.crt` and `namespace`. */
  readonly folder: string;
}

export interface Kept {
  readonly value: Secret;
  /** Whether it was written by this call, and not there before. */
  readonly created: boolean;
}

/**
 * The value that a Secret of Kubernetes keeps: the one that is there, or the one that `make` gives.
 *
 * It is written before anybody uses it, and never over another. So after a crash the same call gives
 * the same value, and of several callers at once one is first and all get its value.
 *
 * @throws AppError `InvalidConfiguration` outside of a Pod, or where the account lacks a right.
 */
export async function keepInKubernetes(
  { name, key }: KeptPlace,
  make: () => string,
  { env, folder }: PodPlace = { env: process.env, folder: accountFolder },
): Promise<Kept> {
  const cluster = await openCluster(env, folder);
  try {
    const there = await readSecret(cluster, name, key);
    if (there !== null) return { value: there, created: false };
    const value = new Secret(make());
    if (await createSecret(cluster, name, { [key]: value.reveal() })) {
      return { value, created: true };
    }
    const first = await readSecret(cluster, name, key);
    if (first !== null) return { value: first, created: false };
    throw new AppError('Internal', `Secret ${name} came and went: say it again.`);
  } finally {
    await cluster.agent.close();
  }
}

interface Cluster {
  readonly url: string;
  readonly agent: Agent;
  readonly folder: string;
  readonly namespace: string;
}

async function openCluster(env: NodeJS.ProcessEnv, folder: string): Promise<Cluster> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = env;
  if (!host) {
    throw new AppError(
      'InvalidConfiguration',
      'This is no Pod (KUBERNETES_SERVICE_HOST is not set): write the key into a file instead.',
    );
  }
  const [ca, namespace] = await Promise.all(
    ['ca.crt', 'namespace'].map((file) => readAccount(folder, file)),
  );
  return {
    url: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    agent: new Agent({ connect: { ca }, headersTimeout: 10_000, bodyTimeout: 10_000 }),
    folder,
    namespace: namespace ?? '',
  };
}

async function readAccount(folder: string, file: string): Promise<string> {
  try {
    return (await readFile(join(folder, file), 'utf8')).trim();
  } catch (cause) {
    throw new AppError(
      'InvalidConfiguration',
      `${join(folder, file)} cannot be read: mount the token of the service account into the Pod.`,
      { cause },
    );
  }
}

async function readSecret(cluster: Cluster, name: string, key: string): Promise<Secret | null> {
  const { status, body } = await ask(cluster, 'GET', `/${encodeURIComponent(name)}`);
  if (status === 404) return null;
  if (status !== 200) throw refused(`read the Secret ${name}`, status);
  const { data } = z
    .object({ data: z.record(z.string(), z.string()).default({}) })
    .parse(JSON.parse(body));
  const encoded = data[key];
  if (encoded === undefined) {
    throw new AppError(
      'InvalidConfiguration',
      `Secret ${name} is there but has no ${key}: delete it, or name another.`,
    );
  }
  return new Secret(Buffer.from(encoded, 'base64').toString('utf8'));
}

/** Creates a Secret; `false` where one of that name is there already. */
async function createSecret(
  cluster: Cluster,
  name: string,
  stringData: Readonly<Record<string, string>>,
): Promise<boolean> {
  const labels = { 'app.kubernetes.io/part-of': 'topolog' };
  const { status } = await ask(cluster, 'POST', '', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, labels },
    type: 'Opaque',
    stringData,
  });
  if (status === 409) return false;
  if (status !== 201) throw refused(`create the Secret ${name}`, status);
  return true;
}

/** Asks about Secrets of the namespace. The token is read each time, because it is renewed. */
async function ask(
  { url, agent, folder, namespace }: Cluster,
  method: 'GET' | 'POST',
  path: string,
  content?: unknown,
): Promise<{ status: number; body: string }> {
  const token = await readAccount(folder, 'token');
  try {
    const answer = await request(`${url}/api/v1/namespaces/${namespace}/secrets${path}`, {
      method,
      dispatcher: agent,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: content === undefined ? null : JSON.stringify(content),
    });
    return { status: answer.statusCode, body: await answer.body.text() };
  } catch (cause) {
    throw new AppError('Internal', `Kubernetes does not answer at ${url}: ${messageOf(cause)}.`, {
      cause,
    });
  }
}

function refused(what: string, status: number): AppError {
  const why = status === 403 ? 'the service account lacks the right' : `it answered ${status}`;
  return new AppError('InvalidConfiguration', `Kubernetes did not let us ${what}: ${why}.`);
}
