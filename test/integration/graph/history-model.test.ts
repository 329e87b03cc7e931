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
import { createRebuild } from '../../../src/graph/rebuild.ts';
import { createStalePasses } from '../../../src/graph/stale-passes.ts';
import { createWindowRecords } from '../../../src/graph/windows.ts';
import { accountingOf, closingOf } from '../../support/accounting.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { HistoryModel, textOf } from '../../support/history-model.ts';
import { tempo, waypoint } from '../../support/readings.ts';
import { type Actor, playTogether } from '../../support/turns.ts';

/**
 * How many sequences of commands are run; each on a graph of its own. One that fails is told as it is, and
 * in its shortest form where `HISTORY_SHRINK` is set, which takes a while.
 */
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

/** Which window is read, and what it shows. */
interface Seen {
  readonly name: string;
  readonly index: number;
  readonly all: readonly Observation[];
  readonly reading: Reading;
  readonly late: boolean;
  readonly complete: boolean;
}

/** Where each source is read up to, what the model says of it, and when passes were made. */
interface Story {
  readonly model: HistoryModel;
  readonly frontier: Map<string, number>;
  readonly passes: Set<number>;
}

type Crash = Actor['crash'];

describe('the history in Neo4j', () => {
  let graph: TestGraph;

  beforeAll(async () => {
    graph = await openTestGraph();
  });
  afterAll(() => graph.close());

  /** Reads a window: a transaction for each batch, and one that closes it. */
  function reader(story: Story, seen: Seen, crash: Crash): Actor {
    const { name, index, all, reading, late, complete } = seen;
    const window = windowAt(index);
    const key = { source: name, reading, run: 'run-1', window, late };
    function* model() {
      for (let begin = 0; begin < all.length; begin += batchRows) {
        story.model.writeBatch(key, all.slice(begin, begin + batchRows));
        yield;
      }
      if (complete) story.model.close(name, window);
    }
    return {
      async run(database) {
        const windows = createWindowRecords(database, batchRows);
        await windows.write(key, all, () => {});
        await windows.close(key, accountingOf(complete ? 'complete' : 'partial'), closingOf(late));
      },
      model: model(),
      crash,
      ended() {
        if (!late) story.frontier.set(name, index + 1);
      },
    };
  }

  /** Goes over a source: a transaction to begin, and one for each page. */
  function passer(story: Story, name: string, now: number, crash: Crash): Actor {
    story.passes.add(now);
    return {
      run: (database) =>
        createStalePasses(database, batchRows).pass(
          {
            source: name,
            context: 'live',
            run: 'run-1',
            nowMillis: now,
            limits,
            breaker,
            override: true,
          },
          () => {},
        ),
      model: story.model.pass(name, now, limits, batchRows),
      crash,
    };
  }

  const latest = ({ frontier }: Story) => epoch + Math.max(0, ...frontier.values()) * hour;
  /** No window ends when a pass is made, so that a belief says by its beginning what brought it. */
  const afterLatest = (story: Story) => latest(story) + hour / 3;
  /** Makes an actor anew for each attempt; `retried`: one that was cut off is done again at the end. */
  interface Part {
    readonly name: string;
    readonly retried: boolean;
    actor(story: Story, crashes: boolean): Actor;
  }
  type Step = (story: Story) => Promise<void>;

  const anyCrash: fc.Arbitrary<Crash> = fc.oneof(
    { weight: 2, arbitrary: fc.constant(null) },
    {
      weight: 1,
      arbitrary: fc.record({
        at: fc.nat(3),
        how: fc.constantFrom('crashBefore' as const, 'crashAfter' as const),
      }),
    },
  );
  const how = {
    name: source,
    all: someObservations,
    complete: fc.boolean(),
    reading: anyReading,
    crash: anyCrash,
    retried: fc.boolean(),
  };
  const textOfCrash = (crash: Crash) => (crash === null ? '' : ` ${crash.how} ${crash.at}`);
  const liveReading: fc.Arbitrary<Part> = fc
    .record({ ...how, outage: fc.constantFrom(0, 0, 0, 2, 5) })
    .map(({ name, outage, crash, retried, ...seen }) => ({
      name: `observe ${name} +${outage} ${seen.reading.dialect} ${seen.complete}${textOfCrash(crash)} ${namesOf(seen.all)}`,
      retried,
      actor: (story, crashes) => {
        const index = (story.frontier.get(name) ?? 0) + outage;
        return reader(story, { name, index, late: false, ...seen }, crashes ? crash : null);
      },
    }));
  const lateReading: fc.Arbitrary<Part> = fc
    .record({ ...how, back: fc.nat(7) })
    .map(({ name, back, crash, retried, ...seen }) => ({
      name: `late ${name} -${back} ${seen.reading.dialect} ${seen.complete}${textOfCrash(crash)} ${namesOf(seen.all)}`,
      retried,
      actor: (story, crashes) => {
        const index = Math.max(0, (story.frontier.get(name) ?? 0) - 1 - back);
        return reader(story, { name, index, late: true, ...seen }, crashes ? crash : null);
      },
    }));
  const stalePass: fc.Arbitrary<Part> = fc
    .record({
      name: source,
      back: fc.constantFrom(0, 0, 0, 1, 3),
      crash: anyCrash,
      retried: fc.boolean(),
    })
    .map(({ name, back, crash, retried }) => ({
      name: `pass ${name} -${back}${textOfCrash(crash)}`,
      retried,
      actor: (story, crashes) =>
        passer(story, name, afterLatest(story) - back * hour, crashes ? crash : null),
    }));

  /** Plays some at the same time, and then again those that are done again. */
  const play =
    (parts: readonly Part[], picks: readonly number[]): Step =>
    async (story) => {
      await playTogether(
        graph.database,
        parts.map((part) => part.actor(story, true)),
        picks,
      );
      for (const part of parts.filter(({ retried }) => retried)) {
        await playTogether(graph.database, [part.actor(story, false)], []);
      }
    };
  const alone = (part: Part) => ({ name: part.name, step: play([part], []) });

  const anyStep: fc.Arbitrary<{ name: string; step: Step }> = fc.oneof(
    { weight: 6, arbitrary: liveReading.map(alone) },
    { weight: 2, arbitrary: lateReading.map(alone) },
    { weight: 3, arbitrary: stalePass.map(alone) },
    {
      weight: 5,
      arbitrary: fc
        .record({
          parts: fc.tuple(stalePass, lateReading, fc.oneof(liveReading, lateReading, stalePass)),
          picks: fc.array(fc.nat(5), { maxLength: 12 }),
        })
        .map(({ parts, picks }) => ({
          name: `together ${picks.join('')}: ${parts.map(({ name }) => name).join(' | ')}`,
          step: play(parts, picks),
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
    // What was cut off may have written a window that ends after all that were read to their end.
    expect(new Map(present.dependencies.map((one) => [one.id, textOf(one)]))).toEqual(
      model.at(Number.MAX_SAFE_INTEGER),
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
    await expectSound(story, feed);
  }

  /** What holds whatever the model says. */
  async function expectSound({ passes }: Story, feed: Awaited<ReturnType<typeof wholeFeed>>) {
    const aged = feed.filter(({ type }) => /stale|removed/.test(type));
    expect(aged.filter(({ at }) => !passes.has(at))).toEqual([]);
    const before = await graph.cypher(
      `MATCH (c)-[d:DEPENDS_ON {state: 'stale'}]->(s)
       MATCH (c)-[o:OBSERVED]->(s)
       WHERE d.from < o.lastSeenAt
       RETURN d.id AS id`,
    );
    expect(before).toEqual([]);
    expect(await createRebuild(graph.database, 500).run(false, () => {})).toEqual({
      beliefs: 0,
      history: 0,
      impacts: 0,
    });
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
        await graph.clear();
        await graph.cypher("MATCH (g:Graph) SET g = {id: 'graph', sequence: 0}");
        const story: Story = {
          model: new HistoryModel(),
          frontier: new Map(),
          passes: new Set(),
        };
        for (const { step } of steps) await step(story);
        await compare(story);
      }),
      { numRuns, endOnFailure: process.env.HISTORY_SHRINK === undefined },
    );
  }, 1_800_000);
});

const bySubject = (a: { subject: string }, b: { subject: string }) =>
  a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : 0;
