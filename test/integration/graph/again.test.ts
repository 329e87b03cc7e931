import type { Driver } from 'neo4j-driver';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { normalize } from '../../../src/domain/normalize.ts';
import { createDatabase, openDriver } from '../../../src/graph/database.ts';
import { loadStatements } from '../../../src/graph/statements.ts';
import { createWindowRecords } from '../../../src/graph/windows.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { tempo } from '../../support/readings.ts';
import { callsOf, emptied, endOf, hour, storyOf } from '../../support/story.ts';

describe('a window that is read again', () => {
  let graph: TestGraph;
  let driver: Driver;

  beforeAll(async () => {
    graph = await openTestGraph();
    driver = openDriver({ uri: inject('neo4jUri'), user: 'neo4j', password: undefined });
  });
  afterAll(async () => {
    await driver.close();
    await graph.close();
  });
  beforeEach(() => emptied(graph));

  /** Writes hours as the activities do; says which statements on evidence that took. */
  function writer() {
    const statements = loadStatements();
    const ran: string[] = [];
    const onStatement = (name: string) => void ran.push(name);
    const database = createDatabase({ driver, database: 'neo4j', statements, onStatement });
    const windows = createWindowRecords(database, 100);
    return async (index: number, calls: Parameters<typeof callsOf>[0], late: boolean) => {
      ran.length = 0;
      const window = { startMillis: endOf(index) - hour, endMillis: endOf(index) };
      const { observations } = normalize(callsOf(calls));
      await windows.write(
        { source: 'shop', reading: tempo, run: 'run-1', window, late },
        observations,
        () => {},
      );
      return ran.filter((name) => /observed|unchanged|traffic/.test(name));
    };
  }

  const calls = { 'web>cart': 'sync', 'cart>db': 'sync' } as const;

  it('is told apart by its digests, and no evidence is read or written', async () => {
    const write = writer();
    expect(await write(0, calls, false)).toEqual([
      'ingest/read-observed',
      'ingest/create-observed',
    ]);
    const before = await graph.dump();
    expect(await write(0, calls, true)).toEqual(['ingest/read-unchanged']);
    expect(await graph.dump()).toEqual(before);
  });

  it('is compared where it shows something else, or a later one was written since', async () => {
    const write = writer();
    await write(0, calls, false);
    const more = { ...calls, 'web>mail': 'async' } as const;
    expect(await write(0, more, true)).toEqual([
      'ingest/read-unchanged',
      'ingest/read-observed',
      'ingest/create-observed',
    ]);
    expect(await write(1, calls, false)).toEqual(['ingest/read-observed', 'ingest/set-traffic']);
    expect(await write(0, calls, true)).toEqual(['ingest/read-unchanged', 'ingest/read-observed']);
    expect(await write(1, calls, true)).toEqual(['ingest/read-unchanged']);
  });

  it('is judged anew where a stale pass was made since', async () => {
    const story = storyOf(graph);
    for (let index = 0; index < 5; index += 1) await story.hour(index, index === 0 ? calls : {});
    const write = writer();
    expect(await write(0, calls, true)).toEqual(['ingest/read-unchanged']);
    await story.pass(4, { breaker: { ratio: 1, atLeast: 1000 } });
    expect(await write(0, calls, true)).toEqual(['ingest/read-unchanged', 'ingest/read-observed']);
    const [stale] = await graph.cypher(
      "MATCH ()-[d:DEPENDS_ON {state: 'stale'}]->() RETURN count(*) AS count",
    );
    expect(stale).toEqual({ count: 2 });
  });
});
