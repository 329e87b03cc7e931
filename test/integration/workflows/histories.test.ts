import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ensureServer } from '../../../dev/stack/index.mjs';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { prometheusWith, type RecordedPrometheus } from '../../support/prometheus.ts';
import { counting, epoch, pair, requests, series } from '../../support/recording.ts';
import { testSource } from '../../support/source.ts';
import { startTestWorker, type TestWorker } from '../../support/worker.ts';
import { workflowBundle } from '../../support/workflow-bundle.ts';

/**
 * `UPDATE_HISTORIES=1` keeps the histories, for the replay tests of later versions. Those of earlier
 * versions (ingest, ingest-continued) stay as they are.
 */
const keep = Boolean(process.env.UPDATE_HISTORIES);
const folder = fileURLToPath(new URL('../../fixtures/histories', import.meta.url));
/** By its configured settle this window of a source of the present is just due. */
const intervalMillis = 15 * 60_000;
const lateEndMillis = Math.floor((Date.now() - 60_000) / intervalMillis) * intervalMillis;
const lateSettleMillis = Date.now() - lateEndMillis - 500;
const at = (minute: number): number => (epoch + minute * 60) * 1000;

describe('the histories of today', () => {
  let graph: TestGraph;
  let prometheus: RecordedPrometheus;
  let worker: TestWorker;

  beforeAll(async () => {
    graph = await openTestGraph();
    prometheus = await prometheusWith(
      ['web', 'app', 'job'].flatMap((client) =>
        series(requests, pair(client, 'api'), 0, counting(0, 1, 61)),
      ),
    );
    worker = await startTestWorker({
      graph,
      sources: [
        testSource({ id: 'shop', url: prometheus.url }),
        testSource({ id: 'long', url: prometheus.url }),
        testSource({ id: 'late', url: prometheus.url, settleMillis: lateSettleMillis }),
        testSource({ id: 'wrong', url: `${prometheus.url}/-/ready?` }),
      ],
      retryDelaysMillis: [],
      windowsPerExecution: 2,
      // Three shards, of which two are under way at the same time.
      shardSeries: 1,
      shardConcurrency: 2,
    });
  });

  afterAll(async () => {
    await worker.stop();
    await prometheus.stop();
    await graph.close();
  });

  /** Takes the history as an operator would, from Temporal's own command line, replays and returns it. */
  async function replay(name: string, workflowId: string): Promise<string> {
    const { command, args } = await ensureServer('temporal');
    const show = ['workflow', 'show', '--workflow-id', workflowId, '--output', 'json'];
    const address = ['--address', inject('temporalAddress')];
    const json = execFileSync(command, [...args, ...show, ...address], { encoding: 'utf8' });
    const history: unknown = JSON.parse(json);
    if (keep) {
      // Which process it was is nobody's business later.
      const anonymous = JSON.stringify(history).replaceAll(/\d+@[\w.-]+/g, '1@worker');
      writeFileSync(join(folder, `${name}.json`), `${anonymous}\n`);
    }
    await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history);
    return json;
  }

  it('of a walk and of reading again can be replayed', async () => {
    await worker.run({ source: 'shop', fromMillis: at(0), toMillis: at(60) });
    await replay('ingest-past', 'ingest/shop');
    const again = await worker.run({ source: 'shop', fromMillis: at(15), toMillis: at(45) });
    expect(again.workflowId).toBe(
      'reingest/shop/2026-01-01T00:15:00.000Z/2026-01-01T00:45:00.000Z',
    );
    await replay('reingest', again.workflowId);
  });

  it('of a walk that went on as new can be replayed', async () => {
    await worker.run({ source: 'long', fromMillis: at(0), toMillis: at(15) });
    const { run } = await worker.runs.start({ source: 'long', toMillis: at(60) });
    const handle = worker.temporal.client.workflow.getHandle(run.workflowId);
    await handle.result();
    await replay('ingest-live', 'ingest/long');
  });

  it('of an actor that waited for late samples, and read a window again, can be replayed', async () => {
    const { client, taskQueue } = worker.temporal;
    const [source, workflowId] = ['late', 'ingest/late'];
    await graph.cypher('CREATE (:Source {id: $id, looked: [], settleMillis: $learnt})', {
      id: source,
      learnt: Date.now() - lateEndMillis + 10_000,
    });
    await worker.run({ source });
    expect(await replay('ingest-waiting', workflowId)).toContain('EVENT_TYPE_TIMER_STARTED');
    // Nothing was seen in its windows, so they are read again, which need not be waited for.
    await graph.cypher('MATCH (w:Window {source: $source}) SET w.rereadAt = datetime()', {
      source,
    });
    const args = [{ source, toMillis: lateEndMillis }];
    await client.workflow.execute('ingest', { workflowId, taskQueue, args });
    expect(await replay('ingest-again', workflowId)).toContain('planWindow');
  });

  it('of a tick can be replayed', async () => {
    const { client, taskQueue } = worker.temporal;
    const workflowId = 'tick/shop';
    await client.workflow.execute('tick', { workflowId, taskQueue, args: ['shop'] });
    await replay('tick', workflowId);
  });

  it.each([
    ['mark-stale', 'markStale'],
    ['prune-history', 'pruneHistory'],
  ])('of %s can be replayed', async (workflowId, workflow) => {
    const { client, taskQueue } = worker.temporal;
    await client.workflow.execute(workflow, { workflowId, taskQueue, args: [{}] });
    await replay(workflowId, workflowId);
  });

  it('of a walk that was cancelled can be replayed', async () => {
    const { client } = worker.temporal;
    const { run } = await worker.runs.start({
      source: 'wrong',
      fromMillis: at(0),
      toMillis: at(15),
    });
    const handle = client.workflow.getHandle(run.workflowId);
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow();
    await replay('ingest-cancelled', run.workflowId);
  });
});
