import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { ensureBuilt } from '../../../dev/stack/build.mjs';
import { waitUntil } from '../../../dev/stack/index.mjs';
import { linesOnly } from '../../../dev/stack/progress.mjs';
import type { Cluster } from './cluster.ts';

type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string' };
const whole: Schema = { type: 'integer' };
const texts: Schema = { type: 'object', additionalProperties: text };
const object = (properties: Readonly<Record<string, Schema>>, required: string[] = []): Schema => ({
  type: 'object',
  properties,
  required,
});
const list = (items: Schema): Schema => ({ type: 'array', items });

interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly spec: Schema;
}

/** Kinds of no module of Go: of each only what is used, and an object with anything else is refused. */
const kinds: readonly Kind[] = [
  {
    group: 'helm.toolkit.fluxcd.io',
    version: 'v2',
    kind: 'HelmRelease',
    spec: object(
      {
        interval: text,
        timeout: text,
        releaseName: text,
        targetNamespace: text,
        chart: object({
          spec: object(
            {
              chart: text,
              reconcileStrategy: text,
              valuesFiles: list(text),
              sourceRef: object({ kind: text, name: text, namespace: text }, ['kind', 'name']),
            },
            ['chart', 'sourceRef'],
          ),
        }),
        install: object({ remediation: object({ retries: whole }) }),
        upgrade: object({ remediation: object({ retries: whole, strategy: text }) }),
        test: object({ enable: { type: 'boolean' } }),
        values: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
      ['interval'],
    ),
  },
  {
    group: 'monitoring.coreos.com',
    version: 'v1',
    kind: 'ServiceMonitor',
    spec: object(
      {
        selector: object({ matchLabels: texts }),
        namespaceSelector: object({ matchNames: list(text) }),
        endpoints: list(
          object({
            port: text,
            path: text,
            interval: text,
            scrapeTimeout: text,
            authorization: object({ credentials: object({ name: text, key: text }, ['key']) }),
          }),
        ),
      },
      ['selector', 'endpoints'],
    ),
  },
  {
    group: 'monitoring.coreos.com',
    version: 'v1',
    kind: 'PrometheusRule',
    spec: object({
      groups: list(
        object(
          {
            name: text,
            interval: text,
            rules: list(
              object(
                {
                  alert: text,
                  record: text,
                  expr: { 'x-kubernetes-int-or-string': true },
                  for: text,
                  keep_firing_for: text,
                  labels: texts,
                  annotations: texts,
                },
                ['expr'],
              ),
            ),
          },
          ['name', 'rules'],
        ),
      ),
    }),
  },
  {
    group: 'external-secrets.io',
    version: 'v1',
    kind: 'ExternalSecret',
    spec: object({
      refreshInterval: text,
      secretStoreRef: object({ name: text, kind: text }),
      target: object({ name: text, creationPolicy: text }),
      data: list(
        object({ secretKey: text, remoteRef: object({ key: text, property: text }, ['key']) }, [
          'secretKey',
          'remoteRef',
        ]),
      ),
    }),
  },
];

/** A definition as its project publishes it, as far as it is read here. */
const definition = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({
    group: z.string(),
    names: z.looseObject({ plural: z.string() }),
    versions: z.array(z.looseObject({ name: z.string(), served: z.boolean() })).min(1),
  }),
});
type Definition = z.infer<typeof definition>;

function definitionOf(one: Kind): Definition {
  const { group, version, kind, spec } = one;
  const plural = `${kind.toLowerCase()}s`;
  const openAPIV3Schema = object({ spec }, ['spec']);
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase() },
      versions: [{ name: version, served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  };
}

/** Those that their projects publish in a module of Go (dev/crds), and those of `kinds`. */
async function allDefinitions(): Promise<Definition[]> {
  const log = (line: string) => process.stderr.write(`${line}\n`);
  const folder = await ensureBuilt('crds', linesOnly(log));
  const published = readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => definition.parse(parse(readFileSync(join(folder, file), 'utf8'))));
  return [...published, ...kinds.map(definitionOf)];
}

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** Makes the kinds of these groups known to the cluster, and waits until it serves them. */
export async function addCustomResources(
  cluster: Cluster,
  groups: readonly string[],
): Promise<void> {
  const all = await allDefinitions();
  for (const group of groups) {
    const found = all.filter(({ spec }) => spec.group === group);
    if (found.length === 0) throw new Error(`${group} has no definition here`);
    for (const one of found) await addDefinition(cluster, one);
  }
}

async function addDefinition(cluster: Cluster, one: Definition): Promise<void> {
  const { status, body } = await cluster.post(definitions, one);
  if (status !== 201 && status !== 409) throw new Error(JSON.stringify(body));
  const { group, names, versions } = one.spec;
  const version = versions.find(({ served }) => served)?.name;
  const path = `/apis/${group}/${version}/namespaces/default/${names.plural}`;
  const served = async () => (await cluster.get(path)).status === 200;
  if (!(await waitUntil(served, { timeoutMs: 30_000 }))) throw new Error(`${path} is not served`);
}

/** Takes all of them away again, with their objects. */
export async function removeCustomResources(cluster: Cluster): Promise<void> {
  for (const { metadata } of await allDefinitions()) {
    const path = `${definitions}/${metadata.name}`;
    await cluster.delete(path);
    const gone = async () => (await cluster.get(path)).status === 404;
    if (!(await waitUntil(gone, { timeoutMs: 30_000 }))) throw new Error(`${path} stays`);
  }
}
