import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { openTestGraph, type TestGraph } from '../support/graph.ts';
import { type AppProcess, createProcesses } from '../support/processes.ts';
import { prometheusWith, type RecordedPrometheus } from '../support/prometheus.ts';
import { counting, epoch, pair, requests, series } from '../support/recording.ts';

const pairs = 1500;
const range = {
  from: new Date(epoch * 1000).toISOString(),
  to: new Date((epoch + 1800) * 1000).toISOString(),
};

const runSchema = z.object({
  id: z.string(),
  state: z.string(),
  windows: z.record(z.string(), z.number()),
  counts: z.object({ dependenciesCreated: z.number(), servicesCreated: z.number() }),
});

describe('the processes of Topolog', () => {
  let prometheus: RecordedPrometheus;
  let graph: TestGraph;
  let processes: ReturnType<typeof createProcesses>;
  let server: AppProcess;
  let worker: AppProcess;

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
    processes = createProcesses({
      PROMETHEUS_URL: prometheus.url,
      OTEL_GRAPH_SOURCE_ID: 'killed',
      TEMPORAL_TASK_QUEUE: `killed-${process.pid}`,
      // Small transactions, so that there is a middle in which to be killed.
      GRAPH_WRITE_BATCH_ROWS: '10',
    });
    server = await processes.startServer();
    worker = await processes.startWorker();
  });

  afterAll(async () => {
    await processes.stopAll();
    await prometheus.stop();
    await graph.close();
  });

  async function startRun(): Promise<string> {
    const response = await fetch(`${server.url}/api/v1/runs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ kind: 'ingest', ...range }),
    });
    expect(response.status).toBe(202);
    return z.object({ run: runSchema }).parse(await response.json()).run.id;
  }

  async function finished(id: string): Promise<z.output<typeof runSchema>> {
    return vi.waitUntil(
      async () => {
        const response = await fetch(`${server.url}/api/v1/runs/${id}`);
        const run = runSchema.parse(await response.json());
        return run.state === 'running' ? false : run;
      },
      { timeout: 150_000, interval: 250 },
    );
  }

  const observed = async (): Promise<number> => {
    const rows = await graph.cypher('MATCH ()-[o:OBSERVED]->() RETURN count(o) AS observed');
    return Number(rows[0]?.observed);
  };

  it('finish a run whose worker was killed in the middle, with the graph of an undisturbed run', async () => {
    const first = await startRun();
    await vi.waitUntil(async () => (await observed()) > 50, { timeout: 60_000, interval: 20 });
    await worker.kill();
    const halfWritten = await observed();
    expect(halfWritten).toBeLessThan(770);

    worker = await processes.startWorker();
    const disturbed = await finished(first);
    const disturbedGraph = await graph.dump();
    expect(disturbed).toMatchObject({ state: 'completed', windows: { complete: 2 } });

    await graph.clear();
    const undisturbed = await finished(await startRun());
    expect({ ...disturbed, id: '' }).toMatchObject({
      windows: undisturbed.windows,
      counts: undisturbed.counts,
    });
    expect(disturbedGraph).toEqual(await graph.dump());
  }, 300_000);

  it('drain and exit with 0 when they are told to stop', async () => {
    for (const app of [worker, server]) {
      const { exited } = app;
      await app.stop();
      expect(await exited).toMatchObject({ code: 0 });
    }
  }, 90_000);
});
