import type { HashedKeyRow } from '../graph/key-records.ts';
import { createKeyLookUps } from './key-look-ups.ts';

/** Keys that were looked up a moment ago, and ids that are none. */
export interface KeyCache {
  /**
   * The key of an id, as the graph had it no longer than `trustMillis` ago; `null` for none.
   *
   * @throws AppError `Overloaded` where too many ids wait that were never a key's; those of the graph.
   */
  read(id: string, from: string): Promise<HashedKeyRow | null>;
  forget(id: string): void;
}

export interface KeyCacheOptions {
  /** Those of some ids that are keys. */
  readonly findAll: (ids: readonly string[]) => Promise<readonly HashedKeyRow[]>;
  readonly now: () => number;
  readonly trustMillis: number;
  /** Most keys, and most ids that are none. */
  readonly capacity?: number;
  /** How often the graph is asked for ids that may be made up. */
  readonly guessEveryMillis?: number;
}

interface Entry {
  /** When the look-up began: what was written before that is in it. */
  readonly askedAt: number;
  readonly answer: Promise<HashedKeyRow | null>;
}

/** Keys are looked up before every limit, and anybody can make up an id. */
const ofGuesses = {
  perAddress: 16,
  perQuestion: 256,
  waitingPerAddress: 512,
  waiting: 4096,
};
const defaultGuessMillis = 20;

export function createKeyCache(options: KeyCacheOptions): KeyCache {
  const { findAll, now, trustMillis, capacity = 10_000 } = options;
  const { guessEveryMillis = defaultGuessMillis } = options;
  // What was a key may be asked for again before all that may be made up. It is no more than there are
  // keys, as one look-up serves all who show the key meanwhile.
  const ofKeys = createKeyLookUps({
    findAll,
    everyMillis: 0,
    perAddress: 256,
    perQuestion: 256,
    waitingPerAddress: capacity,
    waiting: capacity,
  });
  const guesses = createKeyLookUps({ findAll, everyMillis: guessEveryMillis, ...ofGuesses });
  /** Ids of keys, also after the time for which they are trusted. */
  const known = new Map<string, Entry>();
  // Apart, so that somebody who guesses ids cannot push out the keys that are in use.
  const unknown = new Map<string, Entry>();

  const isFresh = (entry: Entry | undefined): entry is Entry => {
    if (entry === undefined) return false;
    const age = now() - entry.askedAt;
    // A clock that was set back must not make a key last.
    return age >= 0 && age < trustMillis;
  };

  function keep(entries: Map<string, Entry>, id: string, entry: Entry): void {
    entries.delete(id);
    entries.set(id, entry);
    // The first of a Map is the one that was put in before all others.
    for (const oldest of entries.keys()) {
      if (entries.size <= capacity) break;
      entries.delete(oldest);
    }
  }

  /** Asks again for what was a key; while the graph is away it stays one that was. */
  async function readAgain(id: string, before: Entry): Promise<HashedKeyRow | null> {
    const entry = { askedAt: now(), answer: ofKeys.read(id, 'keys') };
    keep(known, id, entry);
    try {
      const key = await entry.answer;
      if (key === null && known.get(id) === entry) {
        known.delete(id);
        keep(unknown, id, entry);
      }
      return key;
    } catch (error) {
      if (known.get(id) === entry) known.set(id, before);
      throw error;
    }
  }

  async function readGuess(id: string, from: string): Promise<HashedKeyRow | null> {
    const entry = { askedAt: now(), answer: guesses.read(id, from) };
    keep(unknown, id, entry);
    try {
      const key = await entry.answer;
      if (key !== null && unknown.get(id) === entry) {
        unknown.delete(id);
        keep(known, id, entry);
      }
      return key;
    } catch (error) {
      if (unknown.get(id) === entry) unknown.delete(id);
      throw error;
    }
  }

  return {
    async read(id, from) {
      // Whoever asks meanwhile waits for the same answer.
      const key = known.get(id);
      if (isFresh(key)) return key.answer;
      const guess = unknown.get(id);
      if (isFresh(guess)) return guess.answer;
      unknown.delete(id);
      return key === undefined ? readGuess(id, from) : readAgain(id, key);
    },
    forget(id) {
      const key = known.get(id);
      // It was one, so it is not looked up among those that may be made up.
      if (key !== undefined) known.set(id, { ...key, askedAt: Number.POSITIVE_INFINITY });
      unknown.delete(id);
    },
  };
}
