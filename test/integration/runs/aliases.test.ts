import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AliasRecords, createAliasRecords } from '../../../src/graph/aliases.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { prometheusWith, type RecordedPrometheus } from '../../support/prometheus.ts';
import { counting, epoch, pair, requests, series } from '../../support/recording.ts';
import { testSource } from '../../support/source.ts';
import { startTestWorker, type TestWorker } from '../../support/worker.ts';

const at = (minute: number): number => (epoch + minute * 60) * 1000;
const recorded = ['old', 'new', 'web'].flatMap((client) =>
  series(requests, pair(client, 'api'), 0, counting(0, 60, 31)),
);

describe('an alias that is made while a window is read', () => {
  let prometheus: RecordedPrometheus;
  let graph: TestGraph;
  let worker: TestWorker;
  let reads = 0;

  beforeAll(async () => {
    prometheus = await prometheusWith(recorded);
    graph = await openTestGraph();
    const aliases = createAliasRecords(graph.database, 100);
    /** The second window has been planned when the alias is made; then its shards begin. */
    const read: AliasRecords['read'] = async () => {
      reads += 1;
      if (reads === 4) await aliases.make('old', 'new', at(31), () => {});
      return aliases.read();
    };
    worker = await startTestWorker({
      graph,
      sources: [testSource({ id: 'shop', url: prometheus.url })],
      aliases: { read },
    });
  });

  afterAll(async () => {
    await worker.stop();
    await prometheus.stop();
    await graph.close();
  });

  it('makes the run plan the window anew, and the two names are one in it', async () => {
    const run = await worker.run({ fromMillis: at(0), toMillis: at(30) });
    expect(run).toMatchObject({ state: 'completed', windowsComplete: 2, error: null });
    const observed = await graph.cypher(
      'MATCH (c)-[o:OBSERVED]->(s) RETURN c.id AS client, o.requestsPerSecond AS rate ORDER BY client',
    );
    expect(observed).toEqual([
      { client: 'new', rate: 2 },
      { client: 'web', rate: 1 },
    ]);
    expect(reads).toBe(6);
  });
});
