import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSourceRecords } from '../../../src/graph/source-records.ts';
import { reconcileSchedules } from '../../../src/runs/schedules.ts';
import { createSourceChanges } from '../../../src/runs/source-changes.ts';
import type { Source } from '../../../src/sources/source.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { prometheusWith, type RecordedPrometheus } from '../../support/prometheus.ts';
import { growing } from '../../support/recorded-source.ts';
import { epoch, pair, requests } from '../../support/recording.ts';
import { slowProxy } from '../../support/servers.ts';
import { testSource } from '../../support/source.ts';
import { startTestWorker, type TestWorker } from '../../support/worker.ts';

const at = (minute: number): number => (epoch + minute * 60) * 1000;
const a = { tenant: 'a' };
const b = { tenant: 'b' };
const messages = { connection_type: 'messaging_system' };

const recorded = [
  ...growing(requests, pair('web', 'api', a), 10),
  ...growing(requests, pair('web', 'api', b), 10),
  ...growing(requests, pair('web', 'api', { ...a, ...messages }), 10),
  ...growing(requests, pair('api', 'only-a', a), 10),
  ...growing(requests, pair('api', 'only-b', b), 10),
  ...Array.from({ length: 7 }, (_, index) =>
    growing(requests, pair(`host-${index}`, 'only-a', a), 1),
  ).flat(),
];

const upkeep = { staleSchedule: '0 2 * * *' };

describe('a source that is no longer configured', () => {
  let graph: TestGraph;
  let prometheus: RecordedPrometheus;
  let worker: TestWorker;
  let gone: Source;
  let stays: Source;
  let next: Source;

  beforeAll(async () => {
    prometheus = await prometheusWith(recorded);
  });
  afterAll(() => prometheus.stop());

  beforeEach(async () => {
    graph = await openTestGraph();
    const { url } = prometheus;
    gone = testSource({ url, matchers: ['tenant="a"'] });
    stays = testSource({ url, matchers: ['tenant="b"'] });
    next = { ...gone, id: `${gone.id}-next` };
    worker = await startTestWorker({ graph, sources: [gone, stays, next] });
    for (const { id } of [gone, stays]) {
      await worker.run({ source: id, fromMillis: at(0), toMillis: at(45) });
    }
  });

  afterEach(async () => {
    await reconcileSchedules(worker.temporal, [], upkeep);
    await worker.stop();
    await graph.close();
  });

  const changesWith = (sources: readonly Source[]) =>
    createSourceChanges({
      temporal: worker.temporal,
      sources,
      // Fewer than there are, so that batches follow each other.
      records: createSourceRecords(graph.database, 2),
      now: () => at(60),
    });
  const silent = () => {};

  async function schedules(): Promise<string[]> {
    const ids: string[] = [];
    for await (const { scheduleId } of worker.temporal.client.schedule.list()) ids.push(scheduleId);
    return ids;
  }

  const beliefs = async () =>
    (await graph.cypher('MATCH ()-[d:DEPENDS_ON]->() RETURN d ORDER BY d.id')).map(({ d }) => {
      const { id, modes } = (d as { properties: { id: string; modes: string[] } }).properties;
      return [id, modes];
    });
  const countOf = async (text: string) =>
    (await graph.cypher(`${text} RETURN count(*) AS n`))[0]?.n;

  it('is listed as gone, with how far it was read, beside those configured', async () => {
    expect(await changesWith([stays, next]).list()).toEqual([
      {
        id: stays.id,
        state: 'configured',
        url: stays.url,
        dialect: 'tempo',
        frontierMillis: at(45),
        lastCompleteWindowEndMillis: at(45),
        settle: { configuredMillis: 90_000, millis: 90_000 },
      },
      {
        id: next.id,
        state: 'configured',
        url: next.url,
        dialect: 'tempo',
        frontierMillis: null,
        lastCompleteWindowEndMillis: null,
        settle: { configuredMillis: 90_000, millis: 90_000 },
      },
      {
        id: gone.id,
        state: 'gone',
        url: null,
        dialect: null,
        frontierMillis: at(45),
        lastCompleteWindowEndMillis: at(45),
        settle: null,
      },
    ]);
  });

  describe('and is retired', () => {
    it('takes its evidence, windows and schedule along, and what rests on it alone', async () => {
      await reconcileSchedules(worker.temporal, [gone, stays], upkeep);
      const changes = changesWith([stays]);
      const holdings = await changes.holdings(gone.id);
      expect(holdings).toEqual({ evidence: 10, onlyItsDependencies: 8, windows: 3 });

      await changes.retire(gone.id, silent);
      expect(await beliefs()).toEqual([
        ['api~~only-b', ['sync']],
        ['web~~api', ['sync']],
      ]);
      expect(await countOf(`MATCH ()-[o:OBSERVED {source: '${gone.id}'}]->()`)).toBe(0);
      expect(await countOf(`MATCH ()-[o:OBSERVED {source: '${stays.id}'}]->()`)).toBe(2);
      expect(await countOf(`MATCH (w:Window {source: '${gone.id}'})`)).toBe(0);
      expect(await countOf(`MATCH (w:Window {source: '${stays.id}'})`)).toBe(3);
      expect((await changes.list()).map(({ id }) => id)).toEqual([stays.id]);
      await expect.poll(schedules).not.toContain(`ingest/${gone.id}`);
    });

    it('leaves the services, and when a belief that changed holds from', async () => {
      await changesWith([stays]).retire(gone.id, silent);
      expect(await countOf("MATCH (s:Service {id: 'only-a'})")).toBe(1);
      const [row] = await graph.cypher(
        "MATCH ()-[d:DEPENDS_ON {id: 'web~~api'}]->() RETURN d.from.epochMillis AS at",
      );
      expect(row?.at).toBe(at(60));
    });

    it('is finished by a repetition after it was cut off', async () => {
      const changes = changesWith([stays]);
      const cut = () => {
        throw new Error('cut off');
      };
      await expect(changes.retire(gone.id, cut)).rejects.toThrow('cut off');
      expect((await changes.holdings(gone.id)).evidence).toBe(8);
      await changes.retire(gone.id, silent);
      expect(await beliefs()).toHaveLength(2);
    });

    it('is refused where it is configured, or not known', async () => {
      await expect(changesWith([gone]).retire(gone.id, silent)).rejects.toMatchObject({
        code: 'InvalidRequest',
        message: expect.stringContaining('take it out of the configuration first'),
      });
      await expect(changesWith([stays]).retire('nobody', silent)).rejects.toMatchObject({
        code: 'UnknownSource',
      });
      expect(await beliefs()).toHaveLength(10);
    });
  });

  describe('and is renamed', () => {
    it('becomes the other in all but the name, which goes on where it ended', async () => {
      const before = await graph.dump();
      const names = (dump: unknown) =>
        JSON.parse(JSON.stringify(dump).replaceAll(`${next.id}`, gone.id));
      await reconcileSchedules(worker.temporal, [stays, next], upkeep);
      const changes = changesWith([stays, next]);
      await changes.rename(gone.id, next.id, silent);

      const after = await graph.dump();
      expect(JSON.stringify(after)).not.toContain(`"${gone.id}"`);
      expect(names(after)).toEqual(names(before));
      expect((await changes.list()).map(({ id, frontierMillis }) => [id, frontierMillis])).toEqual([
        [stays.id, at(45)],
        [next.id, at(45)],
      ]);
      const handle = worker.temporal.client.schedule.getHandle(`ingest/${next.id}`);
      expect((await handle.describe()).state.paused).toBe(false);

      await worker.run({ source: next.id, toMillis: at(60) });
      const windows = await graph.cypher(
        'MATCH (w:Window {source: $id}) RETURN w.id AS id, w.outcome AS outcome ORDER BY id',
        { id: next.id },
      );
      expect(windows.map(({ id }) => id)).toEqual(
        [0, 15, 30, 45].map((minute) =>
          [
            next.id,
            new Date(at(minute)).toISOString(),
            new Date(at(minute + 15)).toISOString(),
          ].join('|'),
        ),
      );
      expect((await graph.dump()).observed).toHaveLength(before.observed.length);
    });

    it('is finished by a repetition after it was cut off', async () => {
      const changes = changesWith([stays, next]);
      const cut = () => {
        throw new Error('cut off');
      };
      await expect(changes.rename(gone.id, next.id, cut)).rejects.toThrow('cut off');
      await changes.rename(gone.id, next.id, silent);
      expect(await countOf(`MATCH ()-[o:OBSERVED {source: '${next.id}'}]->()`)).toBe(10);
      expect(await countOf(`MATCH ()-[o:OBSERVED {source: '${gone.id}'}]->()`)).toBe(0);
    });

    it('is refused unless the other is configured and was never read', async () => {
      const refused = async (sources: readonly Source[], to: string) => {
        const done = changesWith(sources).rename(gone.id, to, silent);
        await expect(done).rejects.toMatchObject({ code: 'InvalidRequest' });
        return done.catch((error: Error) => error.message);
      };
      expect(await refused([stays], next.id)).toContain('not configured');
      expect(await refused([stays], stays.id)).toContain('has been read up to');
      expect(await refused([gone, next], next.id)).toContain('is configured');
    });
  });

  it.each(['retire', 'rename'] as const)(
    'is left alone while it is being read: %s',
    async (how) => {
      const slow = await slowProxy(prometheus.url);
      await worker.stop();
      worker = await startTestWorker({ graph, sources: [{ ...gone, url: slow.url }, stays] });
      const { run } = await worker.runs.start({
        source: gone.id,
        fromMillis: at(0),
        toMillis: at(15),
      });
      const changes = changesWith([stays, next]);
      try {
        await slow.asked;
        const done =
          how === 'retire'
            ? changes.retire(gone.id, silent)
            : changes.rename(gone.id, next.id, silent);
        await expect(done).rejects.toMatchObject({
          code: 'InvalidRequest',
          message: expect.stringContaining(`is being read by reingest/${gone.id}/`),
        });
        expect(await beliefs()).toHaveLength(10);
      } finally {
        slow.release();
        await worker.temporal.client.workflow.getHandle(run.workflowId).result();
        await slow.close();
      }
    },
  );
});
