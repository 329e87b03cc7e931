import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everything, sees, type View } from '../../../src/domain/view.ts';
import {
  createGraphPages,
  type GraphFilter,
  type GraphPages,
  isSelected,
} from '../../../src/graph/graph-pages.ts';
import { createQueries } from '../../../src/graph/queries.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { emptied, endOf } from '../../support/story.ts';
import { calls, pairOf, services, tellTwoEnvironments } from '../../support/two-environments.ts';

const someOf = (...words: string[]) =>
  fc.option(fc.uniqueArray(fc.constantFrom(...words)), { freq: 3, nil: null });
const anyView: fc.Arbitrary<View> = fc.record({
  environments: someOf('live', 'lab'),
  teams: someOf('shop', 'bank'),
});
const anyFilter: fc.Arbitrary<GraphFilter> = fc.record({
  namespace: fc.constantFrom(undefined, undefined, '', 'shop'),
  kinds: fc.constantFrom(undefined, undefined, ['service' as const], ['database' as const]),
  states: fc.constantFrom(undefined, ['active' as const], ['active' as const, 'stale' as const]),
  modes: fc.constantFrom(undefined, ['sync' as const], ['async' as const]),
});

describe('the graph, page by page', () => {
  let graph: TestGraph;
  let pages: GraphPages;

  beforeAll(async () => {
    graph = await openTestGraph();
    await emptied(graph);
    await tellTwoEnvironments(graph);
    pages = createGraphPages(graph.database);
    // One has a past, so that what was believed is in two places.
    await graph.cypher(
      `MATCH (c)-[d:DEPENDS_ON {id: $id}]->(s)
       CREATE (c)-[p:DEPENDED_ON]->(s)
       SET p = properties(d), p.id = d.id + '@then', p.dependency = d.id, p.to = datetime($to)
       SET d.from = datetime($to), d.modes = ['async']`,
      { id: pairOf(calls[0] ?? ['', '']), to: new Date(endOf(1) + 1).toISOString() },
    );
  });
  afterAll(() => graph.close());

  it('has what a view and a filter leave of the whole, each once, with all ends, now and then', () =>
    fc.assert(
      fc.asyncProperty(anyView, anyFilter, fc.boolean(), async (view, filter, topologyOnly) => {
        const queries = createQueries(graph.database, { now: () => endOf(3) });
        for (const at of [null, endOf(1)]) {
          const whole = await queries.graph(everything, at);
          const all = new Map(whole.services.map((one) => [one.id, one]));
          const ids = services.filter((one) => sees(view, one)).map(({ id }) => id);
          const expected = whole.dependencies.filter((one) => {
            const ends = [one.client, one.server].flatMap((id) => all.get(id) ?? []);
            return (
              [one.client, one.server].every((id) => ids.includes(id)) &&
              isSelected(filter, one, ends)
            );
          });
          const found = [];
          for await (const page of pages.pages({ view, at, filter, topologyOnly }, 2)) {
            expect(page.dependencies.length).toBeLessThanOrEqual(2);
            const told = new Set(page.services.map(({ id }) => id));
            for (const { client, server } of page.dependencies) {
              expect(told.has(client) && told.has(server)).toBe(true);
            }
            found.push(...page.dependencies);
          }
          const plain = (rows: typeof expected) =>
            rows
              .map(({ id, state, modes, requestsPerSecond }) =>
                [id, state, modes.join(), topologyOnly ? '' : requestsPerSecond].join(' '),
              )
              .sort();
          expect(plain(found)).toEqual(plain(expected));
        }
      }),
      {
        numRuns: 12,
        examples: [
          [everything, {}, false],
          [everything, {}, true],
        ],
      },
    ));
});
