import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest';
import { createRunRequests, rememberedMillis } from '../../../src/graph/run-requests.ts';
import { createRunRecords, type RunRecords } from '../../../src/graph/runs.ts';
import { createWindowRecords } from '../../../src/graph/windows.ts';
import { createRuns } from '../../../src/runs/create-runs.ts';
import type { Runs } from '../../../src/runs/runs.ts';
import { openTemporal, type Temporal } from '../../../src/runs/temporal.ts';
import { loadConfig } from '../../../src/runtime/config.ts';
import { AppError } from '../../../src/runtime/errors.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { epoch } from '../../support/recording.ts';
import { testSource } from '../../support/source.ts';
import { startTestWorker } from '../../support/worker.ts';

const at = (minute: number): number => (epoch + minute * 60) * 1000;
const range = { fromMillis: at(0), toMillis: at(15) };
const source = testSource({ url: 'http://127.0.0.1:1', id: 'asked' });

describe('a run that is asked for', () => {
  let graph: TestGraph;
  let taskQueue: string;
  let id: string;
  let opened: Temporal[];

  beforeEach(async () => {
    graph = await openTestGraph();
    taskQueue = `test-${randomUUID()}`;
    id = `asked-${randomUUID().slice(0, 8)}`;
    opened = [];
  });
  afterEach(async () => {
    const [first] = opened;
    if (first !== undefined) {
      const query = `TaskQueue = '${taskQueue}' AND ExecutionStatus = 'Running'`;
      for await (const { workflowId } of first.client.workflow.list({ query })) {
        await first.client.workflow.getHandle(workflowId).terminate('by the test');
      }
    }
    await Promise.all(opened.map((one) => one.close()));
    await graph.close();
  });

  interface Faults {
    readonly temporal?: (temporal: Temporal) => Temporal;
    readonly records?: Partial<RunRecords>;
    readonly now?: () => number;
  }

  /** A replica of the API, with a connection of its own; no worker does what it starts. */
  function replica(faults: Faults = {}): Runs {
    const env = {
      TEMPORAL_ADDRESS: inject('temporalAddress'),
      TEMPORAL_TASK_QUEUE: taskQueue,
    };
    const temporal = openTemporal(loadConfig(env));
    opened.push(temporal);
    return createRuns({
      temporal: faults.temporal?.(temporal) ?? temporal,
      sources: [{ ...source, id }],
      records: { ...createRunRecords(graph.database), ...faults.records },
      requests: createRunRequests(graph.database),
      windows: createWindowRecords(graph.database, 100),
      now: faults.now ?? Date.now,
      // A machine that is busy may take longer than a caller of the API waits.
      onWait: () => {},
    });
  }

  const started = async () => {
    const rows = await graph.cypher('MATCH (r:Run) RETURN r.id AS id');
    return rows.map((row) => row.id);
  };
  const once = (key: string, body = 'a digest') => ({ once: { key, body } });

  it('again with its key is the same run, from any replica, also after it has ended', async () => {
    const first = await replica().start({ ...range, ...once('k') });
    expect(first.joined).toBe(false);
    expect(await replica().start({ ...range, ...once('k') })).toEqual(first);
    const [temporal] = opened;
    await temporal?.client.workflow.getHandle(first.run.workflowId).terminate('by the test');
    const again = await replica().start({ ...range, ...once('k') });
    expect([again.run.id, again.joined]).toEqual([first.run.id, false]);
    expect(await started()).toEqual([first.run.id]);
  });

  it('by many at once with one key is one run', async () => {
    const replicas = [replica(), replica()];
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        replicas[index % 2]?.start({ ...range, ...once('k') }),
      ),
    );
    expect(new Set(answers.map((one) => one?.run.id)).size).toBe(1);
    expect(await started()).toHaveLength(1);
  });

  it('in other words with the same key is refused, and nothing begins', async () => {
    const first = await replica().start({ ...range, ...once('k') });
    const other = replica().start({ fromMillis: at(15), toMillis: at(30), ...once('k', 'other') });
    await expect(other).rejects.toMatchObject({ code: 'IdempotencyKeyReused' });
    expect(await started()).toEqual([first.run.id]);
  });

  it('is asked for anew once its key is forgotten', async () => {
    const first = await replica().start({ ...range, ...once('k') });
    const later = replica({ now: () => Date.now() + rememberedMillis + 1000 });
    const other = await later.start({
      fromMillis: at(15),
      toMillis: at(30),
      ...once('k', 'other'),
    });
    expect(other.run.id).not.toBe(first.run.id);
    const [kept] = await graph.cypher('MATCH (q:RunRequest) RETURN count(q) AS kept');
    expect(kept).toEqual({ kept: 1 });
  });

  it('under way already is joined, and again with its key it still is', async () => {
    const first = await replica().start({});
    const joined = await replica().start(once('k'));
    expect(joined).toMatchObject({ joined: true, run: { id: first.run.id } });
    expect(await replica().start(once('k'))).toEqual(joined);
  });

  it('says where another must end first, and is joined where that is as good', async () => {
    const runs = replica();
    await runs.start({ kind: 'markStale' });
    await expect(runs.start({ kind: 'markStale' })).rejects.toMatchObject({ code: 'RunUnderWay' });
    const prune = await runs.start({ kind: 'prune' });
    expect(await runs.start({ kind: 'prune' })).toMatchObject({
      joined: true,
      run: { id: prune.run.id },
    });
  });

  it('and taken by Temporal was started, although the graph does not record it', async () => {
    const open = async () => {
      throw new AppError('GraphUnavailable', 'Neo4j: away');
    };
    const { run } = await replica({ records: { open } }).start({ ...range, ...once('k') });
    expect(run).toMatchObject({ state: 'running', kind: 'ingest', windowsComplete: 0, ...range });
    const again = await replica().start({ ...range, ...once('k') });
    expect(again).toMatchObject({ joined: false, run: { id: run.id } });
  });

  /** Temporal takes every workflow, and its answer is lost. */
  function losingAnswers(temporal: Temporal): Temporal {
    const { workflow } = temporal.client;
    const start = async (...asked: Parameters<typeof workflow.start>) => {
      await workflow.start(...asked);
      throw Object.assign(new Error('Deadline exceeded'), { code: 4, details: '', metadata: {} });
    };
    const losing = Object.create(workflow, { start: { value: start } });
    const client: Client = Object.create(temporal.client, { workflow: { value: losing } });
    return { ...temporal, client };
  }

  it('and not confirmed may have begun, as is said, and is found by its key', async () => {
    const lost = replica({ temporal: losingAnswers }).start({ ...range, ...once('k') });
    await expect(lost).rejects.toMatchObject({ code: 'RunNotConfirmed' });
    const found = await replica().start({ ...range, ...once('k') });
    expect(found.joined).toBe(false);
    const [temporal] = opened;
    const handle = temporal?.client.workflow.getHandle(found.run.workflowId);
    expect((await handle?.describe())?.runId).toBe(found.run.id);
    expect(await started()).toEqual([found.run.id]);
  });

  it('where Temporal cannot be asked is not started, as is said', async () => {
    const away = openTemporal(loadConfig({ TEMPORAL_ADDRESS: '127.0.0.1:1' }));
    // Not closed: the client goes on trying for a while, and would fall over its closed connection.
    const asked = replica({ temporal: () => away }).start({ ...range, ...once('k') });
    await expect(asked).rejects.toMatchObject({ code: 'TemporalUnavailable' });
    expect((await replica().start({ ...range, ...once('k') })).joined).toBe(false);
  });

  it('is recorded under its key by the worker, whoever asked does not live to do it', async () => {
    const open = async () => {
      throw new AppError('GraphUnavailable', 'Neo4j: away');
    };
    const worker = await startTestWorker({ graph, sources: [{ ...source, id }], taskQueue });
    onTestFinished(() => worker.stop());
    const { run } = await replica({ records: { open } }).start({ kind: 'prune', ...once('k') });
    await worker.temporal.client.workflow.getHandle(run.workflowId).result();
    const [kept] = await graph.cypher('MATCH (q:RunRequest) RETURN q.run AS run');
    expect(kept).toEqual({ run: run.id });
    expect(await replica().start({ kind: 'prune', ...once('k') })).toMatchObject({
      joined: false,
      run: { id: run.id, kind: 'prune', state: 'completed' },
    });
  });
});
