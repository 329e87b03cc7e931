import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { chart, filesOf, root } from '../../../dev/chart/generate.ts';
import { loadConfig } from '../../../src/runtime/config.ts';
import { loadSourcesFile } from '../../../src/sources/sources-file.ts';
import { cases } from '../support/cases.ts';
import { helm, type Manifest, render, valueArgs } from '../support/helm.ts';
import { podOf, podOfComponent } from '../support/pods.ts';

const builtIn = [
  'v1',
  'apps/v1',
  'autoscaling/v2',
  'batch/v1',
  'networking.k8s.io/v1',
  'policy/v1',
  'rbac.authorization.k8s.io/v1',
];
const namesOf = (manifests: readonly Manifest[], kind: string) =>
  manifests.filter((one) => one.kind === kind).map(({ metadata }) => metadata.name);
const dataOf = (manifests: readonly Manifest[], name: string): Record<string, string> => {
  const found = manifests.find(
    ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name,
  );
  return z.looseObject({ data: z.record(z.string(), z.string()) }).parse(found).data;
};

const settingsOf = (manifests: readonly Manifest[]): string =>
  namesOf(manifests, 'ConfigMap').find((name) => /(topolog|graph)$/.test(name)) ?? '';

describe.each(cases)('the chart under $name', ({ files, needs }) => {
  let manifests: Manifest[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'topolog-chart-'));

  beforeAll(async () => {
    manifests = await render(files);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('passes strict lint', async () => {
    const { code, out } = await helm('lint', '--strict', chart, ...valueArgs(files));
    expect([code, out]).toEqual([0, expect.stringContaining('0 chart(s) failed')]);
  });

  it('has each object once, named in its namespace and labelled', () => {
    const ids = manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { metadata } of manifests) {
      expect(metadata.namespace).toBe('topolog');
      expect(metadata.labels).toMatchObject({
        'app.kubernetes.io/instance': 'r',
        'app.kubernetes.io/part-of': 'topolog',
      });
    }
  });

  it('has custom resources only where it asks for them', () => {
    const groups = manifests
      .map(({ apiVersion }) => apiVersion)
      .filter((version) => !builtIn.includes(version))
      .map((version) => version.split('/')[0]);
    expect([...new Set(groups)].sort()).toEqual([...needs].sort());
  });

  it('has Pods without rights, without a token and with a bounded heap', () => {
    const pods = manifests.flatMap((manifest) => podOf(manifest) ?? []);
    expect(pods.length).toBeGreaterThanOrEqual(3);
    for (const { spec } of pods) {
      expect(spec.securityContext).toMatchObject({
        runAsNonRoot: true,
        runAsUser: 1000,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      for (const container of [...spec.initContainers, ...spec.containers]) {
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        const heap = container.env.find(({ name }) => name === 'NODE_OPTIONS')?.value;
        if (container.envFrom.length === 0) continue;
        const [, size, unit] = /^(\d+)(Mi|Gi)$/.exec(container.resources.limits.memory) ?? [];
        const limit = Number(size) * (unit === 'Gi' ? 1024 : 1);
        expect(heap).toBe(`--max-old-space-size=${Math.floor(limit * 0.8)}`);
      }
    }
  });

  it('mounts no volume that is not there, and has none that is not mounted', () => {
    for (const { spec } of manifests.flatMap((manifest) => podOf(manifest) ?? [])) {
      const mounted = [...spec.initContainers, ...spec.containers].flatMap(({ volumeMounts }) =>
        volumeMounts.map(({ name }) => name),
      );
      expect([...new Set(mounted)].sort()).toEqual(spec.volumes.map(({ name }) => name).sort());
    }
  });

  it('gives the program settings that it takes', () => {
    const env = dataOf(manifests, settingsOf(manifests));
    const config = loadConfig(env);
    expect(config).toMatchObject({ HOST: '0.0.0.0', PORT: 8000, WORKER_PORT: 8001 });
    const unknown = Object.keys(env).filter(
      (one) => !(one in config) && !/^TEMPORAL_TLS(_|$)/.test(one),
    );
    expect(unknown).toEqual([]);
  });

  it('gives the program sources that it takes', () => {
    for (const name of namesOf(manifests, 'ConfigMap').filter((one) => one.endsWith('-sources'))) {
      const file = join(folder, 'sources.yaml');
      writeFileSync(file, dataOf(manifests, name)['sources.yaml'] ?? '');
      expect(loadSourcesFile(file, null).length).toBeGreaterThan(0);
    }
  });

  it('sets up with the settings and sources of the release', () => {
    const names = namesOf(manifests, 'ConfigMap');
    const setup = names.filter((name) => name.includes('-setup'));
    for (const name of setup) {
      expect(dataOf(manifests, name)).toEqual(dataOf(manifests, name.replace('-setup', '')));
    }
    const jobs = namesOf(manifests, 'Job').length;
    const others = names.filter((name) => !/-setup|-dashboard-/.test(name)).length;
    expect(setup).toHaveLength(jobs * others);
  });

  it('kills no Pod that still finishes its work', () => {
    for (const component of ['api', 'worker']) {
      const { spec } = podOfComponent(manifests, component);
      const env = dataOf(manifests, settingsOf(manifests));
      const grace = Number(env.SHUTDOWN_GRACE_SECONDS ?? 30);
      const preStop = z
        .object({ preStop: z.object({ exec: z.object({ command: z.array(z.string()) }) }) })
        .safeParse(spec.containers[0]?.lifecycle).data?.preStop.exec.command[1];
      expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(grace + Number(preStop ?? 0));
    }
  });
});

describe('the chart', () => {
  const only = (manifests: readonly Manifest[], kind: string, component: string): unknown =>
    manifests.find(
      (one) =>
        one.kind === kind && one.metadata.labels['app.kubernetes.io/component'] === component,
    )?.spec;

  it('scales both from 3 to 10 at 70 % of CPU and 80 % of memory', async () => {
    const manifests = await render([]);
    for (const component of ['api', 'worker']) {
      const target = (name: string, averageUtilization: number) => ({
        type: 'Resource',
        resource: { name, target: { type: 'Utilization', averageUtilization } },
      });
      expect(only(manifests, 'HorizontalPodAutoscaler', component)).toMatchObject({
        minReplicas: 3,
        maxReplicas: 10,
        metrics: [target('cpu', 70), target('memory', 80)],
      });
      // What scales a Deployment says how many there are, or each upgrade would take it back.
      expect(only(manifests, 'Deployment', component)).not.toHaveProperty('replicas');
    }
  });

  it('scales workers by the task queue in place of the autoscaler', async () => {
    const manifests = await render([join(chart, 'ci', 'keda-values.yaml')]);
    expect(only(manifests, 'HorizontalPodAutoscaler', 'worker')).toBeUndefined();
    expect(only(manifests, 'Deployment', 'worker')).not.toHaveProperty('replicas');
    expect(only(manifests, 'ScaledObject', 'worker')).toMatchObject({
      scaleTargetRef: { name: 'r-topolog-worker' },
      minReplicaCount: 2,
      triggers: [
        {
          type: 'temporal',
          metadata: {
            taskQueue: 'topolog',
            targetQueueSize: '10',
            queueTypes: 'workflow,activity',
          },
        },
      ],
    });
  });

  it('limits an address to 100 requests per minute, to 50 in staging, and not where told', async () => {
    const limitOf = async (files: readonly string[], set: readonly string[] = []) => {
      const found = (await render(files, { set })).find(({ kind }) => kind === 'Ingress');
      return found?.metadata.annotations['nginx.ingress.kubernetes.io/limit-rpm'];
    };
    const on = 'ingress={"enabled":true,"host":"topolog.example.com"}';
    expect(await limitOf([], [on])).toBe('100');
    expect(await limitOf([join(root, 'k8s', 'staging', 'values-override.yaml')])).toBe('50');
    expect(await limitOf([join(chart, 'ci', 'bare-values.yaml')])).toBeUndefined();
  });

  it('has two replicas in staging, an interval of five minutes, and debug', async () => {
    const manifests = await render([join(root, 'k8s', 'staging', 'values-override.yaml')]);
    expect(only(manifests, 'Deployment', 'api')).toMatchObject({ replicas: 2 });
    expect(only(manifests, 'Deployment', 'worker')).toMatchObject({ replicas: 2 });
    expect(dataOf(manifests, 'r-topolog')).toMatchObject({
      OTEL_GRAPH_INGEST_INTERVAL_MINUTES: '5',
      LOG_LEVEL: 'debug',
    });
  });

  it('gives secrets of the sources to those who read them, and to nobody else', async () => {
    const manifests = await render([join(chart, 'ci', 'full-values.yaml')]);
    const secretsOf = (component: string) => {
      const { spec } = podOfComponent(manifests, component);
      return {
        env: [...spec.initContainers, ...spec.containers].flatMap(({ envFrom }) =>
          envFrom.flatMap((one) => ('secretRef' in one ? [one.secretRef.name] : [])),
        ),
        files: spec.volumes.some(({ name }) => name === 'source-secrets'),
      };
    };
    const both = ['topolog-env', 'topolog-source-secrets'];
    expect(secretsOf('api')).toEqual({ env: ['topolog-env'], files: false });
    expect(secretsOf('worker')).toEqual({ env: both, files: true });
    expect(secretsOf('setup')).toEqual({ env: [...both, ...both], files: true });
    expect(secretsOf('test')).toEqual({ env: [], files: false });
  });

  it('starts Pods anew when a setting or a source changes, and not otherwise', async () => {
    const files = [join(chart, 'ci', 'full-values.yaml')];
    const sumsOf = async (set: readonly string[]) =>
      podOfComponent(await render(files, { set }), 'worker').metadata.annotations;
    const before = await sumsOf([]);
    expect(await sumsOf(['api.replicas=7'])).toEqual(before);
    const config = await sumsOf(['config.LOG_LEVEL="warn"']);
    expect(config['checksum/config']).not.toBe(before['checksum/config']);
    const sources = await sumsOf(['sources.items=[{"id":"one","url":"http://one.example"}]']);
    expect(sources['checksum/sources']).not.toBe(before['checksum/sources']);
  });

  it('opens the ports of the sources, of Temporal and of Neo4j as their addresses say', async () => {
    const set = [
      'networkPolicy.enabled=true',
      'temporal.address="temporal.example:17233"',
      'neo4j.uri="bolt://neo4j.example:17687"',
      'sources.items=[{"id":"a","url":"http://a.example:9090/x"},{"id":"b","url":"https://b.example"},{"id":"c","url":"http://c.example"}]',
    ];
    const policies = await render([], { set });
    const portsOf = (component: string) =>
      z
        .object({
          egress: z.array(
            z.object({ ports: z.array(z.object({ port: z.union([z.number(), z.string()]) })) }),
          ),
        })
        .parse(only(policies, 'NetworkPolicy', component))
        .egress.flatMap(({ ports }) => ports.map(({ port }) => port));
    expect(portsOf('worker')).toEqual([53, 53, 17233, 17687, 9090, 443, 80]);
    expect(portsOf('api')).toEqual([53, 53, 17233, 17687]);
    expect(portsOf('setup')).toEqual([53, 53, 17233, 17687, 443, 6443]);
    expect(portsOf('test')).toEqual([53, 53, 'http']);
  });

  it('reads the metrics of the API with a key where it needs one, those of the workers without', async () => {
    const manifests = await render([join(chart, 'ci', 'monitoring-values.yaml')]);
    const endpoint = (port: string, path: string) => ({ port, path, interval: '15s' });
    expect(only(manifests, 'ServiceMonitor', 'api')).toMatchObject({
      endpoints: [
        {
          ...endpoint('http', '/api/v1/metrics'),
          authorization: { credentials: { name: 'topolog-metrics-key', key: 'key' } },
        },
      ],
    });
    expect(only(manifests, 'ServiceMonitor', 'worker')).toMatchObject({
      endpoints: [endpoint('metrics', '/metrics'), endpoint('sdk-metrics', '/metrics')],
    });
    expect(JSON.stringify(only(manifests, 'ServiceMonitor', 'worker'))).not.toContain('key');
  });

  it('opens the port of the metrics of the SDK of Temporal where it is set, and only there', async () => {
    const portsOf = async (...more: readonly string[]) => {
      const manifests = await render([], { set: ['networkPolicy.enabled=true', ...more] });
      return ['Service', 'NetworkPolicy', 'Deployment'].map((kind) =>
        JSON.stringify(only(manifests, kind, 'worker')).match(/"sdk-metrics"/g),
      );
    };
    expect(await portsOf()).toEqual([null, null, null]);
    expect(await portsOf('config.TEMPORAL_METRICS_PORT="0"')).toEqual([null, null, null]);
    const [service, policy, deployment] = await portsOf('config.TEMPORAL_METRICS_PORT=9464');
    expect([service?.length, policy?.length, deployment?.length]).toEqual([2, 1, 1]);
  });

  it('passes dashboards and alerts on as they are', async () => {
    const manifests = await render([join(chart, 'ci', 'monitoring-values.yaml')]);
    const dashboards = filesOf(join(chart, 'files', 'dashboards'), '.json');
    const shippedOf = (component: string) =>
      manifests.filter(
        ({ metadata }) => metadata.labels['app.kubernetes.io/component'] === component,
      );
    const found = shippedOf('dashboards').map(({ metadata }) => dataOf(manifests, metadata.name));
    expect(found.flatMap(Object.entries).map(([name, text]) => [name, text.trimEnd()])).toEqual(
      [...dashboards].map(([name, text]) => [name, text.trimEnd()]),
    );
    for (const folder of ['alerts', 'slo']) {
      const files = [...filesOf(join(chart, 'files', folder), '.yaml').values()];
      expect(shippedOf(folder).map(({ spec }) => spec)).toEqual(files.map((text) => parse(text)));
    }
  });
});
