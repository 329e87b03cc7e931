import { it } from '@fast-check/vitest';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { createWindowRecords } from '../../../src/graph/windows.ts';
import {
  anyHistory,
  disturbed,
  inAnyOrder,
  undisturbed,
  type Write,
} from '../../support/disturbed.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { tempo } from '../../support/readings.ts';

/** Each run writes and reads a graph of its own, on a real server. */
const numRuns = 25;

describe('windows of one grid, in Neo4j', () => {
  let graph: TestGraph;

  beforeAll(async () => {
    graph = await openTestGraph();
  });

  afterAll(() => graph.close());

  async function graphOf(writes: readonly Write[], batchRows: number) {
    await graph.clear();
    const windows = createWindowRecords(graph.database, batchRows);
    let latest = 0;
    for (const { window, observations } of writes) {
      // What was written before is told apart by digests where it is known to be read again.
      const late = window.endMillis <= latest;
      latest = Math.max(latest, window.endMillis);
      await windows.write(
        { source: 'shop', reading: tempo, run: 'run-1', window, late },
        observations,
        () => {},
      );
    }
    return graph.dump();
  }

  /** What the graph says of sightings and beliefs, without the numbers of the latest window. */
  async function lasting() {
    const services = await graph.cypher(
      'MATCH (s:Service) RETURN s.id AS id, s.kind AS kind, s.firstSeenAt.epochMillis AS first ORDER BY id',
    );
    const sightings = await graph.cypher(
      'MATCH ()-[o:OBSERVED]->() RETURN o.id AS id, o.connectionTypes AS types, o.firstSeenAt.epochMillis AS first, o.lastSeenAt.epochMillis AS last, o.lastTrafficAt.epochMillis AS traffic ORDER BY id',
    );
    const dependencies = await graph.cypher(
      'MATCH ()-[d:DEPENDS_ON]->() RETURN d.id AS id, d.state AS state, d.modes AS modes ORDER BY id',
    );
    return { services, sightings, dependencies };
  }

  it.prop([anyHistory.chain((said) => fc.tuple(fc.constant(said), disturbed(said)))], { numRuns })(
    'leave the same graph whatever is repeated, cut off, sharded, batched or written twice',
    async ([history, writes]) => {
      const expected = await graphOf(undisturbed(history), 1000);
      expect(await graphOf(writes, 1000)).toEqual(expected);
    },
  );

  it.prop(
    [
      anyHistory.chain((said) => fc.tuple(fc.constant(said), inAnyOrder(said))),
      fc.integer({ min: 1, max: 5 }),
    ],
    { numRuns },
  )(
    'leave the same services, dependencies, modes and times of sight in whatever order they are read',
    async ([history, writes], batchRows) => {
      await graphOf(undisturbed(history), 1000);
      const expected = await lasting();
      await graphOf(writes, batchRows);
      expect(await lasting()).toEqual(expected);
    },
  );

  it.prop([anyHistory.chain((said) => fc.tuple(fc.constant(said), disturbed(said)))], { numRuns })(
    'count what they create once, whatever is repeated',
    async ([, writes]) => {
      const { services, dependencies } = await graphOf(writes, 2);
      const [counted] = await graph.cypher(
        'MATCH (w:Window) RETURN sum(w.servicesCreated) AS services, sum(w.dependenciesCreated) AS dependencies',
      );
      expect(counted).toEqual({ services: services.length, dependencies: dependencies.length });
    },
  );
});
