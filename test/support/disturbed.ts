import fc from 'fast-check';
import { createNormalizer, normalize } from '../../src/domain/normalize.ts';
import type { Observation, PairFact } from '../../src/domain/observation.ts';
import { isSideOpen } from '../../src/domain/pair-kinds.ts';
import type { Window } from '../../src/domain/window.ts';

/** A window of the grid, and all that a source says of it, whenever it is asked. */
export interface SaidWindow {
  readonly window: Window;
  readonly facts: readonly PairFact[];
}

/** One thing that reaches the graph in one piece: some observations of a window. */
export interface Write {
  readonly window: Window;
  readonly observations: readonly Observation[];
}

const minute = 60_000;
const names = ['a', 'b', 'user', '10.0.0.7:443'] as const;
/** Most facts are about one pair, because what goes wrong takes several windows of the same one. */
const anyEnds = fc.oneof(
  { weight: 2, arbitrary: fc.constant(['a', 'b'] as const) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names)) },
);

/** Facts about few pairs, so that many meet; a pair's virtual side is always said in the same way. */
const anyFact: fc.Arbitrary<PairFact> = fc
  .record({
    kind: fc.constantFrom(
      'requests',
      'requests',
      'failedRequests',
      'listed',
      'uncounted',
      'serverLatencyP50Seconds',
    ),
    ends: anyEnds,
    connectionType: fc.constantFrom('', 'messaging_system', 'database', 'virtual_node'),
    value: fc.oneof(fc.nat(3), fc.constant(Number.NaN)),
  })
  .map(({ ends: [client, server], ...said }) => ({
    ...said,
    client: { environment: '', cluster: '', namespace: '', name: client },
    server: { environment: '', cluster: '', namespace: '', name: server },
    virtualSide: null,
    overflow: false,
  }));

/** What a source says of the windows of one grid, in their order. */
export const anyHistory: fc.Arbitrary<readonly SaidWindow[]> = fc
  .array(fc.array(anyFact, { maxLength: 8 }), { minLength: 1, maxLength: 4 })
  .map((said) =>
    said.map((facts, index) => ({
      window: { startMillis: index * minute, endMillis: (index + 1) * minute },
      facts,
    })),
  );

/** Every window read whole and written in one piece, in order. */
export function undisturbed(history: readonly SaidWindow[]): Write[] {
  return history.map(({ window, facts }) => ({
    window,
    observations: normalize(facts).observations,
  }));
}

/** The same windows, whole, in any order and some of them more than once. */
export function inAnyOrder(history: readonly SaidWindow[]): fc.Arbitrary<Write[]> {
  const all = undisturbed(history);
  return fc
    .tuple(fc.shuffledSubarray(all, { minLength: all.length }), fc.subarray(all))
    .map(([once, again]) => [...once, ...again]);
}

/**
 * The same windows as a bad day writes them: two writers, whose writes come in any interleaving;
 * each asks in shards, writes in batches, and repeats attempts that were cut off at any batch and
 * windows that were long done.
 */
export function disturbed(history: readonly SaidWindow[]): fc.Arbitrary<Write[]> {
  return fc
    .tuple(fc.array(walkOf(history), { minLength: 1, maxLength: 2 }), fc.infiniteStream(fc.nat()))
    .map(([walks, choices]) => {
      const waiting = walks.map((walk) => [...walk]);
      const written: Write[] = [];
      for (const choice of choices) {
        const unfinished = waiting.filter((walk) => walk.length > 0);
        const next = unfinished[choice % unfinished.length]?.shift();
        if (next === undefined) break;
        written.push(next);
      }
      return written;
    });
}

/** One writer's way through the windows, with what it repeats. */
function walkOf(history: readonly SaidWindow[]): fc.Arbitrary<Write[]> {
  const windows = history.map((said, index) =>
    fc
      .tuple(
        fc.array(fc.tuple(attemptAt(said), fc.nat(6)), { maxLength: 2 }),
        attemptAt(said),
        fc.subarray(history.slice(0, index)).chain((old) => fc.tuple(...old.map(attemptAt))),
      )
      .map(([cutOff, whole, repeated]) => [
        ...cutOff.flatMap(([attempt, batches]) => attempt.slice(0, batches)),
        ...whole,
        ...repeated.flat(),
      ]),
  );
  return fc.tuple(...windows).map((writes) => writes.flat());
}

/** One attempt at a window: any partition of its pairs into shards, in batches of any size. */
function attemptAt({ window, facts }: SaidWindow): fc.Arbitrary<Write[]> {
  const pairs = [...new Set(facts.map(pairOf))];
  const spans = namesWithSpans(facts);
  return fc
    .tuple(
      fc.array(fc.nat(2), { minLength: pairs.length, maxLength: pairs.length }),
      fc.shuffledSubarray([0, 1, 2], { minLength: 3 }),
      fc.integer({ min: 1, max: 5 }),
    )
    .map(([shardOf, order, batchRows]) =>
      order.flatMap((shard) => {
        const own = facts.filter((one) => shardOf[pairs.indexOf(pairOf(one))] === shard);
        const normalizer = createNormalizer(undefined, (id) =>
          spans.has(id) ? 'service' : undefined,
        );
        for (const fact of own) normalizer.add(fact);
        return batchesOf(normalizer.finish().observations, batchRows).map((observations) => ({
          window,
          observations,
        }));
      }),
    );
}

const pairOf = ({ client, server }: PairFact): string => JSON.stringify([client, server]);

/** Who has spans of its own by all that a window says: a reader of shards asks the source for it. */
function namesWithSpans(facts: readonly PairFact[]): Set<string> {
  const said = facts.filter((fact) => fact.value >= 0 && !isSideOpen(fact));
  // Nobody asks.
  if (said.length === facts.length) return new Set();
  const ofPair = new Map<string, PairFact[]>();
  for (const fact of said) {
    const key = `${pairOf(fact)}${fact.connectionType === 'messaging_system'}`;
    ofPair.set(key, [...(ofPair.get(key) ?? []), fact]);
  }
  const names = [...ofPair.values()].flatMap((all) => {
    const moved = all.filter(({ kind, value }) => value > 0 && !kind.includes('Latency'));
    return (moved.length > 0 ? moved : all).flatMap(({ client, server, connectionType }) =>
      ['database', 'virtual_node'].includes(connectionType)
        ? [client.name]
        : [client.name, server.name],
    );
  });
  return new Set(names.map((name) => name.replaceAll(':', '~3A')));
}

function batchesOf<T>(items: readonly T[], size: number): T[][] {
  const batches: T[][] = [];
  for (let begin = 0; begin < items.length; begin += size) {
    batches.push(items.slice(begin, begin + size));
  }
  return batches;
}
