import { waitUntil } from '../../../dev/stack/index.mjs';
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

/** Of each kind only what the chart uses: an object with anything else is refused. */
const kinds: readonly Kind[] = [
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
    group: 'keda.sh',
    version: 'v1alpha1',
    kind: 'ScaledObject',
    spec: object(
      {
        scaleTargetRef: object({ name: text }, ['name']),
        minReplicaCount: whole,
        maxReplicaCount: whole,
        pollingInterval: whole,
        cooldownPeriod: whole,
        triggers: list(
          object({ type: text, metadata: texts, authenticationRef: object({ name: text }) }, [
            'type',
            'metadata',
          ]),
        ),
      },
      ['scaleTargetRef', 'triggers'],
    ),
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

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const pluralOf = ({ kind }: Kind): string => `${kind.toLowerCase()}s`;

/** Makes the kinds of these groups known to the cluster, and waits until it serves them. */
export async function addCustomResources(
  cluster: Cluster,
  groups: readonly string[],
): Promise<void> {
  for (const one of kinds.filter(({ group }) => groups.includes(group))) {
    const { status, body } = await cluster.post(definitions, definitionOf(one));
    if (status !== 201 && status !== 409) throw new Error(JSON.stringify(body));
    const path = `/apis/${one.group}/${one.version}/namespaces/default/${pluralOf(one)}`;
    const served = async () => (await cluster.get(path)).status === 200;
    if (!(await waitUntil(served, { timeoutMs: 30_000 }))) throw new Error(`${path} is not served`);
  }
}

/** Takes all of them away again, with their objects. */
export async function removeCustomResources(cluster: Cluster): Promise<void> {
  for (const one of kinds) {
    const path = `${definitions}/${pluralOf(one)}.${one.group}`;
    await cluster.delete(path);
    const gone = async () => (await cluster.get(path)).status === 404;
    if (!(await waitUntil(gone, { timeoutMs: 30_000 }))) throw new Error(`${path} stays`);
  }
}

function definitionOf(one: Kind): unknown {
  const { group, version, kind, spec } = one;
  const names = { kind, plural: pluralOf(one), singular: kind.toLowerCase() };
  const openAPIV3Schema = object({ spec }, ['spec']);
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${names.plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names,
      versions: [{ name: version, served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  };
}
