import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Source } from '../../../src/sources/source.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { prometheusWith, type RecordedPrometheus } from '../../support/prometheus.ts';
import { counting, epoch, pair, requests, series } from '../../support/recording.ts';
import { refusingProxy, slowProxy } from '../../support/servers.ts';
import { testSource } from '../../support/source.ts';
import { startTestWorker, type TestWorker, type TestWorkerOptions } from '../../support/worker.ts';

const at = (minute: number): number => (epoch + minute * 60) * 1000;
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

// 60 clients for half an hour, of which 20 stay for a quarter more; then 5 minutes are missing.
const recorded = numbers(60).flatMap((i) =>
  series(requests, pair(`client-${i}`, `server-${i % 7}`), 0, counting(0, 3, i < 20 ? 56 : 31)),
);

describe('a window that is read in shards', () => {
  let prometheus: RecordedPrometheus;
  let graph: TestGraph;
  let worker: TestWorker | undefined;

  beforeAll(async () => {
    prometheus = await prometheusWith(recorded);
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

  async function workerFor(
    given: Partial<Source> = {},
    options: Partial<TestWorkerOptions> = {},
  ): Promise<TestWorker> {
    await worker?.stop();
    const source = testSource({ id: 'shop', url: prometheus.url, ...given });
    worker = await startTestWorker({ graph, sources: [source], ...options });
    return worker;
  }

  const windowsInGraph = () =>
    graph.cypher(
      'MATCH (w:Window) RETURN w.outcome AS outcome, w.reasons AS reasons, w.shards AS shards, w.shardsLost AS lost ORDER BY w.end',
    );
  const looked = async () => {
    const [source] = await graph.cypher(
      'MATCH (s:Source) RETURN s.looked AS looked, s.frontier.epochMillis AS frontier',
    );
    return source;
  };
  const plansInGraph = async () => (await graph.cypher('MATCH ()-[p:PLANNED]->() RETURN p')).length;

  it('leaves the same graph as one that is read in one piece', async () => {
    const whole = await workerFor();
    await whole.run({ fromMillis: at(0), toMillis: at(30) });
    expect(await windowsInGraph()).toMatchObject([{ shards: 1 }, { shards: 1 }]);
    const expected = await graph.dump();
    await graph.clear();

    const cut = await workerFor({}, { shardSeries: 7, shardConcurrency: 3 });
    const run = await cut.run({ fromMillis: at(0), toMillis: at(30) });
    expect(run).toMatchObject({ windowsComplete: 2, dependenciesCreated: 60, observations: 120 });
    expect(await windowsInGraph()).toMatchObject([{ shards: 9 }, { shards: 9 }]);
    expect(await graph.dump()).toEqual(expected);
    expect(await plansInGraph()).toBe(0);
  });

  it('is partial when a part of it is lost: the rest is kept, and it was not looked at', async () => {
    // One pair is refused, in whatever company it is asked for.
    const refused = /resets\(.*client(=~?)"([^"]*\|)?client-33[|"]/;
    const proxy = await refusingProxy(prometheus.url, (query) => refused.test(query));
    try {
      const { run } = await workerFor({ url: proxy.url }, { shardSeries: 10 });
      const done = await run({ fromMillis: at(0), toMillis: at(15) });
      expect(done).toMatchObject({ state: 'completed', windowsPartial: 1, observations: 59 });
    } finally {
      await proxy.close();
    }
    expect(await windowsInGraph()).toEqual([
      { outcome: 'partial', reasons: ['shardLost'], shards: 6, lost: 1 },
    ]);
    expect(await looked()).toEqual({ looked: [], frontier: at(15) });
    const [said] = await graph.cypher(
      'MATCH (w:Window) RETURN w.error AS error, w.splits AS splits',
    );
    expect(said?.error).toContain('too many samples');
    expect(Number(said?.splits)).toBeGreaterThan(0);
    expect(await plansInGraph()).toBe(0);

    const { run } = await workerFor();
    await run({ fromMillis: at(0), toMillis: at(15) });
    expect(await windowsInGraph()).toMatchObject([{ outcome: 'complete', reasons: [] }]);
    expect(await looked()).toEqual({ looked: [at(0), at(15)], frontier: at(15) });
    expect(await graph.cypher('MATCH (w:Window) RETURN w.error AS error')).toEqual([
      { error: null },
    ]);
  });

  it('failed when all of its shards are lost, and the walk goes on', async () => {
    const proxy = await refusingProxy(prometheus.url, (query) => query.includes('resets('));
    try {
      const { run } = await workerFor({ url: proxy.url }, { shardSeries: 20 });
      const done = await run({ fromMillis: at(0), toMillis: at(15) });
      expect(done).toMatchObject({ state: 'completed', windowsFailed: 1, observations: 0 });
    } finally {
      await proxy.close();
    }
    expect(await windowsInGraph()).toEqual([
      { outcome: 'failed', reasons: ['shardLost'], shards: 3, lost: 3 },
    ]);
    expect(await looked()).toEqual({ looked: [], frontier: at(15) });
  });

  it('that is called off writes nothing, and leaves no plan behind', async () => {
    const slow = await slowProxy(prometheus.url, (body) => body.includes('resets'));
    try {
      const { runs, temporal } = await workerFor({ url: slow.url }, { shardSeries: 10 });
      const { run } = await runs.start({ fromMillis: at(0), toMillis: at(15) });
      await slow.asked;
      expect(await plansInGraph()).toBe(1);
      const handle = temporal.client.workflow.getHandle(run.workflowId);
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
      expect(await runs.find(run.id)).toMatchObject({ state: 'cancelled', observations: 0 });
    } finally {
      slow.release();
      await slow.close();
    }
    expect(await plansInGraph()).toBe(0);
    expect(await graph.cypher('MATCH ()-[o:OBSERVED]->() RETURN o')).toEqual([]);
    expect(await looked()).toEqual({ looked: [], frontier: at(0) });
  });

  it('is suspicious with far fewer series than the windows before, or without its end', async () => {
    const { run } = await workerFor();
    await run({ fromMillis: at(0), toMillis: at(60) });
    expect(await windowsInGraph()).toMatchObject([
      { outcome: 'complete', reasons: [] },
      { outcome: 'complete', reasons: [] },
      { outcome: 'suspicious', reasons: ['fewSeries'] },
      { outcome: 'suspicious', reasons: ['noSamplesNearEnd', 'fewSeries'] },
    ]);
    expect(await looked()).toEqual({ looked: [at(0), at(30)], frontier: at(60) });
  });
});
