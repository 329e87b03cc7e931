import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { chart } from '../../../dev/chart/generate.ts';
import { accept, podAccepted } from '../support/accept.ts';
import { type Case, cases } from '../support/cases.ts';
import { type Cluster, openCluster, pathOf, restrictedNamespace } from '../support/cluster.ts';
import { addCustomResources, removeCustomResources } from '../support/custom-resources.ts';
import { helm, isHook, type Manifest, render, valueArgs } from '../support/helm.ts';
import { runningJobs } from '../support/job-runner.ts';
import { podOf } from '../support/pods.ts';

const release = 'r';
const secretName = z.object({ metadata: z.object({ name: z.string() }) });

/** What became of the objects of the cases; printed at the end. */
const matrix: Record<string, Record<string, number>> = {};

let cluster: Cluster;
beforeAll(() => {
  cluster = openCluster();
});
afterAll(async () => {
  await cluster.close();
  process.stderr.write(`${tableOf(matrix)}\n`);
});

function tableOf(rows: typeof matrix): string {
  const [columns = []] = Object.values(rows).map(Object.keys);
  const lines = Object.entries(rows).map(([name, row]) => [name, ...Object.values(row)].join('\t'));
  return [['case', ...columns].join('\t'), ...lines].join('\n');
}

const placeOf = (namespace: string): string[] => [
  ...['--namespace', namespace],
  ...['--kubeconfig', inject('kubeconfig')],
];

/** Runs Helm against the cluster, with somebody who runs the Jobs; a warning is a failure. */
async function helmIn(namespace: string, ...args: string[]): Promise<string[]> {
  const work = helm(...args, ...placeOf(namespace));
  const tryPod = (template: unknown) => podAccepted(cluster, template, namespace);
  const { result, ran } = await runningJobs(cluster, namespace, work, { tryPod });
  expect({ code: result.code, err: result.err }).toEqual({ code: 0, err: '' });
  return ran;
}

const pathIn = (manifest: Manifest, namespace: string): string =>
  `${pathOf(manifest, namespace)}/${manifest.metadata.name}`;

/** How many of the objects are there. */
async function countOf(manifests: readonly Manifest[], namespace: string): Promise<number> {
  const answers = await Promise.all(manifests.map((one) => cluster.get(pathIn(one, namespace))));
  return answers.filter(({ status }) => status === 200).length;
}

async function templateOf(namespace: string): Promise<unknown> {
  const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  const { body } = await cluster.get(deployments);
  const { items } = z
    .object({ items: z.array(z.object({ spec: z.object({ template: z.unknown() }) })) })
    .parse(body);
  return items.map(({ spec }) => spec.template);
}

/** The whole life of a release, in a namespace of its own that enforces the level "restricted". */
async function liveThrough({ name, files }: Case): Promise<void> {
  const namespace = `case-${name}`;
  await restrictedNamespace(cluster, namespace);
  const manifests = await render(files, { namespace });
  const kept = manifests.filter((manifest) => !isHook(manifest));
  // A case that makes no account names one of yours.
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'existing' } };
  await cluster.post(`/api/v1/namespaces/${namespace}/serviceaccounts`, account);

  for (const manifest of manifests.filter(({ kind }) => kind !== 'Pod')) {
    await accept(cluster, pathOf(manifest, namespace), manifest);
  }
  const setup = manifests.filter(({ kind }) => kind === 'Job').map(({ metadata }) => metadata.name);
  const values = valueArgs(files);
  expect(await helmIn(namespace, 'install', release, chart, ...values)).toEqual(setup);
  expect(await countOf(kept, namespace)).toBe(kept.length);
  // What the setup had, its rights among it, is gone with it.
  const hooks = manifests.filter(isHook);
  expect(await countOf(hooks, namespace)).toBe(0);
  // The Pod of the setup is tried each time its Job runs, while its account is there.
  const pods = manifests.filter(({ kind }) => kind !== 'Job').flatMap((one) => podOf(one) ?? []);
  for (const pod of pods) await podAccepted(cluster, pod, namespace);
  const installed = await templateOf(namespace);

  const change = valueArgs([], ['config.GRAPH_WRITE_BATCH_ROWS=1000', 'image.tag="9.9.9"']);
  expect(await helmIn(namespace, 'upgrade', release, chart, ...values, ...change)).toEqual(setup);
  expect(await templateOf(namespace)).not.toEqual(installed);
  expect(await helmIn(namespace, 'rollback', release, '1')).toEqual(setup);
  expect(await templateOf(namespace)).toEqual(installed);

  expect(await helmIn(namespace, 'uninstall', release)).toEqual([]);
  expect(await countOf(manifests, namespace)).toBe(0);
  const firstKeys = z
    .object({ items: z.array(secretName) })
    .parse((await cluster.get(`/api/v1/namespaces/${namespace}/secrets`)).body);
  // The first key outlives the release, as the graph does.
  const bootstrapped = manifests.filter(({ kind }) => kind === 'Role').length;
  expect(firstKeys.items).toHaveLength(bootstrapped);
  matrix[name] = {
    rendered: manifests.length,
    accepted: manifests.filter(({ kind }) => kind !== 'Pod').length,
    'as Pod': pods.length + setup.length,
    installed: kept.length,
    'left after uninstall': 0,
  };
}

describe('on a bare cluster', () => {
  it.each(cases.filter(({ needs }) => needs.length === 0))(
    '$name is installed, upgraded, rolled back and uninstalled without a warning',
    liveThrough,
  );

  it('a case that needs custom resources is refused by name', async () => {
    const namespace = 'case-refused';
    await restrictedNamespace(cluster, namespace);
    const set = valueArgs([], ['metrics.serviceMonitor.enabled=true']);
    const { code, err } = await helm('install', release, chart, ...set, ...placeOf(namespace));
    expect(code).not.toBe(0);
    expect(err).toContain('no matches for kind "ServiceMonitor"');
  });
});

describe('an upgrade whose setup fails', () => {
  it('leaves what runs as it is', async () => {
    const namespace = 'setup-fails';
    await restrictedNamespace(cluster, namespace);
    await helmIn(namespace, 'install', release, chart);
    const before = await templateOf(namespace);
    const change = valueArgs([], ['image.tag="9.9.9"']);
    const upgrade = helm('upgrade', release, chart, ...change, ...placeOf(namespace));
    const { result } = await runningJobs(cluster, namespace, upgrade, { outcome: 'failed' });
    expect(result.code).not.toBe(0);
    expect(result.err).toContain('pre-upgrade hooks failed');
    expect(await templateOf(namespace)).toEqual(before);
  });
});

describe('the notes of a release', () => {
  const notesOf = async (name: string, set: readonly string[]): Promise<string> => {
    const namespace = `notes-${name}`;
    await restrictedNamespace(cluster, namespace);
    await helmIn(namespace, 'install', release, chart, ...valueArgs([], set));
    return (await helm('get', 'notes', release, ...placeOf(namespace))).out;
  };

  it('say what is missing', async () => {
    const notes = await notesOf('defaults', []);
    expect(notes).toContain('port-forward service/r-topolog-api 8000:80');
    expect(notes).toContain(
      "get secret r-topolog-first-key -o go-template='{{ .data.key | base64decode }}'",
    );
    expect(notes).toContain('NO SOURCE IS CONFIGURED');
    expect(notes).toContain('NO SECRET IS GIVEN');
    expect(notes).not.toContain('THE SETUP JOB IS OFF');
  });

  it('say where the API is', async () => {
    const notes = await notesOf('ingress', [
      'ingress={"enabled":true,"host":"topolog.example.com"}',
      'secrets.existingSecret="topolog-env"',
      'config.PROMETHEUS_URL="http://prometheus.example"',
      'setup.enabled=false',
    ]);
    expect(notes).toContain('https://topolog.example.com/api/v1');
    expect(notes).toContain('THE SETUP JOB IS OFF');
    expect(notes).not.toMatch(/NO SOURCE|NO SECRET|first-key/);
  });
});

describe('on a cluster with the custom resources', () => {
  const needy = cases.filter(({ needs }) => needs.length > 0);
  beforeAll(() =>
    addCustomResources(
      cluster,
      needy.flatMap(({ needs }) => needs),
    ),
  );
  afterAll(() => removeCustomResources(cluster));

  it.each(needy)(
    '$name is installed, upgraded, rolled back and uninstalled without a warning',
    liveThrough,
  );
});
