import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRunRecords } from '../../../src/graph/runs.ts';
import { workersPolling } from '../../../src/runs/task-queue.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { prometheusWith, type RecordedPrometheus } from '../../support/prometheus.ts';
import { counting, epoch, pair, requests, series } from '../../support/recording.ts';
import { brokenProxy } from '../../support/servers.ts';
import { testSource } from '../../support/source.ts';
import { startTestWorker, type TestWorker } from '../../support/worker.ts';

const at = (minute: number): number => (epoch + minute * 60) * 1000;

describe('a run whose source refuses', () => {
  let graph: TestGraph;
  let prometheus: RecordedPrometheus;
  let worker: TestWorker | undefined;

  beforeAll(async () => {
    prometheus = await prometheusWith(
      series(requests, pair('web', 'api'), 0, counting(0, 60, 121)),
    );
  });
  afterAll(() => prometheus.stop());
  beforeEach(async () => {
    graph = await openTestGraph();
  });
  afterEach(async () => {
    await worker?.stop();
    worker = undefined;
    await graph.close();
  });

  it('for good is failing with the error, and completes once the source is mended', async () => {
    const statuses = [403, 404, 405];
    const broken = await Promise.all(statuses.map((one) => brokenProxy(prometheus.url, one)));
    try {
      const ids = statuses.map((status) => `refuses-${status}`);
      worker = await startTestWorker({
        graph,
        sources: broken.map(({ url }, index) => testSource({ url, id: ids[index] ?? '' })),
      });
      const { runs, temporal } = worker;
      const range = { fromMillis: at(0), toMillis: at(15) };
      const started = await Promise.all(ids.map((source) => runs.start({ source, ...range })));
      const runIds = started.map(({ run }) => run.id);

      for (const [index, id] of runIds.entries()) {
        const failing = await vi.waitUntil(
          async () => {
            const now = await runs.find(id);
            return now.state === 'failing' && now;
          },
          { timeout: 60_000, interval: 100 },
        );
        expect(failing.error).toContain(String(statuses[index]));
        expect(failing.failingSinceMillis).toBeGreaterThanOrEqual(failing.startedAtMillis);
        expect(failing.finishedAtMillis).toBeNull();
      }
      // The list finds them by what it shows, and no other state has them.
      const listed = async (state: 'failing' | 'running') =>
        (await runs.page({ states: [state] }, null, 10)).runs.map(({ id }) => id).sort();
      expect(await listed('failing')).toEqual([...runIds].sort());
      expect(await listed('running')).toEqual([]);

      // What fails is the source: a worker is there.
      expect(await workersPolling(temporal, Date.now())).toBe(1);
      const elsewhere = { ...temporal, taskQueue: `${temporal.taskQueue}-of-nobody` };
      expect(await workersPolling(elsewhere, Date.now())).toBe(0);

      for (const { repair } of broken) repair();
      // The next attempt comes 30 s after the first.
      for (const { run } of started) {
        await temporal.client.workflow.getHandle(run.workflowId).result();
        expect(await runs.find(run.id)).toMatchObject({
          state: 'completed',
          error: null,
          failingSinceMillis: null,
          windowsComplete: 1,
        });
      }
    } finally {
      for (const { close } of broken) await close();
    }
  }, 240_000);
});

describe('the record of a failing run', () => {
  let graph: TestGraph;
  beforeEach(async () => {
    graph = await openTestGraph();
  });
  afterEach(() => graph.close());

  async function opened() {
    const records = createRunRecords(graph.database);
    const nothing = { workflowId: 'ingest/shop', source: 'shop', fromMillis: null, toMillis: null };
    await records.open({ ...nothing, run: 'run-1', kind: 'ingest', startedAtMillis: at(0) });
    return { ...records, now: () => records.find('run-1') };
  }

  it('keeps since when it fails, and the last error', async () => {
    const { failing, now } = await opened();
    await failing('run-1', 'plan 1', 'No key.', at(1));
    await failing('run-1', 'plan 1', 'A wrong key.', at(2));
    expect(await now()).toMatchObject({
      state: 'failing',
      error: 'A wrong key.',
      failingSinceMillis: at(1),
    });
  });

  it('is taken back by the step that failed last, and by no other', async () => {
    const { failing, recovered, now } = await opened();
    await failing('run-1', 'shard 2', 'Gone.', at(1));
    await recovered('run-1', 'shard 3');
    expect(await now()).toMatchObject({ state: 'failing' });
    await recovered('run-1', 'shard 2');
    expect(await now()).toMatchObject({ state: 'running', error: null, failingSinceMillis: null });
  });

  it('ends with the run, whose own error stands', async () => {
    const { failing, close, now } = await opened();
    await failing('run-1', 'plan 1', 'No key.', at(1));
    await close('run-1', 'failed', 'Given up.', at(3));
    await failing('run-1', 'plan 1', 'Too late.', at(4));
    const ended = { state: 'failed', error: 'Given up.', failingSinceMillis: null };
    expect(await now()).toMatchObject(ended);
  });
});
