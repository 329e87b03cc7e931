import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { z } from 'zod';
import { openTestGraph, type TestGraph } from '../support/graph.ts';
import { type AppProcess, createProcesses } from '../support/processes.ts';
import { prometheusWith, type RecordedPrometheus } from '../support/prometheus.ts';
import { counting, epoch, pair, requests, series } from '../support/recording.ts';
import { startToxiproxy, type Way } from '../support/toxiproxy.ts';

const pairs = 800;
const range = {
  from: new Date(epoch * 1000).toISOString(),
  to: new Date((epoch + 1800) * 1000).toISOString(),
};
const hang = { timeout: 240_000, interval: 50 };

const runSchema = z.object({
  id: z.string(),
  state: z.string(),
  windows: z.record(z.string(), z.number()),
  counts: z.object({ dependenciesCreated: z.number(), servicesCreated: z.number() }),
});
type Run = z.output<typeof runSchema>;

// The same is done to a cluster by k8s/chaos.
describe('a worker that loses its servers', () => {
  let prometheus: RecordedPrometheus;
  let graph: TestGraph;
  let toxiproxy: Awaited<ReturnType<typeof startToxiproxy>>;
  let ways: Record<'neo4j' | 'temporal' | 'source', Way>;
  let processes: ReturnType<typeof createProcesses>;
  let server: AppProcess;
  let worker: AppProcess;
  let undisturbed: { run: Run; graph: unknown };

  beforeAll(async () => {
    prometheus = await prometheusWith(
      Array.from({ length: pairs }, (_, index) =>
        series(
          requests,
          pair(`client-${index % 70}`, `server-${index % 110}`),
          0,
          counting(0, 3, 31),
        ),
      ).flat(),
    );
    graph = await openTestGraph();
    toxiproxy = await startToxiproxy();
    ways = {
      neo4j: await toxiproxy.wayTo('neo4j', new URL(inject('neo4jUri')).host),
      temporal: await toxiproxy.wayTo('temporal', inject('temporalAddress')),
      source: await toxiproxy.wayTo('source', new URL(prometheus.url).host),
    };
    const env = {
      OTEL_GRAPH_SOURCE_ID: 'cut-off',
      TEMPORAL_TASK_QUEUE: `cut-off-${process.pid}`,
      PROMETHEUS_URL: `http://${ways.source.address}`,
      // Whoever waits for a run asks often.
      RATE_LIMIT_READS_PER_MINUTE: '0',
      // Small transactions, so that there is a middle in which to be cut off.
      GRAPH_WRITE_BATCH_ROWS: '10',
    };
    processes = createProcesses(env);
    server = await processes.startServer();
    worker = await processes.startWorker({
      NEO4J_URI: `bolt://${ways.neo4j.address}`,
      TEMPORAL_ADDRESS: ways.temporal.address,
    });
    undisturbed = await readAnew();
  }, 300_000);

  afterAll(async () => {
    await processes.stopAll();
    await toxiproxy.stop();
    await prometheus.stop();
    await graph.close();
  });

  async function ask(path: string, init?: RequestInit): Promise<unknown> {
    return (await fetch(`${server.url}/api/v1/runs${path}`, init)).json();
  }
  /** Reads the range into an empty graph, with what is done meanwhile. */
  async function readAnew(disturb: () => Promise<void> = async () => {}) {
    await graph.clear();
    const started = await ask('', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ kind: 'ingest', ...range }),
    });
    const { id } = z.object({ run: runSchema }).parse(started).run;
    await disturb();
    const run = await vi.waitUntil(async () => {
      const found = runSchema.parse(await ask(`/${id}`));
      return ['running', 'failing'].includes(found.state) ? false : found;
    }, hang);
    return { run: { ...run, id: '' }, graph: await graph.dump() };
  }
  const observed = async (): Promise<number> => {
    const rows = await graph.cypher('MATCH ()-[o:OBSERVED]->() RETURN count(o) AS observed');
    return Number(rows[0]?.observed);
  };
  const complaints = () =>
    readFileSync(worker.logFile, 'utf8').match(/"level":[45]0/g)?.length ?? 0;
  /** Does something to a way until the worker complains of it, and mends it. */
  async function untilItIsNoticed(way: Way, harm: () => Promise<void>): Promise<void> {
    const before = complaints();
    await harm();
    await vi.waitUntil(() => complaints() > before, hang);
    await way.mend();
  }

  it('goes on where it was when the network is cut, with the graph of an undisturbed run', async () => {
    let cutAt = 0;
    const disturbed = await readAnew(async () => {
      await untilItIsNoticed(ways.source, () => ways.source.cut());
      await vi.waitUntil(async () => (await observed()) > 50, hang);
      await untilItIsNoticed(ways.neo4j, () => ways.neo4j.cut());
      await untilItIsNoticed(ways.temporal, () => ways.temporal.cut());
      cutAt = await observed();
    });
    expect(cutAt).toBeGreaterThan(50);
    expect(disturbed).toEqual(undisturbed);
  }, 300_000);

  it('takes answers that are late and connections that break for what they are', async () => {
    const disturbed = await readAnew(async () => {
      await ways.neo4j.poison({ type: 'latency', attributes: { latency: 20, jitter: 10 } });
      await untilItIsNoticed(ways.source, () =>
        ways.source.poison({ type: 'reset_peer', attributes: { timeout: 0 } }),
      );
    });
    await ways.neo4j.mend();
    expect(disturbed).toEqual(undisturbed);
  }, 300_000);
});
