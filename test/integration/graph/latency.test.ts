import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { normalize } from '../../../src/domain/normalize.ts';
import type { PairFactKind } from '../../../src/domain/observation.ts';
import { createWindowRecords, type WindowRecords } from '../../../src/graph/windows.ts';
import { fact } from '../../domain/arbitraries.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { tempo } from '../../support/readings.ts';
import { epoch } from '../../support/recording.ts';

type Values = Partial<Record<PairFactKind, number>>;

describe('latency on the evidence', () => {
  let graph: TestGraph;
  let windows: WindowRecords;

  beforeAll(async () => {
    graph = await openTestGraph();
    windows = createWindowRecords(graph.database, 100);
  });

  afterAll(() => graph.close());

  /** Writes the quarter of an hour that ends so many minutes after the epoch. */
  async function write(endMinute: number, values: Values): Promise<void> {
    const kinds = Object.entries(values) as [PairFactKind, number][];
    const { observations } = normalize(kinds.map(([kind, value]) => fact({ kind, value })));
    const endMillis = (epoch + endMinute * 60) * 1000;
    const window = { startMillis: endMillis - 900_000, endMillis };
    await windows.write(
      { source: 'shop', reading: tempo, run: 'run-1', window },
      observations,
      () => {},
    );
  }

  async function latencyInGraph(): Promise<Record<string, unknown>> {
    const [row] = await graph.cypher('MATCH ()-[o:OBSERVED]->() RETURN properties(o) AS all');
    return Object.fromEntries(
      Object.entries(row?.all ?? {}).filter(([name]) => name.includes('Latency')),
    );
  }

  const first: Values = {
    requests: 10,
    serverLatencyP50Seconds: 0.1,
    serverLatencyP99Seconds: 0.4,
    clientLatencySumSeconds: 3,
    clientLatencyCount: 20,
  };

  it('has what is known, and no property for the rest', async () => {
    await write(15, first);
    expect(await latencyInGraph()).toEqual({
      serverLatencyP50Seconds: 0.1,
      serverLatencyP99Seconds: 0.4,
      clientLatencyMeanSeconds: 0.15,
    });
  });

  it('is that of the newest window, which an older one does not overwrite', async () => {
    await write(45, { requests: 10, serverLatencyP50Seconds: 0.2 });
    await write(30, first);
    expect(await latencyInGraph()).toEqual({ serverLatencyP50Seconds: 0.2 });
  });

  it('is absent where the newest window had traffic and no latency', async () => {
    await write(60, { requests: 10 });
    expect(await latencyInGraph()).toEqual({});
  });

  it('is absent where the newest window had no traffic', async () => {
    await write(75, first);
    expect(await latencyInGraph()).not.toEqual({});
    await write(90, { requests: 0 });
    expect(await latencyInGraph()).toEqual({});
  });
});
