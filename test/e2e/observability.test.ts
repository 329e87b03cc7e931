import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { dashboardQueries, seriesOf } from '../../dev/check/dashboards.mjs';
import { freePort, startPrometheus } from '../../dev/stack/index.mjs';
import { openTestGraph, type TestGraph } from '../support/graph.ts';
import { type ExposedFamily, familiesOf, metricsIn } from '../support/metrics.ts';
import { createProcesses } from '../support/processes.ts';
import { prometheusWith, type RecordedPrometheus } from '../support/prometheus.ts';
import { counting, epoch, pair, requests, series } from '../support/recording.ts';
import { completed, startRun } from '../support/start-run.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const ruleFile = z.object({
  groups: z.array(
    z.object({ rules: z.array(z.object({ expr: z.string(), record: z.string().optional() })) }),
  ),
});
const rows = read('docs/observability.md').matchAll(
  /^\| `(topolog_\w+)` \| (\w+) \| ([^|]*) \| ([^|]*) \|/gm,
);
/** What docs/observability.md says: of each metric its type, labels and process. */
const documented = [...rows].map(([, name = '', type = '', labels = '', process = '']) => ({
  name,
  type,
  labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label).sort(),
  process: process.trim(),
}));

/** What the objectives record of metrics; what they record of that in turn follows from it. */
function measuredObjectives() {
  const rules = ruleFile.parse(parse(read('ops/slo/topolog.yaml'))).groups.flatMap((g) => g.rules);
  return rules
    .filter(({ record, expr }) => record !== undefined && !expr.includes('topolog:'))
    .map(({ record = '', expr }) => ({ dashboard: 'slo', panel: record, expression: expr }));
}

describe('the metrics of a stack that was used', () => {
  let source: RecordedPrometheus;
  let graph: TestGraph;
  let processes: ReturnType<typeof createProcesses>;
  let monitoring: Awaited<ReturnType<typeof startPrometheus>>;
  let apiUrl: string;
  const exposed = new Map<string, Map<string, ExposedFamily>>();
  const dataDir = mkdtempSync(join(tmpdir(), 'topolog-monitoring-'));

  /** Reads a quarter of an hour of the source, and waits for it. */
  async function ingest(quarter: number): Promise<void> {
    const at = (index: number) => new Date((epoch + index * 900) * 1000).toISOString();
    const run = await startRun(apiUrl, { from: at(quarter), to: at(quarter + 1) });
    await completed(apiUrl, run.id);
  }

  /** Reads what there is, and asks. */
  async function use(): Promise<void> {
    for (const quarter of [0, 1]) await ingest(quarter);
    for (const path of ['graph', 'services', 'services/nobody']) {
      await fetch(`${apiUrl}/api/v1/${path}`);
    }
  }

  beforeAll(async () => {
    const calls = [pair('web', 'cart'), pair('web', 'cart', { client: '' }), pair('shop', 'db')];
    source = await prometheusWith(
      calls.flatMap((labels) => series(requests, labels, 0, counting(0, 3, 61))),
    );
    graph = await openTestGraph();
    const env = {
      PROMETHEUS_URL: source.url,
      OTEL_GRAPH_SOURCE_ID: 'watched',
      TEMPORAL_TASK_QUEUE: `watched-${process.pid}`,
    };
    processes = createProcesses(env);
    const temporalPort = await freePort();
    const api = await processes.startServer();
    const worker = await processes.startWorker({ TEMPORAL_METRICS_PORT: String(temporalPort) });
    apiUrl = api.url;
    const temporalUrl = `http://127.0.0.1:${temporalPort}`;
    const targetOf = (url: string) => [new URL(url).host];
    monitoring = await startPrometheus({
      dataDir,
      scrapeInterval: '1s',
      scrapeConfigs: [
        { job: 'topolog-api', targets: targetOf(api.url), path: '/api/v1/metrics' },
        { job: 'topolog-worker', targets: targetOf(worker.url) },
        { job: 'topolog-temporal', targets: targetOf(temporalUrl) },
      ],
    });
    await use();
    execFileSync(
      process.execPath,
      [
        join(root, 'dist/cli.js'),
        'mark-stale',
        '--now',
        new Date(epoch * 1000).toISOString(),
        '--wait',
      ],
      {
        env: {
          ...process.env,
          ...env,
          TEMPORAL_ADDRESS: inject('temporalAddress'),
          NEO4J_URI: inject('neo4jUri'),
        },
      },
    );
    const text = async (url: string) => familiesOf(await (await fetch(url)).text());
    exposed.set('API', await text(`${api.url}/api/v1/metrics`));
    exposed.set('worker', await text(`${worker.url}/metrics`));
    exposed.set('Temporal', await text(`${temporalUrl}/metrics`));
  }, 300_000);

  afterAll(async () => {
    await monitoring.stop();
    await processes.stopAll();
    await source.stop();
    await graph.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it.each(['API', 'worker'])(
    'of the %s are those that are documented, with their types',
    (name) => {
      const found = [...(exposed.get(name) ?? [])]
        .filter(([metric]) => metric.startsWith('topolog_'))
        .map(([metric, { type }]) => `${metric} ${type}`);
      const said = documented
        .filter((one) => one.process === name || one.process === 'both')
        .map((one) => `${one.name} ${one.type}`);
      expect(found.sort()).toEqual(said.sort());
    },
  );

  it('have the labels that are documented, and no others', () => {
    const all = ['API', 'worker'].flatMap((name) => [...(exposed.get(name) ?? [])]);
    for (const [metric, { labels }] of all) {
      const said = documented.find(({ name }) => name === metric);
      if (said === undefined || labels.size === 0) continue;
      expect([metric, [...labels].sort()]).toEqual([metric, said.labels]);
    }
  });

  it('include each that a dashboard, an alert or an objective asks for', () => {
    const names = new Set(
      [...exposed.values()].flatMap((families) =>
        [...families].flatMap(([name, { type }]) =>
          type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
        ),
      ),
    );
    // Exposed only once an attempt has failed; the source of these tests never does.
    names.add('temporal_activity_execution_failed_total');
    const rules = ['ops/alerts/topolog.yaml', 'ops/slo/topolog.yaml'].flatMap((file) =>
      ruleFile.parse(parse(read(file))).groups.flatMap((group) => group.rules),
    );
    const asked = [
      ...dashboardQueries().map(({ expression }) => expression),
      ...rules.map(({ expr }) => expr),
    ].flatMap(metricsIn);
    expect(asked.length).toBeGreaterThan(50);
    expect([...new Set(asked)].filter((name) => !names.has(name))).toEqual([]);
  });

  it('leave no panel of a dashboard empty, and no objective without a measure', async () => {
    let empty = [...dashboardQueries(), ...measuredObjectives()];
    await vi
      .waitUntil(
        async () => {
          // A rate is of what moves between two scrapes, however quick the first use was.
          await use();
          const counted = await Promise.all(
            empty.map(async (query) => ({ query, count: await seriesOf(monitoring.url, query) })),
          );
          empty = counted.filter(({ count }) => count === 0).map(({ query }) => query);
          return empty.length === 0;
        },
        { timeout: 60_000, interval: 1000 },
      )
      .catch(() => {});
    expect(empty).toEqual([]);
  }, 90_000);
});
