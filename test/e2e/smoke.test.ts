import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { SmokeError, smoke } from '../../dev/smoke.mjs';
import { openTestGraph, type TestGraph } from '../support/graph.ts';
import { type AppProcess, createProcesses } from '../support/processes.ts';
import { prometheusWith, type RecordedPrometheus } from '../support/prometheus.ts';
import { counting, pair, requests, series } from '../support/recording.ts';

describe('the smoke test of a deployment', () => {
  let prometheus: RecordedPrometheus;
  let graph: TestGraph;
  let processes: ReturnType<typeof createProcesses>;
  let server: AppProcess;

  beforeAll(async () => {
    prometheus = await prometheusWith(
      series(requests, pair('storefront', 'cart'), 0, counting(0, 3, 31)),
    );
    graph = await openTestGraph();
    processes = createProcesses({
      PROMETHEUS_URL: prometheus.url,
      OTEL_GRAPH_SOURCE_ID: 'smoked',
      INGEST_BACKFILL_HOURS: '0',
      TEMPORAL_TASK_QUEUE: `smoked-${process.pid}`,
    });
    server = await processes.startServer();
  });

  afterAll(async () => {
    await processes.stopAll();
    await prometheus.stop();
    await graph.close();
  });

  it('passes where a run comes to its end, and fails in time where no worker takes it', async () => {
    const said: string[] = [];
    const options = { url: server.url, say: (line: string) => void said.push(line) };
    await expect(smoke({ ...options, timeoutMs: 15_000 })).rejects.toThrow(
      /\/api\/v1\/runs\/.*running/,
    );
    await processes.startWorker();
    await smoke({ ...options, timeoutMs: 60_000 });
    expect(said.map((line) => line.split(' ')[0])).toEqual([
      ...['health', 'readiness'],
      ...['health', 'readiness', 'run', 'graph'],
    ]);
  });

  it('says which version answers where another was wanted', async () => {
    const options = { url: server.url, timeoutMs: 5000, say: () => {} };
    await expect(smoke({ ...options, version: '99.0.0' })).rejects.toThrow(
      /the last answer: 200 .*"version":"\d/,
    );
  });

  it('fails where something else answers', async () => {
    const other = createServer((_, response) => response.end('<html>')).listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const options = { url: `http://127.0.0.1:${port}`, timeoutMs: 500, say: () => {} };
    await expect(smoke(options)).rejects.toThrow(SmokeError);
  });
});
