import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everything, sees, type View } from '../../../src/domain/view.ts';
import { createChangeQueries } from '../../../src/graph/change-queries.ts';
import { createDependencyQueries } from '../../../src/graph/dependency-queries.ts';
import { createDiffQueries } from '../../../src/graph/diff-queries.ts';
import { createImpactQueries } from '../../../src/graph/impact-queries.ts';
import { createQueries, type Direction } from '../../../src/graph/queries.ts';
import type { AppError } from '../../../src/runtime/errors.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { emptied, endOf } from '../../support/story.ts';
import {
  aliasOfLedger,
  calls,
  pairOf,
  services,
  tellTwoEnvironments,
} from '../../support/two-environments.ts';

const someOf = (...words: string[]) =>
  fc.option(fc.uniqueArray(fc.constantFrom(...words)), { freq: 3, nil: null });
const view: fc.Arbitrary<View> = fc.record({
  environments: someOf('live', 'lab', 'elsewhere'),
  teams: someOf('shop', 'bank', 'nobody'),
});
const now = endOf(2);
const sorted = (texts: readonly string[]) => texts.toSorted();

/** What there is of the story in a view, by the rule alone. */
function modelOf(view: View) {
  const ids = services.filter((service) => sees(view, service)).map(({ id }) => id);
  const has = (id: string) => ids.includes(id);
  const pairs = calls.filter(([client, server]) => has(client) && has(server));
  return { ids, pairs };
}

/** Hops to all that can be reached from a service over links. */
function reached(start: string, links: readonly (readonly [string, string])[]) {
  const hops = new Map([[start, 0]]);
  for (const [from, distance] of hops) {
    for (const [one, other] of links) {
      if (one === from && !hops.has(other)) hops.set(other, distance + 1);
    }
  }
  return hops;
}

/** The code of what is thrown, or `null`. */
const codeOf = (asking: Promise<unknown>) =>
  asking.then(
    () => null,
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  );

describe('a view of the graph', () => {
  let graph: TestGraph;
  let queries: ReturnType<typeof createQueries>;

  beforeAll(async () => {
    graph = await openTestGraph();
    await emptied(graph);
    await tellTwoEnvironments(graph);
    queries = createQueries(graph.database, { now: () => now });
  });
  afterAll(() => graph.close());

  /** Holds for any view; the whole graph is always tried. */
  const forAnyView = (check: (view: View, model: ReturnType<typeof modelOf>) => Promise<void>) =>
    fc.assert(
      fc.asyncProperty(view, (some) => check(some, modelOf(some))),
      { numRuns: 8, examples: [[everything], [{ environments: ['live'], teams: null }]] },
    );

  it('has the services and dependencies of the rule, now and then, page by page', () =>
    forAnyView(async (view, { ids, pairs }) => {
      const touched = new Set(pairs.flat());
      for (const at of [null, endOf(1)]) {
        const { dependencies, services } = await queries.graph(view, at);
        expect(sorted(dependencies.map(({ id }) => id))).toEqual(sorted(pairs.map(pairOf)));
        expect(services.map(({ id }) => id)).toEqual(sorted([...touched]));
        const listed: string[] = [];
        for (let after = '', more = true; more; after = listed.at(-1) ?? '') {
          const page = await queries.services(view, {}, after, 2, at);
          listed.push(...page.services.map(({ id }) => id));
          more = page.hasMore;
        }
        expect(listed).toEqual(sorted(ids));
      }
    }));

  it('finds a service by id, name or alias only where it is in it', () =>
    forAnyView(async (view, { ids }) => {
      for (const at of [null, endOf(1)]) {
        for (const { id, name } of services) {
          const isThere = ids.includes(id);
          expect(await codeOf(queries.service(view, id, at))).toBe(
            isThere ? null : 'ServiceNotFound',
          );
          const named = services.filter((one) => one.name === name && ids.includes(one.id));
          const code = { 0: 'ServiceNotFound', 1: null }[named.length];
          expect(await codeOf(queries.service(view, name, at))).toBe(
            code === undefined ? 'AmbiguousService' : code,
          );
          if (!isThere) continue;
          const { sameName } = await queries.service(view, id, at);
          expect(sorted([id, ...sameName.map((one) => one.id)])).toEqual(
            sorted(named.map((one) => one.id)),
          );
        }
        const isStood = ids.includes('live:::ledger') && view.teams === null;
        expect(await codeOf(queries.service(view, aliasOfLedger, at))).toBe(
          isStood ? null : 'ServiceNotFound',
        );
      }
    }));

  it('does not name what is outside of it as a candidate', async () => {
    const teams = { environments: null, teams: ['shop', 'bank'] };
    await expect(queries.service(teams, 'ledger')).rejects.toMatchObject({
      details: { candidates: ['lab:::ledger', 'live:::ledger'] },
    });
    const live = { ...teams, environments: ['live'] };
    expect((await queries.service(live, 'ledger')).service.id).toBe('live:::ledger');
  });

  it('does not suggest what is outside of it for a name that is mistyped', () =>
    forAnyView(async (view, { ids }) => {
      for (const at of [null, endOf(1)]) {
        const found = await queries.service(view, 'legder', at).catch((error: unknown) => error);
        const suggested = ids.filter((id) => id.endsWith('ledger'));
        const { code, details } = found as AppError;
        expect(code).toBe('ServiceNotFound');
        expect(details).toEqual(suggested.length === 0 ? {} : { suggestions: sorted(suggested) });
      }
    }));

  it('is not walked out of, in any direction, now and then', () =>
    forAnyView(async (view, { ids, pairs }) => {
      const back = pairs.map(([client, server]) => [server, client] as const);
      for (const at of [null, endOf(1)]) {
        for (const start of ids) {
          const walks: [Direction, typeof back][] = [
            ['downstream', [...pairs]],
            ['upstream', back],
          ];
          for (const [direction, links] of walks) {
            const found = await queries.dependencies(view, start, direction, 10, at);
            const inReach = [...reached(start, links).keys()].filter((id) => id !== start);
            expect(sorted(found.services.map(({ id }) => id))).toEqual(sorted(inReach));
          }
        }
      }
    }));

  it('hides dependencies of which one end is outside, and all their evidence', () =>
    forAnyView(async (view, { pairs }) => {
      const { explain } = createDependencyQueries(graph.database);
      for (const pair of calls) {
        const isThere = pairs.includes(pair);
        expect(await codeOf(explain(view, pairOf(pair)))).toBe(
          isThere ? null : 'DependencyNotFound',
        );
      }
    }));

  it('has the consequences that reach through it alone', () =>
    forAnyView(async (view, { ids, pairs }) => {
      const impacts = createImpactQueries(graph.database);
      const links = pairs.map(([client, server]) => [server, client] as const);
      for (const { id } of services) {
        if (!ids.includes(id)) {
          expect(await codeOf(impacts.blastRadius(view, id, 10, 100, null))).toBe(
            'ServiceNotFound',
          );
          continue;
        }
        const expected = reached(id, links);
        expected.delete(id);
        for (const at of [null, endOf(1)]) {
          const { hits } = await impacts.blastRadius(view, id, 10, 100, at);
          expect(new Map(hits.map(({ service, hops }) => [service.id, hops]))).toEqual(expected);
        }
      }
    }));

  it('has the changes of which all services are in it', () =>
    forAnyView(async (view, { ids, pairs }) => {
      const changes = createChangeQueries(graph.database);
      const subjects: string[] = [];
      let after = 0;
      for (let more = true; more; ) {
        const page = await changes.changes(view, after, 3, {});
        subjects.push(...page.changes.map(({ subject }) => subject));
        ({ cursor: after, hasMore: more } = page);
      }
      expect(sorted(subjects)).toEqual(sorted([...ids, ...pairs.map(pairOf)]));
      const cart = changes.changes(view, 0, 100, { service: 'cart' });
      expect(await codeOf(cart)).toBe(ids.includes('live:::cart') ? null : 'ServiceNotFound');
    }));

  it('has the differences of the dependencies in it, and counts no other', () =>
    forAnyView(async (view, { pairs }) => {
      const found = await createDiffQueries(graph.database).diff(view, endOf(0), endOf(1), 100);
      const late = pairs.filter((pair) => pair === calls.at(-1)).map(pairOf);
      expect(found.differences.map(({ id }) => id)).toEqual(late);
      expect(found.added).toBe(late.length);
      expect(found.teams.reduce((sum, { added }) => sum + added, 0)).toBe(late.length);
    }));
});
