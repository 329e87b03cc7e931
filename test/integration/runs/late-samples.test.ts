import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Source } from '../../../src/sources/source.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import {
  type PushedPrometheus,
  type PushedSample,
  prometheusTakingPushes,
} from '../../support/pushed-prometheus.ts';
import { testSource } from '../../support/source.ts';
import { startTestWorker, type TestWorker, type TestWorkerOptions } from '../../support/worker.ts';

const second = 1000;
const minute = 60 * second;
/** The first window begins half an hour ago, so that all of the test is past and none of it is old. */
const begin = Math.floor(Date.now() / minute) * minute - 30 * minute;
const at = (minutes: number): number => begin + minutes * minute;

describe('samples that come late', () => {
  let graph: TestGraph;
  let prometheus: PushedPrometheus;
  let worker: TestWorker;
  let source: Source;
  /** What each window counted when it was read last, by the minute it ended at and the pair. */
  let counted: Map<number, Record<string, number>>;

  beforeEach(async () => {
    graph = await openTestGraph();
    prometheus = await prometheusTakingPushes();
  });
  afterEach(async () => {
    await worker.stop();
    await prometheus.stop();
    await graph.close();
  });

  async function workerWith(given: Partial<TestWorkerOptions> = {}): Promise<void> {
    counted = new Map();
    source = testSource({
      url: prometheus.url,
      intervalMillis: minute,
      settleMillis: 10 * second,
      scrapeIntervalMillis: 10 * second,
    });
    worker = await startTestWorker({
      graph,
      sources: [source],
      onWrite(window, observations) {
        const pairs = observations.map(({ dependencyId, requests }) => [dependencyId, requests]);
        counted.set((window.endMillis - begin) / minute, Object.fromEntries(pairs));
      },
      ...given,
    });
  }

  /** All samples after one second of the test up to another: 60 and 30 requests a minute. */
  function push(afterSecond: number, untilSecond: number): Promise<void> {
    const samples: PushedSample[] = [];
    for (let s = afterSecond + 10; s <= untilSecond; s += 10) {
      const when = begin + s * second;
      samples.push({ client: 'web', server: 'cart', at: when, value: 1000 + s });
      samples.push({ client: 'cart', server: 'db', at: when, value: 1000 + s / 2 });
    }
    return prometheus.push(samples);
  }

  const windows = () =>
    graph.cypher(
      `MATCH (w:Window)
       RETURN w.outcome AS outcome, coalesce(w.rereads, 0) AS rereads,
         coalesce(w.lateSamples, false) AS late, w.rereadAt.epochMillis AS rereadAt
       ORDER BY w.end`,
    );
  const sourceRow = async () =>
    (
      await graph.cypher(
        'MATCH (s:Source) RETURN s.looked AS looked, s.settleMillis AS settleMillis',
      )
    )[0];
  /** Wakes the actor of a source that has been read as far as it may be. */
  async function wake(toMinutes: number): Promise<void> {
    const { client, taskQueue } = worker.temporal;
    const workflowId = `ingest/${source.id}`;
    const input = { source: source.id, toMillis: at(toMinutes) };
    await client.workflow.execute('ingest', { workflowId, taskQueue, args: [input] });
  }
  const makeDue = () =>
    graph.cypher(
      'MATCH (w:Window) WHERE w.rereadAt IS NOT NULL SET w.rereadAt = datetime({epochMillis: 0})',
    );

  const whole = { 'web~~cart': 60, 'cart~~db': 30 };

  it('for the end of a window that looked whole: it is read again with the next, and none is lost', async () => {
    await workerWith();
    await push(-60, 50);
    expect(await worker.run({ fromMillis: at(0), toMillis: at(1) })).toMatchObject({
      windowsComplete: 1,
    });
    expect(counted.get(1)).toEqual({ 'web~~cart': 50, 'cart~~db': 25 });

    await push(50, 120);
    const run = await worker.run({ toMillis: at(2) });
    expect(run).toMatchObject({ kind: 'ingest', state: 'completed', windowsComplete: 2 });
    expect([counted.get(1), counted.get(2)]).toEqual([whole, whole]);
    expect(await windows()).toEqual([
      { outcome: 'complete', rereads: 1, late: false, rereadAt: null },
      { outcome: 'complete', rereads: 0, late: false, rereadAt: null },
    ]);
    // So windows wait longer from now on.
    expect(await sourceRow()).toEqual({ looked: [at(0), at(2)], settleMillis: 30 * second });
  });

  it('of a source that stalled and caught up: every window is read again, and the sum is that of the counters', async () => {
    await workerWith();
    await push(-60, 100);
    await worker.run({ fromMillis: at(0), toMillis: at(1) });
    // Twenty seconds before the end of the second window it stops, for more than three minutes.
    for (const end of [2, 3, 4, 5]) await worker.run({ toMillis: at(end) });
    const outcomes = (await windows()).map(({ outcome }) => outcome);
    expect(outcomes.slice(2)).toEqual(Array(3).fill('suspicious'));
    expect(counted.get(2)).toEqual({ 'web~~cart': 40, 'cart~~db': 20 });

    await push(100, 360);
    const run = await worker.run({ toMillis: at(6) });
    expect([1, 2, 3, 4, 5, 6].map((end) => counted.get(end))).toEqual(Array(6).fill(whole));
    // The new one, and the four that lacked something.
    expect(run).toMatchObject({ windowsComplete: 5, windowsSuspicious: 0 });
    // One fault, however many windows it delayed.
    expect(await sourceRow()).toEqual({ looked: [at(0), at(6)], settleMillis: 30 * second });
  });

  it('for a window in which nothing was seen: it is read again when it is due, and was looked at then', async () => {
    await workerWith();
    await worker.run({ fromMillis: at(0), toMillis: at(1) });
    const [before] = await windows();
    expect(before).toMatchObject({ outcome: 'suspicious', rereads: 0 });
    expect(Number(before?.rereadAt) - Date.now()).toBeLessThanOrEqual(minute);
    expect(Number(before?.rereadAt) - Date.now()).toBeGreaterThan(0);

    await push(-60, 60);
    await wake(1);
    expect(await windows()).toMatchObject([{ outcome: 'suspicious', rereads: 0 }]);
    await makeDue();
    await wake(1);
    expect(await windows()).toEqual([
      { outcome: 'complete', rereads: 1, late: false, rereadAt: null },
    ]);
    expect(counted.get(1)).toEqual(whole);
    expect(await sourceRow()).toEqual({ looked: [at(0), at(1)], settleMillis: 30 * second });
    // What it found is its own run's, and an actor that found nothing due is none.
    const { runs } = await worker.runs.page({ source: source.id }, null, 10);
    expect(runs.map(({ windowsComplete }) => windowsComplete)).toEqual([1, 0]);
  });

  it('never: a window is given up after four times', async () => {
    await workerWith();
    await worker.run({ fromMillis: at(0), toMillis: at(1) });
    for (let time = 1; time <= 5; time += 1) {
      await makeDue();
      await wake(1);
    }
    expect(await windows()).toEqual([
      { outcome: 'suspicious', rereads: 4, late: false, rereadAt: null },
    ]);
    expect(await sourceRow()).toEqual({ looked: [], settleMillis: null });
  });

  it('of a long time: eight windows are read again in one wake, so that the present is not held up', async () => {
    await workerWith();
    await worker.run({ fromMillis: at(0), toMillis: at(12) });
    await makeDue();
    await wake(12);
    const again = (await windows()).map(({ rereads }) => rereads);
    expect(again.filter((rereads) => rereads === 1)).toHaveLength(8);
    expect(again.filter((rereads) => rereads === 0)).toHaveLength(4);
    await wake(12);
    expect((await windows()).map(({ rereads }) => rereads)).toEqual(Array(12).fill(1));
  });

  it('are said and left alone where nothing is to be read again', async () => {
    await workerWith({ rereadWithinMillis: 0 });
    await push(-60, 50);
    await worker.run({ fromMillis: at(0), toMillis: at(1) });
    await push(50, 120);
    await worker.run({ toMillis: at(2) });
    expect(counted.get(1)).toEqual({ 'web~~cart': 50, 'cart~~db': 25 });
    expect(await windows()).toMatchObject([
      { late: true, rereads: 0, rereadAt: null },
      { late: false, rereads: 0, rereadAt: null },
    ]);
  });

  it('are not seen in a change of settings, which asks for other sums', async () => {
    await workerWith();
    await push(-600, 120);
    await worker.run({ fromMillis: at(0), toMillis: at(1) });
    await worker.stop();
    const changed = { ...source, matchers: ['client="web"'], reachMillis: 2 * minute };
    worker = await startTestWorker({ graph, sources: [changed] });
    await worker.run({ toMillis: at(2) });
    expect(await windows()).toMatchObject([{ rereads: 0, late: false }, { late: false }]);
  });
});

describe('an actor whose source was late', () => {
  let graph: TestGraph;
  let prometheus: PushedPrometheus;
  let worker: TestWorker;

  beforeAll(async () => {
    graph = await openTestGraph();
    prometheus = await prometheusTakingPushes();
  });
  afterAll(async () => {
    await worker.stop();
    await prometheus.stop();
    await graph.close();
  });

  it('waits for the window to settle, instead of a whole interval', async () => {
    const now = Date.now();
    const intervalMillis = 15 * minute;
    const end = Math.floor((now - minute) / intervalMillis) * intervalMillis;
    // By the configured wait the window is due, by the learnt one in a few seconds.
    const settleMillis = now - end - 500;
    const source = testSource({ url: prometheus.url, intervalMillis, settleMillis });
    worker = await startTestWorker({ graph, sources: [source] });
    const learnt = Date.now() - end + 4000;
    await graph.cypher('CREATE (:Source {id: $id, looked: [], settleMillis: $learnt})', {
      id: source.id,
      learnt,
    });
    await worker.run({});
    const [last] = await graph.cypher(
      'MATCH (w:Window) RETURN max(w.end).epochMillis AS end, max(w.recordedAt).epochMillis AS readAt',
    );
    expect(last?.end).toBe(end);
    expect(Number(last?.readAt)).toBeGreaterThanOrEqual(end + learnt);
  });
});
