import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Source } from '../../../src/sources/source.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { prometheusWith, type RecordedPrometheus } from '../../support/prometheus.ts';
import { counting, epoch, pair, requests, series } from '../../support/recording.ts';
import { rejectingServer, slowProxy } from '../../support/servers.ts';
import { testSource } from '../../support/source.ts';
import { startTestWorker, type TestWorker } from '../../support/worker.ts';

const at = (minute: number): number => (epoch + minute * 60) * 1000;

describe('runs of a source', () => {
  let graph: TestGraph;
  let prometheus: RecordedPrometheus;
  let worker: TestWorker | undefined;

  beforeAll(async () => {
    prometheus = await prometheusWith([
      ...series(requests, pair('web', 'api'), 0, counting(0, 60, 121)),
      ...series(
        requests,
        pair('api', 'db', { connection_type: 'database' }),
        0,
        counting(0, 0, 61),
      ),
      // Appears in the fourth window.
      ...series(requests, pair('web', 'search'), 50, counting(0, 6, 71)),
    ]);
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

  async function workerFor(given: Partial<Source> = {}): Promise<TestWorker> {
    worker = await startTestWorker({
      graph,
      sources: [testSource({ url: prometheus.url, ...given })],
    });
    return worker;
  }

  const windowEnds = async () =>
    (
      await graph.cypher(
        'MATCH (w:Window) RETURN (w.end.epochSeconds - $epoch) / 60 AS minute ORDER BY minute',
        { epoch },
      )
    ).map(({ minute }) => minute);

  it('reads a past range of a source that was never read, in order, and leaves the frontier at its end', async () => {
    const { run } = await workerFor();
    const done = await run({ fromMillis: at(0), toMillis: at(60) });

    expect(done).toMatchObject({
      kind: 'ingest',
      state: 'completed',
      windowsComplete: 4,
      servicesCreated: 3,
      dependenciesCreated: 2,
      fromMillis: at(0),
      toMillis: at(60),
    });
    expect(await windowEnds()).toEqual([15, 30, 45, 60]);
    const [source] = await graph.cypher(
      'MATCH (s:Source) RETURN s.frontier.epochMillis AS frontier, s.looked AS looked',
    );
    expect(source).toEqual({ frontier: at(60), looked: [at(0), at(60)] });
  });

  it('never believes in a dependency whose counter does not move', async () => {
    const { run } = await workerFor();
    await run({ fromMillis: at(0), toMillis: at(30) });
    const pairs = await graph.cypher('MATCH (c)-[:DEPENDS_ON]->(s) RETURN c.id AS c, s.id AS s');
    expect(pairs).toEqual([{ c: 'web', s: 'api' }]);
  });

  it('goes on from the frontier up to where it is told to stop', async () => {
    const { run } = await workerFor();
    await run({ fromMillis: at(0), toMillis: at(30) });
    expect(await run({ toMillis: at(60) })).toMatchObject({ windowsComplete: 2 });
    expect(await windowEnds()).toEqual([15, 30, 45, 60]);
  });

  it('reads a range before the frontier again, late, and nothing changes', async () => {
    const { run } = await workerFor();
    await run({ fromMillis: at(0), toMillis: at(60) });
    const before = await graph.dump();
    const again = await run({ fromMillis: at(15), toMillis: at(45) });
    expect(again).toMatchObject({ kind: 'reingest', state: 'completed', windowsComplete: 2 });
    expect(await graph.dump()).toEqual(before);
  });

  it('widens what is known when an older window is read after a newer one', async () => {
    const { run } = await workerFor();
    await run({ fromMillis: at(30), toMillis: at(60) });
    const observed = () =>
      graph.cypher(
        'MATCH (:Service {id: "web"})-[o:OBSERVED]->(:Service {id: "api"}) RETURN o.firstSeenAt.epochMillis AS first, o.lastSeenAt.epochMillis AS last, o.windowEnd.epochMillis AS window',
      );
    expect(await observed()).toEqual([{ first: at(45), last: at(60), window: at(60) }]);
    await run({ fromMillis: at(0), toMillis: at(30) });
    expect(await observed()).toEqual([{ first: at(15), last: at(60), window: at(60) }]);
  });

  it('refuses what it cannot do and says what it could', async () => {
    const { run } = await workerFor();
    await run({ fromMillis: at(0), toMillis: at(30) });
    await expect(run({ toMillis: at(15) })).rejects.toMatchObject({
      code: 'InvalidRange',
      message: expect.stringContaining('2026-01-01T00:30:00.000Z'),
    });
    await expect(run({ toMillis: Date.now() + 3_600_000 })).rejects.toMatchObject({
      code: 'InvalidRange',
    });
    await expect(run({ source: 'another' })).rejects.toMatchObject({ code: 'UnknownSource' });
  });

  it('begins a source that was never read with the latest settled window', async () => {
    const { run } = await workerFor();
    const done = await run({});
    // The recording is long past, so the window is answered, and nobody looked.
    expect(done).toMatchObject({ state: 'completed', windowsSuspicious: 1 });
  });

  it('catches up no further than its bound after a long outage', async () => {
    worker = await startTestWorker({
      graph,
      sources: [testSource({ url: prometheus.url })],
      maxCatchupMillis: 60 * 60_000,
    });
    await worker.run({ fromMillis: at(0), toMillis: at(30) });
    const done = await worker.run({});
    expect(done.windowsComplete + done.windowsSuspicious).toBe(4);
  });

  it('runs from the frontier to the next grid point after a change of interval', async () => {
    const before = await workerFor({ id: 'changed' });
    await before.run({ fromMillis: at(0), toMillis: at(45) });
    await before.stop();
    const after = await workerFor({ id: 'changed', intervalMillis: 60 * 60_000 });
    await after.run({ toMillis: at(120) });
    expect(await windowEnds()).toEqual([15, 30, 45, 60, 120]);
  });

  it('goes on as new after a number of windows, in the same run', async () => {
    worker = await startTestWorker({
      graph,
      sources: [testSource({ url: prometheus.url })],
      windowsPerExecution: 2,
    });
    const walk = await worker.run({ fromMillis: at(0), toMillis: at(75) });
    expect(walk).toMatchObject({ state: 'completed', windowsComplete: 5, toMillis: at(75) });
    expect(await windowEnds()).toEqual([15, 30, 45, 60, 75]);

    const again = await worker.run({ fromMillis: at(0), toMillis: at(75) });
    expect(again).toMatchObject({
      state: 'completed',
      windowsComplete: 5,
      fromMillis: at(0),
      toMillis: at(75),
    });
    expect(await graph.cypher('MATCH (r:Run) RETURN count(r) AS runs')).toEqual([{ runs: 2 }]);
  });

  it('begins where it was told even if the source was away then', async () => {
    const before = await workerFor({ id: 'away', url: 'http://127.0.0.1:1' });
    const { run } = await before.runs.start({ fromMillis: at(0), toMillis: at(30) });
    await vi.waitUntil(
      async () =>
        (await graph.cypher('MATCH (s:Source) WHERE s.frontier IS NOT NULL RETURN s')).length > 0,
      { timeout: 20_000, interval: 50 },
    );
    await before.temporal.client.workflow.getHandle(run.workflowId).terminate('by the test');
    await before.stop();

    const after = await workerFor({ id: 'away' });
    expect(await after.run({ toMillis: at(30) })).toMatchObject({ windowsComplete: 2 });
    expect(await windowEnds()).toEqual([15, 30]);
  });

  it('joins the walk that is going on instead of starting another', async () => {
    const slow = await slowProxy(prometheus.url);
    try {
      const { runs, temporal } = await workerFor({ url: slow.url });
      const first = await runs.start({ fromMillis: at(0), toMillis: at(15) });
      const second = await runs.start({});
      expect(second).toMatchObject({ joined: true, run: { id: first.run.id } });

      // A range asked for meanwhile is not forgotten: it is read on its own, late.
      const range = await runs.start({ fromMillis: at(30), toMillis: at(45) });
      expect(range).toMatchObject({ joined: false, run: { kind: 'reingest' } });
      slow.release();
      for (const { run } of [first, range]) {
        await temporal.client.workflow.getHandle(run.workflowId).result();
        expect(await runs.find(run.id)).toMatchObject({ state: 'completed', windowsComplete: 1 });
      }
    } finally {
      slow.release();
      await slow.close();
    }
  });

  it('records a rejected query as a failed window, passes it, and mends it when read again', async () => {
    const rejecting = await rejectingServer();
    const source = testSource({ url: rejecting.url, id: 'rejecting' });
    worker = await startTestWorker({ graph, sources: [source] });
    const done = await worker.run({ fromMillis: at(0), toMillis: at(30) });
    expect(done).toMatchObject({ state: 'completed', windowsFailed: 2, windowsComplete: 0 });
    const [window] = await graph.cypher('MATCH (w:Window) RETURN DISTINCT w.error AS error');
    expect(window?.error).toContain('not a query');
    const [before] = await graph.cypher('MATCH (s:Source) RETURN s.looked AS looked');
    expect(before).toEqual({ looked: [] });
    await worker.stop();
    await rejecting.close();

    const mended = await workerFor({ id: 'rejecting' });
    await mended.run({ fromMillis: at(0), toMillis: at(30) });
    const [after] = await graph.cypher('MATCH (s:Source) RETURN s.looked AS looked');
    expect(after).toEqual({ looked: [at(0), at(30)] });
  });

  it('says of a run whose workflow was ended from outside that it failed', async () => {
    const slow = await slowProxy(prometheus.url);
    try {
      const { runs, temporal } = await workerFor({ url: slow.url });
      const { run } = await runs.start({ fromMillis: at(0), toMillis: at(15) });
      await temporal.client.workflow.getHandle(run.workflowId).terminate('by the test');
      expect(await runs.find(run.id)).toMatchObject({ state: 'failed' });
    } finally {
      slow.release();
      await slow.close();
    }
  });

  it('records a cancelled run as cancelled', async () => {
    const slow = await slowProxy(prometheus.url);
    try {
      const { runs, temporal } = await workerFor({ url: slow.url });
      const { run } = await runs.start({ fromMillis: at(0), toMillis: at(15) });
      const handle = temporal.client.workflow.getHandle(run.workflowId);
      await slow.asked;
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
      expect(await runs.find(run.id)).toMatchObject({ state: 'cancelled' });
    } finally {
      slow.release();
      await slow.close();
    }
  });
});
