import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { everything } from '../../../src/domain/view.ts';
import { createChangeQueries } from '../../../src/graph/change-queries.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import {
  prometheusWith,
  type RecordedPrometheus,
  type RecordedSample,
} from '../../support/prometheus.ts';
import { epoch, pair, requests } from '../../support/recording.ts';
import { testSource } from '../../support/source.ts';
import { startTestWorker, type TestWorker } from '../../support/worker.ts';

const hourSeconds = 3600;
const day = 24 * hourSeconds;
const scrapeSeconds = 300;
const at = (days: number): number => (epoch + days * day) * 1000;
/** 02:00 UTC of the day with that number. */
const passAt = (days: number): number => at(days) + 2 * hourSeconds * 1000;

/** A counter sampled every five minutes that moves between some days, on and on. */
function called(server: string, ...periods: readonly (readonly [number, number])[]) {
  const samples: RecordedSample[] = [];
  for (const [from, to] of periods) {
    for (let seconds = from * day; seconds <= to * day; seconds += scrapeSeconds) {
      const labels = pair('web', server);
      samples.push({ metric: requests, labels, at: epoch + seconds, value: 10 + seconds });
    }
  }
  return samples;
}

describe('an outage of ten days', () => {
  let graph: TestGraph;
  let prometheus: RecordedPrometheus;
  let worker: TestWorker;

  async function begin(samples: readonly RecordedSample[]): Promise<void> {
    prometheus = await prometheusWith(samples);
    worker = await startTestWorker({
      graph,
      sources: [
        testSource({
          url: prometheus.url,
          intervalMillis: 6 * hourSeconds * 1000,
          reachMillis: 3 * scrapeSeconds * 1000,
          scrapeIntervalMillis: scrapeSeconds * 1000,
        }),
      ],
      stalenessLimits: { staleMillis: 2 * day * 1000, removeMillis: 30 * day * 1000 },
    });
  }
  beforeEach(async () => {
    graph = await openTestGraph();
  });
  afterEach(async () => {
    await worker.stop();
    await prometheus.stop();
    await graph.close();
  });

  /** The daily pass; says how many dependencies it marked. */
  async function pass(days: number): Promise<number> {
    const nowMillis = passAt(days);
    const { run } = await worker.runs.start({ kind: 'markStale', nowMillis });
    await worker.temporal.client.workflow.getHandle(run.workflowId).result();
    return (await worker.runs.find(run.id)).dependenciesStale;
  }
  const read = (toDays: number, fromDays?: number) =>
    worker.run({
      toMillis: at(toDays),
      ...(fromDays === undefined ? {} : { fromMillis: at(fromDays) }),
    });
  const stale = async () =>
    (
      await createChangeQueries(graph.database).changes(everything, 0, 1000, {
        types: ['dependency.stale'],
      })
    ).changes.map(({ subject, atMillis }) => [subject, (atMillis - at(0)) / (day * 1000)]);

  it('of the way to Prometheus ages nothing, and what it missed is read when it is back', async () => {
    // Prometheus went on recording: `old` was called until the fifth day, `new` since the eighth.
    await begin([...called('cart', [0, 16]), ...called('old', [0, 5]), ...called('new', [8, 16])]);
    await read(2, 0);
    for (let days = 2; days < 12; days += 1) expect(await pass(days)).toBe(0);
    expect(await stale()).toEqual([]);

    expect(await read(12)).toMatchObject({ state: 'completed', windowsComplete: 40 });
    expect(await pass(12)).toBe(1);
    expect(await stale()).toEqual([['web~~old', 12 + 2 / 24]]);
    const [present] = await graph.cypher(
      "MATCH ()-[d:DEPENDS_ON {state: 'active'}]->() RETURN collect(d.id) AS ids",
    );
    expect(present?.ids).toEqual(expect.arrayContaining(['web~~cart', 'web~~new']));
    const [seen] = await graph.cypher(
      "MATCH ()-[o:OBSERVED]->({id: 'new'}) RETURN o.firstSeenAt.epochMillis AS first",
    );
    expect(seen).toEqual({ first: at(8) });
  });

  it('that left a hole in its data ages nothing that was not looked for', async () => {
    await begin([...called('cart', [0, 2], [12, 16]), ...called('old', [0, 1])]);
    await read(2, 0);
    for (let days = 3; days <= 12; days += 1) {
      const run = await read(days);
      expect(run).toMatchObject({ state: 'completed', windowsComplete: 0 });
      expect(await pass(days)).toBe(0);
    }
    const [source] = await graph.cypher('MATCH (s:Source) RETURN s.looked AS looked');
    expect(source).toEqual({ looked: [at(0), at(2)] });

    // A day was looked at since it was last seen; two are needed.
    await read(13);
    expect(await pass(13)).toBe(0);
    await read(14);
    expect(await pass(14)).toBe(1);
    expect(await stale()).toEqual([['web~~old', 14 + 2 / 24]]);
  });
});
