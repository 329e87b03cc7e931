import type { HashedKeyRow } from '../graph/key-records.ts';
import { AppError } from '../runtime/errors.ts';

/** Keys that were looked up a moment ago, and ids that are none. */
export interface KeyCache {
  /** The key of an id, as the graph had it no longer than `trustMillis` ago; `null` for none. */
  read(id: string): Promise<HashedKeyRow | null>;
  forget(id: string): void;
}

export interface KeyCacheOptions {
  readonly find: (id: string) => Promise<HashedKeyRow | null>;
  readonly now: () => number;
  readonly trustMillis: number;
  /** Most keys, and most ids that are none. */
  readonly capacity?: number;
}

interface Entry {
  /** When the look-up began: what was written before that is in it. */
  readonly askedAt: number;
  readonly answer: Promise<HashedKeyRow | null>;
}

/** Most look-ups at the same time: they come before every limit, and anybody can make up an id. */
const maxLookUps = 32;

export function createKeyCache(options: KeyCacheOptions): KeyCache {
  const { find, now, trustMillis, capacity = 10_000 } = options;
  let lookUps = 0;
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

  return {
    async read(id) {
      for (const entries of [known, unknown]) {
        const entry = entries.get(id);
        if (isFresh(entry)) return entry.answer;
        entries.delete(id);
      }
      // Whoever asks meanwhile waits for the same answer.
      if (lookUps >= maxLookUps) throw new AppError('Overloaded', 'Too many keys are looked up.');
      lookUps += 1;
      const entry = { askedAt: now(), answer: find(id) };
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
      } finally {
        lookUps -= 1;
      }
    },
    forget(id) {
      known.delete(id);
      unknown.delete(id);
    },
  };
}
