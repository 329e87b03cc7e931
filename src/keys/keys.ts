import { type KeyTerms, keyStateOf, keysOfNobody, problemOfTerms } from '../domain/key.ts';
import type { HashedKeyRow, KeyRecords, KeyRow } from '../graph/key-records.ts';
import { AppError } from '../runtime/errors.ts';
import { Secret } from '../runtime/secret.ts';
import { hashOfKey, idOfKey, newKey } from './key-text.ts';

/** A key and, this once, its whole text. */
export interface IssuedKey {
  readonly key: KeyRow;
  readonly text: Secret;
}

/** Makes keys and ends them; `by` is the id of the key of who does it, or a word for them. */
export interface Keys {
  /** @throws AppError `InvalidRequest` for terms on which there can be no key. */
  create(terms: KeyTerms, by: string): Promise<IssuedKey>;
  list(after: string, limit: number): Promise<{ keys: KeyRow[]; hasMore: boolean }>;
  /** @throws AppError `KeyNotFound`. */
  find(id: string): Promise<KeyRow>;
  /**
   * Gives a key another secret; the old one goes on for `overlapMillis`.
   *
   * @throws AppError `KeyNotFound`, or `KeyEnded` for one that is revoked or expired.
   */
  rotate(id: string, overlapMillis: number, by: string): Promise<IssuedKey>;
  /** Ends a key for ever; may be repeated. @throws AppError `KeyNotFound`. */
  revoke(id: string, by: string): Promise<KeyRow>;
  /** Ends the keys that were made without a key, and those made with these; says which it ended. */
  revokeOfNobody(by: string): Promise<string[]>;
  /**
   * Makes the first key, an admin's, where there is none at all; `null` where there is one.
   *
   * `keep` is given a key before it is of use, so that none is made that nobody has, and says which
   * key it keeps: this one, or one from an earlier call that did not come to its end.
   *
   * @throws AppError `InvalidRequest` where what it keeps is no key.
   */
  bootstrap(
    keep: (text: Secret) => Promise<Secret>,
    by: string,
  ): Promise<Pick<KeyRow, 'id' | 'name'> | null>;
}

export interface KeysOptions {
  readonly records: KeyRecords;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly now: () => number;
  /** Told of every key that is no longer what it was. */
  readonly onChanged?: (id: string) => void;
}

export const longestOverlapMillis = 30 * 86_400_000;

export function createKeys({ records, randomBytes, now, onChanged }: KeysOptions): Keys {
  async function found(id: string): Promise<KeyRow> {
    const row = await records.find(id);
    if (row === null) throw keyNotFound(id);
    return withoutHashes(row);
  }

  return {
    list: (after, limit) => records.list(after, limit),
    find: found,

    async create(terms, by) {
      const change = { now: now(), by };
      const problem = problemOfTerms(terms, change.now);
      if (problem !== null) throw new AppError('InvalidRequest', problem);
      const { id, text } = newKey(randomBytes);
      await records.create({ id, hash: hashOfKey(text) }, terms, change);
      return { key: await found(id), text: new Secret(text) };
    },

    async rotate(id, overlapMillis, by) {
      const change = { now: now(), by };
      const { text } = newKey(randomBytes, id);
      const until = change.now + Math.min(overlapMillis, longestOverlapMillis);
      const isRotated = await records.rotate(id, hashOfKey(text), until, change);
      const key = await found(id);
      if (!isRotated) {
        const state = keyStateOf(key, change.now);
        throw new AppError('KeyEnded', `The key ${id} is ${state}: create another one.`);
      }
      onChanged?.(id);
      return { key, text: new Secret(text) };
    },

    async revoke(id, by) {
      if (!(await records.revoke(id, { now: now(), by }))) throw keyNotFound(id);
      onChanged?.(id);
      return found(id);
    },

    async revokeOfNobody(by) {
      const all = await every(records);
      const ofNobody = keysOfNobody(all);
      const ended: string[] = [];
      for (const { id, revokedAtMillis } of all) {
        if (!ofNobody.has(id) || revokedAtMillis !== null) continue;
        await records.revoke(id, { now: now(), by });
        onChanged?.(id);
        ended.push(id);
      }
      return ended;
    },

    async bootstrap(keep, by) {
      const kept = await keep(new Secret(newKey(randomBytes).text));
      const text = kept.reveal();
      const id = idOfKey(text);
      if (id === null) throw new AppError('InvalidRequest', 'What is kept as first key is none.');
      const name = 'first key';
      const isMade = await records.createFirst({ id, hash: hashOfKey(text) }, name, {
        now: now(),
        by,
      });
      return isMade ? { id, name } : null;
    },
  };
}

function keyNotFound(id: string): AppError {
  return new AppError('KeyNotFound', `There is no key "${id}".`);
}

function withoutHashes({ hash, previousHash, ...key }: HashedKeyRow): KeyRow {
  return key;
}

const pageKeys = 500;

async function every(records: Pick<KeyRecords, 'list'>): Promise<KeyRow[]> {
  const all: KeyRow[] = [];
  for (let hasMore = true; hasMore; ) {
    const page = await records.list(all.at(-1)?.id ?? '', pageKeys);
    all.push(...page.keys);
    ({ hasMore } = page);
  }
  return all;
}
