import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { reconcileSchedules } from '../../../src/runs/schedules.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { prometheusWith, type RecordedPrometheus } from '../../support/prometheus.ts';
import { slowProxy } from '../../support/servers.ts';
import { testSource } from '../../support/source.ts';
import { startTestWorker, type TestWorker } from '../../support/worker.ts';

const upkeep = { staleSchedule: '0 2 * * *' };

describe('the schedule of a source', () => {
  let graph: TestGraph;
  let prometheus: RecordedPrometheus;
  let worker: TestWorker;
  let source: ReturnType<typeof testSource>;

  beforeEach(async () => {
    graph = await openTestGraph();
    prometheus = await prometheusWith([
      { metric: 'traces_service_graph_request_total', labels: {}, at: 1_767_225_600, value: 1 },
    ]);
    source = testSource({ url: prometheus.url });
    worker = await startTestWorker({ graph, sources: [source] });
  });

  afterEach(async () => {
    await reconcileSchedules(worker.temporal, [], upkeep);
    await worker.stop();
    await prometheus.stop();
    await graph.close();
  });

  const change = async (sources = [source]) =>
    (await reconcileSchedules(worker.temporal, sources, upkeep))
      .filter(({ scheduleId }) => scheduleId.startsWith('ingest/'))
      .map((one) => one.change);

  it('is created once, kept when nothing changed, and updated with its interval', async () => {
    expect(await change()).toEqual(['created']);
    expect(await change()).toEqual(['unchanged']);
    const handle = worker.temporal.client.schedule.getHandle(`ingest/${source.id}`);
    await handle.pause('by an operator');

    expect(await change([{ ...source, intervalMillis: 3_600_000 }])).toEqual(['updated']);
    const { spec, state } = await handle.describe();
    expect(spec.intervals).toEqual([{ every: 3_600_000, offset: 90_000 }]);
    expect(state).toMatchObject({ paused: true, note: 'by an operator' });
  });

  it('is removed when its source is no longer configured', async () => {
    await change();
    await vi.waitUntil(async () => (await change([])).includes('removed'), { timeout: 10_000 });
    expect(await change()).toEqual(['created']);
  });

  it('wakes the actor, which reads what has settled', async () => {
    await change();
    await worker.temporal.client.schedule.getHandle(`ingest/${source.id}`).trigger();
    await vi.waitUntil(
      async () =>
        (await graph.cypher('MATCH (w:Window {source: $id}) RETURN w', { id: source.id })).length >
        0,
      { timeout: 30_000, interval: 200 },
    );
    await vi.waitUntil(
      async () => (await worker.runs.page({}, null, 1)).runs[0]?.state === 'completed',
      {
        timeout: 30_000,
        interval: 200,
      },
    );
  });

  it('starts one actor, however many ticks race', async () => {
    const slow = await slowProxy(prometheus.url);
    await worker.stop();
    source = testSource({ url: slow.url });
    worker = await startTestWorker({ graph, sources: [source] });
    const { client, taskQueue } = worker.temporal;
    try {
      const ticks = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          client.workflow.execute('tick', {
            workflowId: `tick/${source.id}/${index}`,
            taskQueue,
            args: [source.id],
          }),
        ),
      );
      // The actor cannot have ended meanwhile: its source holds the answer back.
      expect(ticks.sort()).toEqual([...Array(9).fill('joined'), 'started']);
    } finally {
      slow.release();
      await client.workflow.getHandle(`ingest/${source.id}`).result();
      await slow.close();
    }
  });
});
