import { setTimeout as delay } from 'node:timers/promises';
import type { HashedKeyRow } from '../graph/key-records.ts';
import { AppError } from '../runtime/errors.ts';

/** Looks keys up in the graph, many with one question, and one question at a time. */
export interface KeyLookUps {
  /** The key of an id, or `null`; `from` is whom the wish is counted for. */
  read(id: string, from: string): Promise<HashedKeyRow | null>;
}

export interface KeyLookUpsOptions {
  readonly findAll: (ids: readonly string[]) => Promise<readonly HashedKeyRow[]>;
  /** The next question begins no sooner after the last one began. */
  readonly everyMillis: number;
  /** Most ids of one address in a question; what is more waits for the next ones. */
  readonly perAddress: number;
  /** Most ids in a question. */
  readonly perQuestion: number;
  /** Most ids of one address that wait, and most of all. */
  readonly waitingPerAddress: number;
  readonly waiting: number;
}

interface Wish {
  readonly id: string;
  readonly answer: (found: HashedKeyRow | null) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Creates look-ups that somebody who makes up keys cannot take from the others: however many ids are
 * asked for, the graph gets one bounded question at a time, and each address has its share of it.
 */
export function createKeyLookUps(options: KeyLookUpsOptions): KeyLookUps {
  const { findAll, everyMillis, perAddress, perQuestion } = options;
  const waiting = new Map<string, Wish[]>();
  let count = 0;
  let isAsking = false;

  /** One of each address after the other, until the question is full or nobody may have more. */
  function nextWishes(): Wish[] {
    const taken: Wish[] = [];
    for (let round = 0; round < perAddress; round += 1) {
      for (const [from, wishes] of [...waiting]) {
        if (taken.length >= perQuestion) return taken;
        const wish = wishes.shift();
        if (wish !== undefined) taken.push(wish);
        // To the end, so that the next question begins with those who got least.
        waiting.delete(from);
        if (wishes.length > 0) waiting.set(from, wishes);
      }
    }
    return taken;
  }

  async function ask(wishes: readonly Wish[]): Promise<void> {
    try {
      const rows = await findAll(wishes.map(({ id }) => id));
      const found = new Map(rows.map((row) => [row.id, row]));
      for (const { id, answer } of wishes) answer(found.get(id) ?? null);
    } catch (error) {
      // A graph that is away would let all who wait wait for it one question after the other.
      const others = [...waiting.values()].flat();
      waiting.clear();
      count = 0;
      for (const { fail } of [...wishes, ...others]) fail(error);
    }
  }

  async function askAll(): Promise<void> {
    isAsking = true;
    // Whoever asks at the same moment comes into the same question.
    await null;
    while (count > 0) {
      const pause = everyMillis > 0 ? delay(everyMillis, null, { ref: false }) : null;
      const wishes = nextWishes();
      count -= wishes.length;
      await ask(wishes);
      await pause;
    }
    isAsking = false;
  }

  return {
    read(id, from) {
      const own = waiting.get(from) ?? [];
      if (own.length >= options.waitingPerAddress || count >= options.waiting) {
        return Promise.reject(new AppError('Overloaded', 'Too many keys wait to be looked up.'));
      }
      const answer = new Promise<HashedKeyRow | null>((resolve, reject) => {
        own.push({ id, answer: resolve, fail: reject });
      });
      waiting.set(from, own);
      count += 1;
      if (!isAsking) void askAll();
      return answer;
    },
  };
}
