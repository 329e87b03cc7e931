import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRunRecords } from '../../../src/graph/runs.ts';
import { createSourceRecords } from '../../../src/graph/source-records.ts';
import { createWindowRecords } from '../../../src/graph/windows.ts';
import { createSourceChanges } from '../../../src/runs/source-changes.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { prometheusWith, type RecordedPrometheus } from '../../support/prometheus.ts';
import { counting, epoch, pair, requests, series } from '../../support/recording.ts';
import { testSource } from '../../support/source.ts';
import { startTestWorker, type TestWorker } from '../../support/worker.ts';

const at = (minute: number): number => (epoch + minute * 60) * 1000;
const hour = 3_600_000;

describe('the kinds of runs', () => {
  let graph: TestGraph;
  let prometheus: RecordedPrometheus;
  let worker: TestWorker;
  let source: ReturnType<typeof testSource>;

  beforeEach(async () => {
    graph = await openTestGraph();
    prometheus = await prometheusWith(series(requests, pair('web', 'api'), 0, counting(0, 60, 61)));
    source = testSource({ url: prometheus.url });
    worker = await startTestWorker({
      graph,
      sources: [source],
      maxCatchupMillis: hour,
      stalenessLimits: { staleMillis: 0.25 * hour, removeMillis: 400 * 24 * hour },
    });
  });
  afterEach(async () => {
    await worker.stop();
    await prometheus.stop();
    await graph.close();
  });

  it('mark what was not seen, as of an instant, and refuse one that has not come', async () => {
    await worker.run({ fromMillis: at(0), toMillis: at(15) });
    await graph.cypher('MATCH (s:Source) SET s.looked = [s.looked[0], toInteger($until)]', {
      until: at(60),
    });
    const run = await worker.run({ kind: 'markStale', nowMillis: at(60) });
    expect(run).toMatchObject({
      kind: 'markStale',
      state: 'completed',
      source: null,
      dependenciesStale: 1,
    });
    await expect(
      worker.runs.start({ kind: 'markStale', nowMillis: Date.now() + hour }),
    ).rejects.toMatchObject({ code: 'InvalidRange' });
  });

  it('forget what is old', async () => {
    const run = await worker.run({ kind: 'prune' });
    expect(run).toMatchObject({ kind: 'prune', state: 'completed', source: null, error: null });
  });

  it('read the past of a source that was never read, and of no other', async () => {
    const fromMillis = at(0);
    const begun = await worker.runs.start({ kind: 'backfill', fromMillis });
    expect(begun).toMatchObject({ joined: false, run: { kind: 'ingest', fromMillis } });
    const windows = createWindowRecords(graph.database, 100);
    await vi.waitUntil(async () => (await windows.frontier(source.id)) !== null, {
      timeout: 500_000,
      interval: 50,
    });
    await worker.temporal.client.workflow.getHandle(begun.run.workflowId).cancel();
    await worker.temporal.client.workflow
      .getHandle(begun.run.workflowId)
      .result()
      .catch(() => {});
    await expect(worker.runs.start({ kind: 'backfill', fromMillis })).rejects.toMatchObject({
      code: 'InvalidRange',
      message: expect.stringContaining('cannot begin anew'),
    });
  });

  it('a run joined as it ended is told as completed, whatever began under its name since', async () => {
    const { client, taskQueue } = worker.temporal;
    await worker.run({ fromMillis: at(0), toMillis: at(15) });
    const wake = async () => {
      const workflowId = `ingest/${source.id}`;
      const args = [{ source: source.id, toMillis: at(15) }];
      const handle = await client.workflow.start('ingest', { workflowId, taskQueue, args });
      await handle.result();
      return { run: handle.firstExecutionRunId, workflowId };
    };
    const joined = await wake();
    // It had nothing to read and recorded nothing; who joined it records it when it is over.
    const records = createRunRecords(graph.database);
    await records.open({
      ...joined,
      kind: 'ingest',
      source: source.id,
      startedAtMillis: Date.now(),
      fromMillis: null,
      toMillis: null,
    });
    await wake();
    expect(await worker.runs.find(joined.run)).toMatchObject({ state: 'completed', error: null });
    expect((await records.find(joined.run))?.state).toBe('completed');
  });

  it('a frontier in the future is refused, told, and set back to where was looked last', async () => {
    await worker.run({ fromMillis: at(0), toMillis: at(30) });
    const ahead = Math.ceil((Date.now() + 48 * hour) / hour) * hour;
    await graph.cypher(
      `MATCH (s:Source) SET s.frontier = datetime({epochMillis: toInteger($ahead)})
       CREATE (:Window {id: 'ahead', source: s.id, outcome: 'suspicious',
         start: datetime({epochMillis: toInteger($ahead) - 900000}), end: datetime({epochMillis: toInteger($ahead)})})`,
      { ahead },
    );
    const records = createSourceRecords(graph.database, 100);
    const changes = createSourceChanges({
      temporal: worker.temporal,
      sources: [source],
      records,
      now: Date.now,
    });

    const refused = await worker.run({});
    expect(refused).toMatchObject({ state: 'failed', windowsComplete: 0 });
    expect(refused.error).toContain(`topolog sources rewind ${source.id}`);

    expect(await changes.rewind(source.id, () => {})).toBe(at(30));
    const windows = createWindowRecords(graph.database, 100);
    expect(await windows.frontier(source.id)).toBe(at(30));
    const [left] = await graph.cypher(
      'MATCH (w:Window) RETURN count(w) AS windows, max(w.end).epochMillis AS last',
    );
    expect(left).toEqual({ windows: 2, last: at(30) });
    expect(await worker.run({ toMillis: at(45) })).toMatchObject({ windowsComplete: 1 });
    await expect(changes.rewind(source.id, () => {})).rejects.toMatchObject({
      code: 'InvalidRequest',
    });
  });
});
