import { describe, expect, it } from 'vitest';
import { createWindowProducers } from '../../src/activities/window-producers.ts';
import type { KnownProducer, LostProducer } from '../../src/domain/producers.ts';
import { producerKey } from '../../src/graph/producers.ts';
import type { EncodedPlan } from '../../src/sources/readers.ts';
import type { UnwatchedPairs } from '../../src/sources/unwatched-pairs.ts';
import { testSource } from '../support/source.ts';

const window = { startMillis: 900_000, endMillis: 1_800_000 };
const reading = { name: 'tempo' as const, variant: null };
const source = testSource({ id: 'shop', url: 'http://127.0.0.1:1' });

const labelsOf = (instance: string) => ({ instance, job: 'tempo' });
const idOf = (instance: string) => JSON.stringify(Object.entries(labelsOf(instance)));
const keyOf = (instance: string) => producerKey({ reading: 'tempo', id: idOf(instance) });

const there = (instance: string) => ({
  id: idOf(instance),
  labels: labelsOf(instance),
  reading,
  series: 1,
  nearStart: 1,
  nearEnd: 1,
  samples: 15,
});
const known = (instance: string, given: Partial<KnownProducer> = {}): KnownProducer => ({
  reading: 'tempo',
  id: idOf(instance),
  labels: labelsOf(instance),
  knownSince: 0,
  missingSince: null,
  isMarked: true,
  isSuccessor: false,
  isJob: false,
  ...given,
});

const plan: EncodedPlan & { error: string | null } = {
  readings: [reading],
  census: { series: 1, nearStart: 1, nearEnd: 1 },
  producers: [there('b')],
  sampled: [],
  sumsAsked: null,
  opening: 0,
  closing: 0,
  shards: ['first'],
  notRead: [],
  question: 'requests',
  presenceWarnings: [],
  otherWarnings: [],
  error: null,
};

/** Compares a window in which `a` went; `answer` says what only it showed. */
function compare(
  answer: (lost: LostProducer) => UnwatchedPairs,
  given: Partial<typeof plan> & { late?: boolean; known?: KnownProducer[] } = {},
) {
  const { late = false, known: before = [known('a'), known('b')], ...rest } = given;
  const work = createWindowProducers({
    producers: { known: async () => before },
    missingProducerMillis: 24 * 3_600_000,
    unwatchedPairs: async (_source, _window, _reading, lost) => {
      const answers = lost.map(answer);
      return {
        pairs: answers.flatMap(({ pairs }) => pairs),
        unknown: answers.flatMap(({ unknown }) => unknown),
      };
    },
  });
  const signal = new AbortController().signal;
  return work(source, { ...plan, ...rest }, { window, late }, new Map(), signal);
}

const onePair = (producer: LostProducer): UnwatchedPairs => ({
  pairs: [{ producer, dependencyId: 'web~~cart', mode: 'sync' }],
  unknown: [],
});
const noPair = (): UnwatchedPairs => ({ pairs: [], unknown: [] });
const notKnown = (producer: LostProducer): UnwatchedPairs => ({ pairs: [], unknown: [producer] });

describe('the producers of a window', () => {
  it('change nothing where all are there', async () => {
    expect(await compare(onePair, { known: [known('b')] })).toEqual({
      producers: 1,
      missingProducers: 0,
      unmarkedProducers: 0,
      missingLabels: [],
      changes: null,
    });
  });

  it('that went are missing for what only they showed', async () => {
    const found = await compare(onePair);
    expect(found).toMatchObject({
      missingProducers: 1,
      unmarkedProducers: 0,
      missingLabels: ['tempo {instance="a", job="tempo"}'],
    });
    expect(found.changes).toMatchObject({
      missing: [{ key: keyOf('a'), since: window.startMillis, isMarked: true }],
      unwatched: [
        {
          key: keyOf('a'),
          since: window.startMillis,
          evidence: ['shop|tempo|sync|web~~cart'],
        },
      ],
    });
  });

  it('that went are forgotten where others show all of it', async () => {
    const found = await compare(noPair);
    expect(found).toMatchObject({ missingProducers: 0, missingLabels: [] });
    expect(found.changes).toMatchObject({ gone: [keyOf('a')], missing: [], unwatched: [] });
  });

  it('that went are not marked where nobody knows what they showed', async () => {
    const found = await compare(notKnown);
    expect(found).toMatchObject({ missingProducers: 1, unmarkedProducers: 1 });
    expect(found.changes).toMatchObject({ missing: [{ isMarked: false }], unwatched: [] });
  });

  it.each([
    ['was refused', { error: 'It is too much.' }],
    ['has warnings', { presenceWarnings: ['a store is away'] }],
    ['has nothing near its end', { census: { series: 1, nearStart: 1, nearEnd: 0 } }],
    ['counted only some', { sampled: [reading] }],
  ])('are not judged by a window that %s', async (_, given) => {
    expect(await compare(onePair, given)).toMatchObject({ missingProducers: 0, changes: null });
  });

  it('change nothing when it is read late, and what they showed is not marked by it', async () => {
    const late = { late: true, producers: [there('b'), there('new')] };
    expect(await compare(onePair, late)).toMatchObject({
      missingProducers: 0,
      changes: null,
    });
    expect(await compare(onePair, { late: true })).toMatchObject({
      missingProducers: 1,
      unmarkedProducers: 1,
      changes: null,
    });
  });

  it('are kept by their jobs once they were too many, and the single ones are forgotten', async () => {
    const job = known('x', { id: '[["job","tempo"]]', labels: { job: 'tempo' }, isJob: true });
    const found = await compare(onePair, { known: [known('a'), job] });
    expect(found).toMatchObject({ producers: 1, missingProducers: 0 });
    expect(found.changes).toMatchObject({ appeared: [], gone: [keyOf('a')] });
  });
});
