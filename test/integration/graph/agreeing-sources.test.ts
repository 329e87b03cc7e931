import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { normalize } from '../../../src/domain/normalize.ts';
import { agreementsOf } from '../../../src/graph/source-agreement.ts';
import { createWindowRecords } from '../../../src/graph/windows.ts';
import { endpoint, fact } from '../../domain/arbitraries.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { tempo, waypoint } from '../../support/readings.ts';
import { emptied, endOf, hour } from '../../support/story.ts';

describe('what sources have counted of the same pairs', () => {
  let graph: TestGraph;

  beforeAll(async () => {
    graph = await openTestGraph();
  });
  afterAll(() => graph.close());
  beforeEach(() => emptied(graph));

  /** Writes so many requests of `web` to each of some servers, in one hour. */
  async function tell(
    source: string,
    requests: Readonly<Record<string, number>>,
    { index = 1, reading = tempo } = {},
  ) {
    const window = { startMillis: endOf(index) - hour, endMillis: endOf(index) };
    const facts = Object.entries(requests).map(([server, value]) =>
      fact({ client: endpoint('web'), server: endpoint(server), value }),
    );
    const { observations } = normalize(facts);
    const key = { source, run: 'run-1', window, reading };
    await createWindowRecords(graph.database, 100).write(key, observations, () => {});
  }
  const agreements = (source: string, since = endOf(0)) =>
    agreementsOf(graph.database, source, since);

  it('agrees within a twentieth, seen from either side', async () => {
    await tell('mesh', { cart: 1000, stock: 1000, mail: 1000, only: 1000, idle: 0 });
    await tell('traces', { cart: 1000, stock: 951, mail: 949, other: 1000, idle: 0 });
    expect(await agreements('mesh')).toEqual([{ other: 'traces', shared: 3, agreeing: 2 }]);
    expect(await agreements('traces')).toEqual([{ other: 'mesh', shared: 3, agreeing: 2 }]);
  });

  it('takes the largest of the readings of a source', async () => {
    await tell('mesh', { cart: 1000 });
    await tell('mesh', { cart: 500 }, { reading: waypoint });
    await tell('traces', { cart: 1000 });
    await tell('logs', { cart: 500 });
    expect(await agreements('mesh')).toEqual([
      { other: 'logs', shared: 1, agreeing: 0 },
      { other: 'traces', shared: 1, agreeing: 1 },
    ]);
  });

  it('compares the same windows alone, and late ones', async () => {
    await tell('mesh', { cart: 1000 });
    await tell('traces', { cart: 1000 }, { index: 2 });
    expect(await agreements('mesh')).toEqual([]);
    await tell('mesh', { cart: 1000 }, { index: 2 });
    expect(await agreements('mesh')).toEqual([{ other: 'traces', shared: 1, agreeing: 1 }]);
    expect(await agreements('mesh', endOf(2))).toEqual([]);
  });

  it('takes no source for another whose id begins alike', async () => {
    await tell('mesh-2', { cart: 1000 });
    await tell('traces', { cart: 1000 });
    expect(await agreements('mesh')).toEqual([]);
  });
});
