import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dependencyId, modes, type Reading } from '../../../src/domain/dependency.ts';
import type { Observation } from '../../../src/domain/observation.ts';
import type { ServiceKind } from '../../../src/domain/service.ts';
import { everything } from '../../../src/domain/view.ts';
import type { Window } from '../../../src/domain/window.ts';
import { createChangeQueries } from '../../../src/graph/change-queries.ts';
import { createHistoryRecords } from '../../../src/graph/history.ts';
import { createQueries } from '../../../src/graph/queries.ts';
import { createStalePasses } from '../../../src/graph/stale-passes.ts';
import { createWindowRecords } from '../../../src/graph/windows.ts';
import { accountingOf, closingOf } from '../../support/accounting.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { HistoryModel, textOf } from '../../support/history-model.ts';
import { tempo, waypoint } from '../../support/readings.ts';

/** How many sequences of commands are run; each on a graph of its own. */
const numRuns = Number(process.env.HISTORY_SEQUENCES ?? 30);
const hour = 3_600_000;
const epoch = Date.UTC(2026, 0, 1);
const batchRows = 2;
const limits = { staleMillis: 3 * hour, removeMillis: 2 * hour };
/** Of which the tests of stale passes are. */
const breaker = { ratio: 1, atLeast: 1 };

const windowAt = (index: number): Window => ({
  startMillis: epoch + index * hour,
  endMillis: epoch + (index + 1) * hour,
});

/** Kinds come from labels, of which the connection type is the trace. */
const typeOf: Partial<Record<ServiceKind, string>> = {
  database: 'database',
  external: 'virtual_node',
};

const anyObservation: fc.Arbitrary<Observation> = fc
  .record({
    mode: fc.constantFrom(...modes),
    client: fc.constantFrom('a', 'b'),
    server: fc.constantFrom('a', 'b', 'c'),
    serverKind: fc.constantFrom<ServiceKind>('service', 'service', 'external', 'database'),
    requests: fc.constantFrom(0, 10, 20),
  })
  .map(({ mode, client, server, serverKind, requests }) => {
    const service = (name: string, kind: ServiceKind) => ({
      id: name,
      environment: '',
      cluster: '',
      namespace: '',
      name,
      kind,
    });
    return {
      dependencyId: dependencyId(client, server),
      client: service(client, 'service'),
      server: service(server, serverKind),
      mode,
      connectionTypes: [typeOf[serverKind] ?? ''],
      requests,
      failedRequests: 0,
      listed: false,
    };
  });
const someObservations = fc.uniqueArray(anyObservation, {
  maxLength: 4,
  selector: ({ mode, dependencyId: id }) => `${mode} ${id}`,
});
const source = fc.constantFrom('x', 'y');
const anyReading = fc.constantFrom(tempo, tempo, waypoint);

/** How a window is read. */
interface How {
  readonly reading: Reading;
  readonly late: boolean;
  readonly complete: boolean;
  readonly crashAfter: number;
}

/** Where each source is read up to, and what the product and the model say of it. */
interface Story {
  readonly model: HistoryModel;
  readonly frontier: Map<string, number>;
}

describe('the history in Neo4j', () => {
  let graph: TestGraph;

  beforeAll(async () => {
    graph = await openTestGraph();
  });
  afterAll(() => graph.close());

  /** Reads a window, cut off after some batches and done again where `crashAfter` says so. */
  async function observe(
    { model }: Story,
    name: string,
    index: number,
    all: readonly Observation[],
    { reading, late, complete, crashAfter }: How,
  ) {
    const window = windowAt(index);
    const windows = createWindowRecords(graph.database, batchRows);
    const key = { source: name, reading, run: 'run-1', window, late };
    const batches = [all.slice(0, batchRows), all.slice(batchRows)].filter((one) => one.length > 0);
    for (const batch of batches.slice(0, crashAfter)) model.writeBatch(key, batch);
    for (const batch of batches) model.writeBatch(key, batch);
    let done = 0;
    if (crashAfter > 0 && batches.length > 0) {
      await windows
        .write(key, all, () => {
          done += 1;
          if (done >= crashAfter) throw new Error('crashed');
        })
        .catch(() => {});
    }
    await windows.write(key, all, () => {});
    await windows.close(key, accountingOf(complete ? 'complete' : 'partial'), closingOf(late));
    if (complete) model.close(name, window);
  }

  async function pass({ model }: Story, name: string, now: number, crash: boolean) {
    const passes = createStalePasses(graph.database, batchRows);
    const asked = {
      source: name,
      context: 'live' as const,
      run: 'run-1',
      nowMillis: now,
      limits,
      breaker,
      override: true,
    };
    if (crash) {
      await passes
        .pass(asked, () => {
          throw new Error('crashed');
        })
        .catch(() => {});
    }
    await passes.pass(asked, () => {});
    model.pass(name, now, limits);
  }

  const latest = ({ frontier }: Story) => epoch + Math.max(0, ...frontier.values()) * hour;
  type Step = (story: Story) => Promise<void>;

  const anyStep: fc.Arbitrary<{ name: string; step: Step }> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .record({
          name: source,
          all: someObservations,
          complete: fc.boolean(),
          reading: anyReading,
          crashAfter: fc.constantFrom(0, 0, 1),
          outage: fc.constantFrom(0, 0, 0, 2, 5),
        })
        .map(({ name, all, outage, ...how }) => ({
          name: `observe ${name} ${outage} ${JSON.stringify(how)} ${namesOf(all)}`,
          step: async (story: Story) => {
            const index = (story.frontier.get(name) ?? 0) + outage;
            await observe(story, name, index, all, { ...how, late: false });
            story.frontier.set(name, index + 1);
          },
        })),
    },
    {
      weight: 2,
      arbitrary: fc
        .record({
          name: source,
          reading: anyReading,
          all: someObservations,
          back: fc.nat(6),
          complete: fc.boolean(),
        })
        .map(({ name, reading, all, back, complete }) => ({
          name: `late ${name} ${reading.dialect} ${back} ${complete} ${namesOf(all)}`,
          step: async (story: Story) => {
            const index = Math.max(0, (story.frontier.get(name) ?? 0) - 1 - back);
            await observe(story, name, index, all, {
              reading,
              complete,
              crashAfter: 0,
              late: true,
            });
          },
        })),
    },
    {
      weight: 4,
      arbitrary: fc.record({ name: source, crash: fc.boolean() }).map(({ name, crash }) => ({
        name: `pass ${name} ${crash}`,
        step: (story: Story) => pass(story, name, latest(story), crash),
      })),
    },
    {
      weight: 1,
      arbitrary: fc.integer({ min: 2, max: 8 }).map((hours) => ({
        name: `prune ${hours}`,
        step: async (story: Story) => {
          const horizon = latest(story) - hours * hour;
          await createHistoryRecords(graph.database, 3).prune(horizon, () => {});
          story.model.prune(horizon);
        },
      })),
    },
  );
  const namesOf = (all: readonly Observation[]) =>
    all
      .map((one) => `${one.dependencyId}/${one.mode}/${one.server.kind}/${one.requests}`)
      .join(' ');

  async function compare(story: Story) {
    const { model } = story;
    const now = latest(story) + hour;
    const queries = createQueries(graph.database, { now: () => now });
    const feed = await wholeFeed();
    expect(feed.map(({ subject, ...rest }) => ({ subject, ...rest })).sort(bySubject)).toEqual(
      [...model.changes].sort(bySubject),
    );
    for (let at = epoch; at <= now; at += hour / 2) {
      if (at < model.horizon) continue;
      const found = await queries.graph(everything, at);
      expect(
        new Map(found.dependencies.map((one) => [one.id, textOf(one)])),
        `as of hour ${(at - epoch) / hour}`,
      ).toEqual(model.at(at));
      const { services } = await queries.services(everything, {}, '', 100, at);
      expect(new Map(services.map(({ id, kind }) => [id, kind]))).toEqual(model.servicesAt(at));
    }
    const present = await queries.graph(everything);
    expect(new Map(present.dependencies.map((one) => [one.id, textOf(one)]))).toEqual(
      model.at(now),
    );
    const past = await graph.cypher(
      'MATCH ()-[d:DEPENDED_ON]->() RETURN d.dependency AS id, d.from.epochMillis AS from, d.to.epochMillis AS to ORDER BY id, from',
    );
    expect(past).toEqual(model.periods());
    const impacts = await graph.cypher(
      "MATCH (a)-[i:IMPACTS]->(b) RETURN a.id + '>' + b.id + ' ' + i.mode + ' ' + i.severity AS text",
    );
    expect(new Set(impacts.map(({ text }) => text))).toEqual(model.impacts());
    const evidence = await graph.cypher(
      'MATCH ()-[o:OBSERVED]->() RETURN o.id AS id, o.lastSeenAt.epochMillis AS lastSeenAt, o.staleAt.epochMillis AS staleAt, o.removedAt.epochMillis AS removedAt ORDER BY id',
    );
    const expected = [...model.evidence].map(([id, { stored }]) => {
      const { lastSeenAt, staleAt, removedAt } = stored;
      return { id, lastSeenAt, staleAt, removedAt };
    });
    expect(evidence).toEqual(expected.sort((a, b) => (a.id < b.id ? -1 : 1)));
  }

  /** All changes by small pages, as a follower reads them. */
  async function wholeFeed() {
    const changes = createChangeQueries(graph.database);
    const found = [];
    for (let after = 0; ; ) {
      const page = await changes.changes(everything, after, 3, {});
      found.push(...page.changes);
      after = page.cursor;
      if (!page.hasMore) break;
    }
    const numbers = found.map(({ sequence }) => sequence);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    return found.map(({ type, subject, atMillis, ...row }) => ({
      type,
      subject,
      at: atMillis,
      after:
        row.state === null || row.modes === null || row.confidence === null
          ? String(row.kind)
          : textOf({ state: row.state, modes: row.modes, confidence: row.confidence }),
    }));
  }

  it(`is what a model in memory says, as of every instant and by the feed, in ${numRuns} sequences of what may happen`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 1, maxLength: 18 }), async (steps) => {
        await graph.cypher('MATCH (n) WHERE NOT n:Graph DETACH DELETE n');
        await graph.cypher("MATCH (g:Graph) SET g = {id: 'graph', sequence: 0}");
        const story: Story = { model: new HistoryModel(), frontier: new Map() };
        for (const { step } of steps) await step(story);
        await compare(story);
      }),
      { numRuns },
    );
  }, 600_000);
});

const bySubject = (a: { subject: string }, b: { subject: string }) =>
  a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : 0;
