import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createProducerRecords } from '../../../src/graph/producers.ts';
import { createSourceRecords } from '../../../src/graph/source-records.ts';
import type { Source } from '../../../src/sources/source.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import {
  prometheusWith,
  type RecordedPrometheus,
  type RecordedSample,
} from '../../support/prometheus.ts';
import { epoch, requests } from '../../support/recording.ts';
import { testSource } from '../../support/source.ts';
import { startTestWorker, type TestWorker } from '../../support/worker.ts';

const hour = 3_600_000;
const scrapeSeconds = 300;
const at = (hours: number): number => epoch * 1000 + hours * hour;

interface Story {
  readonly client: string;
  readonly server: string;
  /** In hours: when there are samples, and until when they grow. */
  readonly from?: number;
  readonly to?: number;
  readonly busyUntil?: number;
  readonly metric?: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A counter sampled every five minutes: it grows while it is busy, then stands still. */
function counter(story: Story): RecordedSample[] {
  const { client, server, from = 0, to = 30, busyUntil = to, metric = requests } = story;
  const samples: RecordedSample[] = [];
  const labels = { client, server, job: 'tempo', ...story.labels };
  for (let seconds = from * 3600; seconds <= to * 3600; seconds += scrapeSeconds) {
    const value = 100 + Math.min(seconds, busyUntil * 3600);
    samples.push({ metric, labels, at: epoch + seconds, value });
  }
  return samples;
}

/** One generator that goes after six hours, and one that stays; each has a pair that was seen once. */
function twoProducers(name: string): RecordedSample[] {
  const a = { case: name, instance: 'a' };
  const b = { case: name, instance: 'b' };
  return [
    counter({ client: 'web', server: 'cart', to: 6, labels: a }),
    counter({ client: 'web', server: 'rare', to: 6, busyUntil: 2, labels: a }),
    counter({ client: 'shop', server: 'pay', labels: b }),
    counter({ client: 'shop', server: 'old', busyUntil: 2, labels: b }),
  ].flat();
}

const soon = 6 + scrapeSeconds / 3600;

const recorded = [
  ...twoProducers('leaves'),
  ...twoProducers('returns'),
  ...[
    counter({
      client: 'web',
      server: 'cart',
      from: 20,
      busyUntil: 20,
      labels: { case: 'returns', instance: 'a' },
    }),
    counter({
      client: 'web',
      server: 'rare',
      from: 20,
      busyUntil: 2,
      labels: { case: 'returns', instance: 'a' },
    }),
    // A pod makes room for another in the middle of a window.
    counter({
      client: 'web',
      server: 'cart',
      to: 5.5,
      labels: { case: 'replaced', instance: 'a', pod: 'web-1' },
    }),
    counter({
      client: 'web',
      server: 'cart',
      from: 5.75,
      labels: { case: 'replaced', instance: 'c', pod: 'web-2' },
    }),
    counter({ client: 'shop', server: 'pay', labels: { case: 'replaced', instance: 'b' } }),
    // The new one is there in the window before the old one goes.
    counter({
      client: 'web',
      server: 'rare',
      to: 6,
      busyUntil: 2,
      labels: { case: 'rolled', instance: 'a' },
    }),
    counter({
      client: 'web',
      server: 'cart',
      from: 5.5,
      labels: { case: 'rolled', instance: 'c' },
    }),
    counter({ client: 'shop', server: 'pay', labels: { case: 'rolled', instance: 'b' } }),
    // Three pods of a service become one.
    ...['a', 'b', 'c'].map((instance) =>
      counter({
        client: 'web',
        server: 'cart',
        to: instance === 'a' ? 30 : 6.5,
        labels: { case: 'scaled', instance },
      }),
    ),
    // All series get a label.
    ...['a', 'b'].flatMap((instance) => [
      counter({ client: 'web', server: instance, to: 6, labels: { case: 'label', instance } }),
      counter({
        client: 'web',
        server: instance,
        from: soon,
        labels: { case: 'label', instance, zone: 'one' },
      }),
    ]),
    // A collector with a prefix comes to a server that Tempo writes to, and goes again.
    counter({ client: 'web', server: 'cart', labels: { case: 'prefix', instance: 'a' } }),
    counter({
      client: 'probe',
      server: 'echo',
      from: 3,
      to: 6,
      metric: `lab_${requests}`,
      labels: { case: 'prefix', instance: 'l', job: 'lab', failed: 'false' },
    }),
    // The store itself has a gap.
    counter({ client: 'web', server: 'cart', to: 3, labels: { case: 'gap', instance: 'a' } }),
    counter({ client: 'shop', server: 'pay', to: 3, labels: { case: 'gap', instance: 'b' } }),
    counter({ client: 'web', server: 'cart', from: 6, labels: { case: 'gap', instance: 'a' } }),
    counter({ client: 'shop', server: 'pay', from: 6, labels: { case: 'gap', instance: 'b' } }),
  ].flat(),
];

describe('producers that come and go', () => {
  let graph: TestGraph;
  let prometheus: RecordedPrometheus;
  let worker: TestWorker;

  beforeAll(async () => {
    prometheus = await prometheusWith(recorded);
  });
  afterAll(() => prometheus.stop());
  beforeEach(async () => {
    graph = await openTestGraph();
  });
  afterEach(async () => {
    await worker.stop();
    await graph.close();
  });

  async function begin(name: string, given: Partial<Source> = {}, missingHours = 24) {
    const source = testSource({
      id: 'shop',
      url: prometheus.url,
      intervalMillis: hour,
      reachMillis: 3 * scrapeSeconds * 1000,
      scrapeIntervalMillis: scrapeSeconds * 1000,
      matchers: [`case="${name}"`],
      ...given,
    });
    worker = await startTestWorker({
      graph,
      sources: [source],
      stalenessLimits: { staleMillis: 8 * hour, removeMillis: 48 * hour },
      missingProducerMillis: missingHours * hour,
    });
  }

  const readUntil = (hours: number) => worker.run({ fromMillis: at(0), toMillis: at(hours) });
  const readOn = (hours: number) => worker.run({ toMillis: at(hours) });

  async function pass(hours: number) {
    const { run } = await worker.runs.start({ kind: 'markStale', nowMillis: at(hours) });
    await worker.temporal.client.workflow.getHandle(run.workflowId).result();
  }

  async function stale(): Promise<unknown[]> {
    const rows = await graph.cypher(
      "MATCH ()-[d:DEPENDS_ON {state: 'stale'}]->() RETURN d.id AS id ORDER BY id",
    );
    return rows.map(({ id }) => id);
  }

  /** The windows that are not complete, their ends in hours, and why. */
  async function notComplete() {
    const rows = await graph.cypher(
      "MATCH (w:Window) WHERE w.outcome <> 'complete' RETURN w.end.epochMillis AS end, w.outcome AS outcome, w.reasons AS reasons, w.missingProducers AS missing ORDER BY end",
    );
    return rows.map(({ end, outcome, reasons, missing }) => {
      return { end: (Number(end) - at(0)) / hour, outcome, reasons, missing };
    });
  }
  const endsOf = (rows: readonly { end: number }[]) => rows.map(({ end }) => end);
  const known = async () =>
    (await createProducerRecords(graph.database).known('shop'))
      .map(({ reading, labels, missingSince }) => [reading, labels.instance, missingSince])
      .sort();
  const looked = async () =>
    (await graph.cypher('MATCH (s:Source) RETURN s.looked AS looked'))[0]?.looked;

  it('make windows partial for what only they showed, which does not age, while the rest does', async () => {
    await begin('leaves');
    await readUntil(14);
    expect((await notComplete())[0]).toEqual({
      end: 7,
      outcome: 'partial',
      reasons: ['producerMissing'],
      missing: ['tempo {case="leaves", instance="a", job="tempo"}'],
    });
    expect(endsOf(await notComplete())).toEqual([7, 8, 9, 10, 11, 12, 13, 14]);
    // All else was looked at.
    expect(await looked()).toEqual([at(0), at(14)]);
    await pass(14);
    expect(await stale()).toEqual(['shop~~old']);
    await readOn(20);
    await pass(20);
    expect(await stale()).toEqual(['shop~~old']);
    expect(await known()).toEqual([
      ['tempo', 'a', at(6)],
      ['tempo', 'b', null],
    ]);
  });

  it('go on ageing where they were when their producer is back', async () => {
    await begin('returns');
    await readUntil(24);
    expect(endsOf(await notComplete())).toEqual(Array.from({ length: 14 }, (_, i) => i + 7));
    expect(await known()).toEqual([
      ['tempo', 'a', null],
      ['tempo', 'b', null],
    ]);
    // Seen at 2, its producer away from 6 to 20: four hours old when the window of 21 ended.
    await pass(24);
    expect(await stale()).toEqual(['shop~~old']);
    await readOn(26);
    await pass(26);
    expect(await stale()).toEqual(['shop~~old', 'web~~rare']);
    await readOn(30);
    await pass(30);
    expect(await stale()).toEqual(['shop~~old', 'web~~cart', 'web~~rare']);
  });

  it('are given up after a while: windows are whole again, and what they showed ages', async () => {
    await begin('leaves', {}, 6);
    await readUntil(20);
    expect(endsOf(await notComplete())).toEqual([7, 8, 9, 10, 11, 12]);
    expect(await known()).toEqual([['tempo', 'b', null]]);
    await pass(20);
    expect(await stale()).toEqual(['shop~~old', 'web~~rare']);
    await readOn(22);
    await pass(22);
    expect(await stale()).toEqual(['shop~~old', 'web~~cart', 'web~~rare']);
  });

  it.each([
    ['replaced by another pod', 'replaced', ['b', 'c']],
    ['replaced by one that came a window earlier', 'rolled', ['b', 'c']],
    ['fewer, while one still shows the same', 'scaled', ['a']],
    ['given a label', 'label', ['a', 'b']],
  ])('lose nothing where they are %s', async (_, name, instances) => {
    await begin(name);
    await readUntil(9);
    expect(await notComplete()).toEqual([]);
    expect((await known()).map(([, instance]) => instance)).toEqual(instances);
  });

  it('are of every reading: one that comes is no loss, one that goes is', async () => {
    await begin('prefix', { dialect: 'auto' });
    await readUntil(16);
    expect((await notComplete())[0]).toMatchObject({
      end: 7,
      reasons: ['producerMissing'],
      missing: ['otel-collector/lab_ {case="prefix", instance="l", job="lab"}'],
    });
    await pass(16);
    expect(await stale()).toEqual([]);
  });

  it('are not missed where the store has nothing of anybody', async () => {
    await begin('gap');
    await readUntil(8);
    expect((await notComplete()).map(({ end, outcome }) => [end, outcome])).toEqual([
      [4, 'suspicious'],
      [5, 'suspicious'],
      [6, 'suspicious'],
    ]);
    expect(await known()).toEqual([
      ['tempo', 'a', null],
      ['tempo', 'b', null],
    ]);
  });

  it('are judged as they were then where a window is read again late, which changes nothing', async () => {
    await begin('leaves');
    await readUntil(9);
    const before = await graph.dump();
    await worker.run({ fromMillis: at(4), toMillis: at(8) });
    expect(endsOf(await notComplete())).toEqual([7, 8, 9]);
    expect(await looked()).toEqual([at(0), at(9)]);
    expect(await graph.dump()).toEqual(before);
  });

  it('go with their source, and take its new name', async () => {
    await begin('leaves');
    await readUntil(9);
    const records = createSourceRecords(graph.database, 1);
    await records.rename('shop', 'store', () => {});
    const ids = await graph.cypher('MATCH (p:Producer) RETURN p.source AS source, p.id AS id');
    expect(ids.map(({ source, id }) => [source, String(id).split('|')[0]])).toEqual([
      ['store', 'store'],
      ['store', 'store'],
    ]);
    await records.retire('store', at(9), () => {});
    expect(await graph.cypher('MATCH (p:Producer) RETURN p.id')).toEqual([]);
  });
});
