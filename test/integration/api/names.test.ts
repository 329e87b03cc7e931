import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../../src/api/app.ts';
import { askingOf } from '../../support/asking.ts';
import { conforming } from '../../support/contract.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { prometheusWith, type RecordedPrometheus } from '../../support/prometheus.ts';
import { counting, epoch, pair, requests, series } from '../../support/recording.ts';
import { testSource } from '../../support/source.ts';
import { startTestWorker, type TestWorker } from '../../support/worker.ts';

const at = (minute: number): number => (epoch + minute * 60) * 1000;

const names = [
  'quote"d \\ back\\slash',
  "o'brien`s",
  '"}) DETACH DELETE n //',
  '{{}} or vector(1)',
  'a/b?c#d%2F',
  'caf\u00e9',
  'cafe\u0301',
  '\u202eevil\u202c',
  '🦊 ☃',
  '__proto__',
  '~user',
];
const endless = 'x'.repeat(65_536);

const recorded = [...names, endless].flatMap((name) =>
  series(requests, pair(name, 'api'), 0, counting(0, 60, 16)),
);

describe('names that somebody made up', () => {
  let graph: TestGraph;
  let prometheus: RecordedPrometheus;
  let worker: TestWorker;
  let app: ReturnType<typeof conforming>;

  beforeAll(async () => {
    graph = await openTestGraph();
    prometheus = await prometheusWith(recorded);
    const sources = [testSource({ id: 'names', url: prometheus.url })];
    // A shard for each few, so that names stand in selectors too.
    worker = await startTestWorker({ graph, sources, shardSeries: 2 });
    await worker.run({ fromMillis: at(0), toMillis: at(15) });
    app = conforming(
      createApp({
        ...askingOf(graph.database, () => at(20)),
        runs: worker.runs,
        readiness: {},
        isShuttingDown: () => false,
        logger: pino({ level: 'silent' }),
        registry: new Registry(),
        version: '0.0.0',
        now: () => at(20),
      }),
    );
  });

  afterAll(async () => {
    await worker.stop();
    await prometheus.stop();
    await graph.close();
  });

  const get = async (path: string) =>
    (await (await app.request(path)).json()) as {
      service: { id: string; name: string };
      items: {
        client: string;
        requestsPerSecond: number;
        outcome: string;
        dropped: object;
        shards: { planned: number };
      }[];
    };

  it.each(names)('come through selectors, graph and URL as they are: %j', async (name) => {
    const { service } = await get(`/api/v1/services/${encodeURIComponent(name)}`);
    expect(service.name).toBe(name);
    const { items } = await get(`/api/v1/services/${encodeURIComponent(service.id)}/dependencies`);
    expect(items).toMatchObject([{ client: service.id, requestsPerSecond: 1 }]);
  });

  it('that are endless are left out and counted, and the window is read in shards', async () => {
    const { items } = await get('/api/v1/windows');
    expect(items).toMatchObject([{ outcome: 'complete', dropped: { nameTooLong: 1 } }]);
    expect(items[0]?.shards.planned).toBeGreaterThan(3);
    expect(await graph.cypher('MATCH (s:Service) RETURN count(s) AS services')).toEqual([
      { services: names.length + 1 },
    ]);
  });
});
