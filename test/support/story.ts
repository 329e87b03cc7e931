import type { Reading } from '../../src/domain/dependency.ts';
import { normalize } from '../../src/domain/normalize.ts';
import type { PairFact } from '../../src/domain/observation.ts';
import { createAliasRecords } from '../../src/graph/aliases.ts';
import { createStalePasses, type StalePass } from '../../src/graph/stale-passes.ts';
import { createWindowRecords } from '../../src/graph/windows.ts';
import { endpoint, fact } from '../domain/arbitraries.ts';
import { accountingOf, closingOf } from './accounting.ts';
import type { TestGraph } from './graph.ts';
import { tempo } from './readings.ts';

export const hour = 3_600_000;
export const storyEpoch = Date.UTC(2026, 0, 1);
/** The end of the hour with that number, from 0. */
export const endOf = (index: number): number => storyEpoch + (index + 1) * hour;

type Calls = Readonly<Record<string, 'sync' | 'async' | 'external'>>;

/** Facts from texts such as `web>cart`. */
export function callsOf(calls: Calls): PairFact[] {
  return Object.entries(calls).map(([ends, how]) => {
    const [client = '', server = ''] = ends.split('>');
    const types = { sync: '', async: 'messaging_system', external: 'virtual_node' };
    return fact({
      client: endpoint(client),
      server: endpoint(server),
      connectionType: types[how],
      virtualSide: how === 'external' ? 'server' : null,
      value: 3600,
    });
  });
}

/** Tells a graph what sources showed hour by hour, as the activities do. */
export function storyOf(graph: TestGraph, batchRows = 100) {
  const windows = createWindowRecords(graph.database, batchRows);
  const passes = createStalePasses(graph.database, batchRows);
  const aliases = createAliasRecords(graph.database, batchRows);
  const windowAt = (index: number) => ({
    startMillis: endOf(index) - hour,
    endMillis: endOf(index),
  });
  return {
    windows,
    passes,
    /** Reads one hour of a source; partial ones are not looked at. */
    async hour(
      index: number,
      calls: Calls,
      how: {
        source?: string;
        reading?: Reading;
        late?: boolean;
        partial?: boolean;
        run?: string;
      } = {},
    ): Promise<void> {
      const { source = 'shop', late = false, partial = false, run = 'run-1' } = how;
      const { reading = tempo } = how;
      const { version: aliasVersion } = await aliases.read();
      const key = { source, run, window: windowAt(index), late, aliasVersion };
      await windows.write({ ...key, reading }, normalize(callsOf(calls)).observations, () => {});
      await windows.close(key, accountingOf(partial ? 'partial' : 'complete'), closingOf(late));
    },
    /** Records that nothing of an hour could be read. */
    async failed(index: number, source = 'shop'): Promise<void> {
      const key = { source, run: 'run-1', window: windowAt(index) };
      await windows.close(key, accountingOf('failed'), closingOf(false));
    },
    /** Goes over a source at the end of an hour: stale after 3 hours, removed after 2 more. */
    pass(index: number, how: Partial<StalePass> = {}) {
      return passes.pass(
        {
          source: 'shop',
          context: 'live',
          run: 'run-1',
          nowMillis: endOf(index),
          limits: { staleMillis: 3 * hour, removeMillis: 2 * hour },
          breaker: { ratio: 0.2, atLeast: 20 },
          override: false,
          ...how,
        },
        () => {},
      );
    },
  };
}

/** An empty graph with one run in it. */
export async function emptied(graph: TestGraph): Promise<void> {
  await graph.clear();
  await graph.cypher("MATCH (g:Graph) SET g = {id: 'graph', sequence: 0}");
  await graph.cypher("CREATE (:Run {id: 'run-1'})");
}
