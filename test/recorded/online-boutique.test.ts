import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestGraph, type TestGraph } from '../support/graph.ts';
import { prometheusWithFile, type RecordedPrometheus } from '../support/prometheus.ts';
import { testSource } from '../support/source.ts';
import { startTestWorker, type TestWorker } from '../support/worker.ts';

const data = process.env.TOPOLOG_TEST_DATA ?? '';
const windowSeconds = 900;
const reachSeconds = 3600;

describe('a recorded shop, walked window by window', () => {
  const recording = join(data, 'online-boutique.openmetrics.txt');
  const samples = readSamples(readFileSync(recording, 'utf8'));
  const times = [...samples.values()].flat().map(([at]) => at);
  const firstEnd = Math.ceil(Math.min(...times) / windowSeconds) * windowSeconds;
  const lastEnd = Math.ceil(Math.max(...times) / windowSeconds) * windowSeconds;
  const range = { fromMillis: (firstEnd - windowSeconds) * 1000, toMillis: lastEnd * 1000 };

  let graph: TestGraph;
  let prometheus: RecordedPrometheus;
  let worker: TestWorker;
  const rates = new Map<string, number>();

  beforeAll(async () => {
    graph = await openTestGraph();
    prometheus = await prometheusWithFile(recording);
    const source = testSource({ url: prometheus.url, reachMillis: reachSeconds * 1000 });
    worker = await startTestWorker({ graph, sources: [source] });
    // One run per window, so that each window's numbers can be looked at before the next.
    for (let end = firstEnd; end <= lastEnd; end += windowSeconds) {
      const first = end === firstEnd ? { fromMillis: range.fromMillis } : {};
      const run = await worker.run({ ...first, toMillis: end * 1000 });
      expect(run).toMatchObject({ state: 'completed', kind: 'ingest' });
      const rows = await graph.cypher(
        'MATCH (c)-[o:OBSERVED]->(s) WHERE o.windowEnd.epochSeconds = $end RETURN c.name + ">" + s.name AS pair, o.requestsPerSecond AS rate',
        { end },
      );
      for (const { pair, rate } of rows) rates.set(`${pair}@${end}`, Number(rate));
    }
  }, 300_000);

  afterAll(async () => {
    await worker.stop();
    await prometheus.stop();
    await graph.close();
  });

  it('finds exactly the dependencies that the spans have', async () => {
    const [, ...lines] = readFileSync(join(data, 'online-boutique-edges.csv'), 'utf8')
      .trim()
      .split('\n');
    const expected = lines.map((line) => line.split(',').slice(0, 2).join('>')).sort();
    const found = await graph.cypher(
      'MATCH (c)-[d:DEPENDS_ON]->(s) RETURN c.name + ">" + s.name AS pair ORDER BY pair',
    );
    expect(found.map(({ pair }) => pair)).toEqual(expected);
    expect(expected).toHaveLength(13);
  });

  it('gives each pair and window the requests that the recording counted, within 2 %', () => {
    let compared = 0;
    for (const [pair, series] of samples) {
      for (let end = firstEnd; end <= lastEnd; end += windowSeconds) {
        const start = end - windowSeconds;
        const last = lastAt(series, end);
        const before = lastAt(series, start);
        if (last === null || last[0] <= start) continue;
        if (before === null || before[0] <= start - reachSeconds) continue;
        const counted = last[1] - before[1];
        const requests = (rates.get(`${pair}@${end}`) ?? 0) * windowSeconds;
        expect(Math.abs(requests - counted), `${pair} at ${end}`).toBeLessThanOrEqual(
          0.02 * counted,
        );
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(400);
  });

  it('calls no window complete, because none has samples near both its ends', async () => {
    const rows = await graph.cypher(
      'MATCH (w:Window) RETURN w.outcome AS outcome, count(*) AS windows',
    );
    expect(rows).toEqual([
      { outcome: 'suspicious', windows: (lastEnd - firstEnd) / windowSeconds + 1 },
    ]);
    const [source] = await graph.cypher('MATCH (s:Source) RETURN s.looked AS looked');
    expect(source).toEqual({ looked: [] });
  });

  it('is the same graph after the same hours are walked again', async () => {
    const before = await graph.dump();
    const run = await worker.run(range);
    expect(run).toMatchObject({ state: 'completed', kind: 'reingest', dependenciesCreated: 0 });
    expect(await graph.dump()).toEqual(before);
  });
});

/** The request counter of each pair, as [Unix seconds, value] in order of time. */
function readSamples(text: string): Map<string, [at: number, value: number][]> {
  const series = new Map<string, [number, number][]>();
  for (const line of text.split('\n')) {
    const match =
      /^traces_service_graph_request_total\{client="([^"]*)",server="([^"]*)"[^}]*\} (\S+) (\S+)$/.exec(
        line,
      );
    if (match === null) continue;
    const [, client, server, value, at] = match;
    const pair = `${client}>${server}`;
    series.set(pair, [...(series.get(pair) ?? []), [Number(at), Number(value)]]);
  }
  return series;
}

function lastAt(series: readonly [number, number][], time: number): [number, number] | null {
  return series.findLast(([at]) => at <= time) ?? null;
}
