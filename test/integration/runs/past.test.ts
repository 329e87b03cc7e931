import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { everything } from '../../../src/domain/view.ts';
import { createChangeQueries } from '../../../src/graph/change-queries.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import {
  prometheusWith,
  type RecordedPrometheus,
  type RecordedSample,
} from '../../support/prometheus.ts';
import { counting, epoch, pair, requests, series } from '../../support/recording.ts';
import { testSource } from '../../support/source.ts';
import { startTestWorker, type TestWorker } from '../../support/worker.ts';

const hour = 3_600_000;
const at = (hours: number): number => epoch * 1000 + hours * hour;
/** Samples of hours, minute by minute. */
const hours = (server: string, from: number, count: number): RecordedSample[] =>
  series(requests, pair('web', server), from * 60, counting(from === 0 ? 0 : 60, 60, count * 60));

const limits = { staleMillis: 12 * hour, removeMillis: 24 * hour };

describe('the past of a source', () => {
  let graph: TestGraph;
  let prometheus: RecordedPrometheus;
  let worker: TestWorker;
  let source: ReturnType<typeof testSource>;

  beforeAll(async () => {
    prometheus = await prometheusWith([
      ...hours('cart', 0, 72),
      // Stops after seven hours, and is back in the sixtieth.
      ...hours('old', 0, 7),
      ...hours('old', 60, 12),
    ]);
  });
  afterAll(() => prometheus.stop());
  beforeEach(async () => {
    graph = await openTestGraph();
    source = testSource({ url: prometheus.url, intervalMillis: hour });
    worker = await startTestWorker({ graph, sources: [source], stalenessLimits: limits });
  });
  afterEach(async () => {
    await worker.stop();
    await graph.close();
  });

  const changesOf = async (subject: string) =>
    (await createChangeQueries(graph.database).changes(everything, 0, 1000, {})).changes
      .filter((change) => change.subject === subject)
      .map(({ type, context, atMillis }) => [type, context, (atMillis - at(0)) / hour]);

  it('is read in order, with the stale passes that would have been, so the changelog is true from the first minute', async () => {
    const run = await worker.run({ fromMillis: at(0), toMillis: at(72) });
    expect(run).toMatchObject({ state: 'completed', windowsComplete: 72 });
    expect(await changesOf('web~~old')).toEqual([
      ['dependency.discovered', 'backfill', 1],
      // Not seen since the seventh hour: the pass of 02:00 on the second day is the first after 12 h.
      ['dependency.stale', 'backfill', 26],
      ['dependency.removed', 'backfill', 50],
      ['dependency.revived', 'backfill', 60],
    ]);
    expect(await changesOf('web~~cart')).toEqual([['dependency.discovered', 'backfill', 1]]);
    expect(run).toMatchObject({ dependenciesStale: 1, dependenciesRemoved: 1 });
  });

  it('is read to its end after an interruption, however long ago it begins', async () => {
    await worker.stop();
    worker = await startTestWorker({
      graph,
      sources: [source],
      stalenessLimits: limits,
      maxCatchupMillis: hour,
    });
    // As a walk leaves it that was cut off: the past was to be read until the twentieth hour.
    await worker.run({ fromMillis: at(0), toMillis: at(20) });
    await graph.cypher(
      `MATCH (s:Source) SET s.frontier = datetime({epochMillis: ${at(10)}}), s.looked = [${at(0)}, ${at(10)}], s.backfillUntil = datetime({epochMillis: ${at(20)}})`,
    );
    const { run } = await worker.runs.start({});
    const handle = worker.temporal.client.workflow.getHandle(run.workflowId);
    await expect
      .poll(
        async () =>
          (await graph.cypher('MATCH (s:Source) RETURN s.looked[1] AS looked'))[0]?.looked,
        { timeout: 60_000, interval: 200 },
      )
      .toBeGreaterThanOrEqual(at(20));
    await handle.cancel();
    await handle.result().catch(() => {});
  });

  it('goes on where it was left when its run is cancelled', async () => {
    await worker.run({ fromMillis: at(0), toMillis: at(10) });
    const [before] = await graph.cypher(
      'MATCH (s:Source) RETURN s.frontier.epochMillis AS frontier',
    );
    expect(before).toEqual({ frontier: at(10) });
    await worker.run({ toMillis: at(20) });
    const [after] = await graph.cypher(
      'MATCH (s:Source) RETURN s.frontier.epochMillis AS frontier, s.looked AS looked',
    );
    expect(after).toEqual({ frontier: at(20), looked: [at(0), at(20)] });
  });

  describe('a stale pass', () => {
    const pass = async (nowMillis: number, override?: boolean) => {
      const { run } = await worker.runs.start({
        kind: 'markStale',
        nowMillis,
        ...(override === undefined ? {} : { override }),
      });
      await worker.temporal.client.workflow
        .getHandle(run.workflowId)
        .result()
        .catch(() => {});
      return worker.runs.find(run.id);
    };

    it('is a run of its own, judged at the instant it is told', async () => {
      await worker.run({ fromMillis: at(0), toMillis: at(25) });
      expect(await pass(at(18))).toMatchObject({ state: 'completed', dependenciesStale: 0 });
      expect(await pass(at(25))).toMatchObject({
        kind: 'markStale',
        source: null,
        state: 'completed',
        dependenciesStale: 1,
      });
      expect(await changesOf('web~~old')).toContainEqual(['dependency.stale', 'live', 25]);
    });

    it('is refused for an instant that has not come yet', async () => {
      await expect(pass(Date.now() + hour)).rejects.toMatchObject({ code: 'InvalidRange' });
    });

    it('fails loudly where so much would be marked that none was', async () => {
      await worker.run({ fromMillis: at(0), toMillis: at(25) });
      // Twenty more that were seen once, long ago.
      await graph.cypher(
        `MATCH (web:Service {id: 'web'})
         UNWIND range(1, 20) AS i
         CREATE (s:Service {id: 's' + i, environment: '', cluster: '', namespace: '', name: 's' + i, kind: 'service', virtual: false, firstSeenAt: $seen, from: $seen})
         CREATE (web)-[:OBSERVED {id: $source + '|tempo|sync|web~~s' + i, source: $source, dialect: 'tempo', mode: 'sync', connectionTypes: [], firstSeenAt: $seen, lastSeenAt: $seen, windowEnd: $seen}]->(s)`.replaceAll(
          '$seen',
          `datetime({epochMillis: ${at(1)}})`,
        ),
        { source: source.id },
      );
      const refused = await pass(at(25));
      expect(refused).toMatchObject({ state: 'failed', dependenciesStale: 0 });
      expect(refused.error).toContain(`${source.id} no longer shows 21 of 22 dependencies`);
      expect(refused.error).toContain('--override');
      expect(await pass(at(25), true)).toMatchObject({ state: 'completed' });
      expect(await changesOf('web~~old')).toContainEqual(['dependency.stale', 'live', 25]);
    });
  });
});
