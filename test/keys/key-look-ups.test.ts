import { describe, expect, it } from 'vitest';
import { createKeyLookUps, type KeyLookUpsOptions } from '../../src/keys/key-look-ups.ts';
import { keyOf } from './doubles.ts';

/** Look-ups of a graph that answers a question when the test says so. */
function lookUpsOf(options: Partial<KeyLookUpsOptions> = {}) {
  const questions: { ids: readonly string[]; answer: () => void; fail: (e: Error) => void }[] = [];
  const { row } = keyOf();
  const lookUps = createKeyLookUps({
    findAll: (ids) =>
      new Promise((resolve, reject) => {
        const found = ids.includes(row.id) ? [row] : [];
        questions.push({ ids, answer: () => resolve(found), fail: reject });
      }),
    everyMillis: 0,
    perAddress: 2,
    perQuestion: 5,
    waitingPerAddress: 10,
    waiting: 20,
    ...options,
  });
  return { lookUps, questions, row };
}

/** Lets everything happen that waits for nothing. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('look-ups of keys', () => {
  it('ask the graph one question at a time, in which each address has its share', async () => {
    const { lookUps, questions, row } = lookUpsOf();
    const flood = Array.from({ length: 10 }, (_, at) => lookUps.read(`flood-${at}`, 'flood'));
    const others = ['a', 'b'].map((from) => lookUps.read(`id-${from}`, from));
    const key = lookUps.read(row.id, 'c');
    await settled();
    expect(questions.map(({ ids }) => ids)).toEqual([
      ['flood-0', 'id-a', 'id-b', row.id, 'flood-1'],
    ]);
    questions[0]?.answer();
    expect(await key).toEqual(row);
    expect(await Promise.all(others)).toEqual([null, null]);
    for (let question = 1; question <= 4; question += 1) {
      await settled();
      expect(questions).toHaveLength(question + 1);
      expect(questions[question]?.ids).toHaveLength(2);
      questions[question]?.answer();
    }
    expect(await Promise.all(flood)).toEqual(new Array(10).fill(null));
  });

  it('let an address that came last come first in the next question', async () => {
    const { lookUps, questions } = lookUpsOf({ perQuestion: 2 });
    for (const from of ['a', 'b', 'c']) {
      for (const one of [1, 2]) void lookUps.read(`${from}${one}`, from);
    }
    for (let question = 0; question < 3; question += 1) {
      await settled();
      questions[question]?.answer();
    }
    expect(questions.map(({ ids }) => ids)).toEqual([
      ['a1', 'b1'],
      ['c1', 'a2'],
      ['b2', 'c2'],
    ]);
  });

  it('let so many of an address wait and no more, and others still', async () => {
    const { lookUps, questions, row } = lookUpsOf();
    const flood = Array.from({ length: 12 }, (_, at) =>
      lookUps.read(`flood-${at}`, 'flood').catch((error: unknown) => error),
    );
    expect(await flood[11]).toMatchObject({ code: 'Overloaded' });
    const key = lookUps.read(row.id, 'other');
    for (const question of [0, 1]) {
      await settled();
      questions[question]?.answer();
    }
    expect(await key).toEqual(row);
  });

  it('let no more wait than may wait in all', async () => {
    const { lookUps } = lookUpsOf();
    const wishes = Array.from({ length: 21 }, (_, at) => lookUps.read(`id-${at}`, `address-${at}`));
    await expect(wishes[20]).rejects.toMatchObject({ code: 'Overloaded' });
  });

  it('fail for all who wait where the graph is away, and go on when it is back', async () => {
    const { lookUps, questions, row } = lookUpsOf();
    const flood = Array.from({ length: 10 }, (_, at) =>
      lookUps.read(`flood-${at}`, 'flood').catch((error: unknown) => error),
    );
    await settled();
    const away = new Error('away');
    questions[0]?.fail(away);
    expect(new Set(await Promise.all(flood))).toEqual(new Set([away]));
    const key = lookUps.read(row.id, 'other');
    await settled();
    questions[1]?.answer();
    expect(await key).toEqual(row);
  });

  it('begin no two questions within the time that is between them', async () => {
    const { lookUps, questions } = lookUpsOf({ everyMillis: 50 });
    void lookUps.read('one', 'a');
    await settled();
    const askedAt = performance.now();
    questions[0]?.answer();
    const second = lookUps.read('two', 'a');
    while (questions.length < 2) await settled();
    expect(performance.now() - askedAt).toBeGreaterThan(40);
    questions[1]?.answer();
    expect(await second).toBeNull();
  });
});
