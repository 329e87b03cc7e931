import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { root } from '../../dev/chart/generate.ts';

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const filesIn = (folder: string, ending: RegExp): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => ending.test(file))
    .map((file) => join(folder, file));
const imagesIn = (text: string): string[] =>
  [...text.matchAll(/^ *image: *"?([^\s"{][^\s"]*)/gm)].map(([, image = '']) => image);

const name = 'ghcr.io/topolog/topolog';

describe('the images of Topolog', () => {
  it('have one name in chart, compose, k8s, docs and pipelines', () => {
    const { image } = z
      .object({ image: z.object({ repository: z.string() }) })
      .parse(parse(read('helm/topolog/values.yaml')));
    expect(image.repository).toBe(name);
    const files = [
      'docker-compose.yml',
      'README.md',
      'SECURITY.md',
      ...filesIn('docs', /\.md$/),
      ...filesIn('k8s', /\.(ya?ml|md)$/),
    ];
    const named = files.flatMap((file) =>
      [...read(file).matchAll(/[\w./-]*topolog[\w/-]*:[\w.${}:-]*-(api|worker|demo)\b/g)].map(
        ([text]) => text,
      ),
    );
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((one) => !one.startsWith(`${name}:`))).toEqual([]);
    // The pipelines of a fork push to the fork's, under the same suffixes.
    expect(read('.github/workflows/image.yml')).toContain('target: [api, worker, demo]');
    expect(read('.github/workflows/image.yml')).toMatch(/image=ghcr\.io\/\$\{REPOSITORY,,\}/);
    expect(read('.github/workflows/release.yml')).toMatch(
      /repository: ghcr\.io\/\$\{REPOSITORY,,\}/,
    );
  });
});

describe('k8s/try', () => {
  it('runs the servers that compose runs', () => {
    const ofCompose = new Set(imagesIn(read('docker-compose.yml')));
    const servers = filesIn('k8s/try', /\.yaml$/)
      .concat(filesIn('k8s/backup', /\.yaml$/))
      .flatMap((file) => imagesIn(read(file)))
      .filter((image) => !image.startsWith(name));
    expect(new Set(servers).size).toBe(3);
    expect(servers.filter((image) => !ofCompose.has(image))).toEqual([]);
  });

  it('has all of its files, and none that is not applied', () => {
    const { resources } = z
      .looseObject({ resources: z.array(z.string()) })
      .parse(parse(read('k8s/try/kustomization.yaml')));
    const others = ['kustomization.yaml', 'values.yaml'];
    expect([...resources, ...others].sort()).toEqual(
      filesIn('k8s/try', /\.yaml$/)
        .map((file) => basename(file))
        .sort(),
    );
  });

  it('publishes nothing', () => {
    const text = filesIn('k8s/try', /\.yaml$/)
      .map(read)
      .join('\n---\n');
    expect(text).not.toMatch(/NodePort|LoadBalancer|hostPort|hostNetwork|kind: Ingress/);
  });
});

describe('the experiments', () => {
  const experiment = z.looseObject({
    kind: z.string(),
    metadata: z.looseObject({ name: z.string(), namespace: z.literal('topolog-try') }),
    spec: z.looseObject({ duration: z.string().optional() }),
  });
  const all = filesIn('k8s/chaos', /\.yaml$/).flatMap((file) =>
    parseAllDocuments(read(file)).map((document) => experiment.parse(document.toJS())),
  );

  it('are of pods, network, clock and disk, and end by themselves', () => {
    expect(new Set(all.map(({ kind }) => kind))).toEqual(
      new Set(['PodChaos', 'NetworkChaos', 'TimeChaos', 'IOChaos']),
    );
    for (const { kind, spec } of all) expect(spec.duration === undefined).toBe(kind === 'PodChaos');
  });

  it('befall Pods that are there', () => {
    const there =
      read('k8s/try/topolog.yaml') +
      filesIn('k8s/try', /\.yaml$/)
        .map(read)
        .join('');
    const labels = [...JSON.stringify(all).matchAll(/"labelSelectors":\{"([^"]+)":"([^"]+)"\}/g)];
    expect(labels.length).toBeGreaterThan(10);
    for (const [, label, value] of labels) expect(there).toContain(`${label}: ${value}`);
  });
});

describe('the values of prometheus-adapter', () => {
  const rule = z.object({
    name: z.object({ as: z.string() }),
    metricsQuery: z.string(),
    seriesQuery: z.string(),
  });
  const { rules } = z
    .object({ rules: z.object({ custom: z.array(rule), external: z.array(rule) }) })
    .parse(parse(read('ops/autoscaling/prometheus-adapter.yaml')));
  const all = [...rules.custom, ...rules.external];

  it('serve the metrics that the chart names', () => {
    const values = read('helm/topolog/values.yaml');
    expect(all.map(({ name: { as } }) => as)).toEqual([
      'topolog_requests_per_second',
      'topolog_windows_behind',
    ]);
    for (const {
      name: { as },
    } of all)
      expect(values).toContain(`: ${as}\n`);
  });

  it.each(all)('$name.as is PromQL of metrics that there are', ({ metricsQuery, seriesQuery }) => {
    const asked = metricsQuery
      .replaceAll('<<.Series>>', seriesQuery.replace(/\{.*/, ''))
      .replaceAll('<<.LabelMatchers>>', 'namespace="topolog"')
      .replaceAll('<<.GroupBy>>', 'namespace');
    expect(parser.parse(asked).toString()).not.toContain('⚠');
    const documented = read('docs/observability.md');
    const metrics = asked.match(/\btopolog_\w+/g) ?? [];
    expect(metrics.length).toBeGreaterThan(0);
    for (const metric of metrics) expect(documented).toContain(`\`${metric}\``);
  });
});

describe('docs/grafana.md', () => {
  const page = read('docs/grafana.md');
  const files = [...page.matchAll(/```yaml\n(# \S+)\n([\s\S]*?)```/g)].map(([, , text = '']) =>
    parse(text),
  );

  it('shows files that Grafana takes, with a key that is not written down', () => {
    const source = z.object({
      uid: z.string(),
      type: z.enum(['jaeger', 'hamedkarbasi93-nodegraphapi-datasource']),
      jsonData: z.looseObject({ httpHeaderName1: z.literal('Authorization') }),
      secureJsonData: z.object({ httpHeaderValue1: z.literal('Bearer $TOPOLOG_KEY') }),
    });
    const provisioned = z.object({
      apiVersion: z.literal(1),
      datasources: z.array(source).optional(),
      providers: z.array(z.looseObject({ type: z.literal('file') })).optional(),
    });
    expect(files.map((file) => Object.keys(provisioned.parse(file))[1]).sort()).toEqual([
      'datasources',
      'datasources',
      'providers',
    ]);
  });

  it('has every dashboard, and every route that it speaks of is there', () => {
    for (const file of filesIn('ops/dashboards', /\.json$/)) {
      expect(page).toContain(`\`${basename(file)}\``);
    }
    const { paths } = z
      .object({ paths: z.record(z.string(), z.unknown()) })
      .parse(JSON.parse(read('docs/openapi.json')));
    const routes = [...page.matchAll(/`(\/api\/[\w/]+)/g)].map(([, route = '']) => route);
    expect(routes.length).toBeGreaterThan(3);
    expect(routes.filter((route) => !(route in paths))).toEqual([]);
  });
});
