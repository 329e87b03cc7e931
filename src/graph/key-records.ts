import { z } from 'zod';
import { type KeyTerms, nobodyInParticular, scopes } from '../domain/key.ts';
import type { Database, Transaction } from './database.ts';

const keyRow = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(scopes)),
  environments: z.array(z.string()).nullable(),
  teams: z.array(z.string()).nullable(),
  createdAtMillis: z.number(),
  createdBy: z.string(),
  expiresAtMillis: z.number().nullable(),
  rotatedAtMillis: z.number().nullable(),
  rotatedBy: z.string().nullable(),
  previousUntilMillis: z.number().nullable(),
  revokedAtMillis: z.number().nullable(),
  lastUsedAtMillis: z.number().nullable(),
});
const hashedKeyRow = keyRow.extend({ hash: z.string(), previousHash: z.string().nullable() });
/** A key as the graph has it; times in epoch milliseconds. */
export type KeyRow = z.output<typeof keyRow>;
/** A key with the hashes that decide whether somebody has it. */
export type HashedKeyRow = z.output<typeof hashedKeyRow>;

/** Who changes a key, and when. */
export interface KeyChange {
  readonly now: number;
  /** Id of their own key, or a word such as `command line`. */
  readonly by: string;
}

/** The keys in the graph, of which it has hashes only. */
export interface KeyRecords {
  find(id: string): Promise<HashedKeyRow | null>;
  /** Those of some ids that are keys, in one question; each id once. */
  findAll(ids: readonly string[]): Promise<HashedKeyRow[]>;
  /** A page of keys by id; `hasMore` says whether another follows. */
  list(after: string, limit: number): Promise<{ keys: KeyRow[]; hasMore: boolean }>;
  create(key: { id: string; hash: string }, terms: KeyTerms, change: KeyChange): Promise<void>;
  /** Creates an admin's key where there is no key at all; says whether this call did. */
  createFirst(key: { id: string; hash: string }, name: string, change: KeyChange): Promise<boolean>;
  /** Says whether there is such a key, and it is of use. */
  rotate(id: string, hash: string, previousUntil: number, change: KeyChange): Promise<boolean>;
  /** Says whether there is such a key. */
  revoke(id: string, change: KeyChange): Promise<boolean>;
  /** Notes when keys were last used. */
  touch(rows: readonly { readonly id: string; readonly at: number }[]): Promise<void>;
}

const idRow = z.object({ id: z.string() });
const madeRow = z.object({ made: z.boolean() });

export function createKeyRecords(database: Database): KeyRecords {
  const wrote = async (
    transaction: Transaction,
    name: 'keys/rotate-key' | 'keys/revoke-key',
    params: Readonly<Record<string, unknown>>,
  ) => (await transaction.rows(name, params, idRow)).length > 0;

  const findAll = (ids: readonly string[]) =>
    database.read((transaction) => transaction.rows('keys/read-keys', { ids }, hashedKeyRow));

  return {
    find: async (id) => (await findAll([id]))[0] ?? null,
    findAll,

    list: (after, limit) =>
      database.read(async (transaction) => {
        const params = { after, limit: limit + 1 };
        const rows = await transaction.rows('keys/list-keys', params, keyRow);
        return { keys: rows.slice(0, limit), hasMore: rows.length > limit };
      }),

    create: ({ id, hash }, { name, scopes, environments, teams, expiresAtMillis }, change) =>
      database.writeBeside((transaction) =>
        transaction.run('keys/create-key', {
          id,
          hash,
          name,
          scopes,
          environments,
          teams,
          expiresAt: expiresAtMillis,
          ...change,
        }),
      ),

    createFirst: ({ id, hash }, name, change) =>
      database.writeBeside(async (transaction) => {
        const nobody = nobodyInParticular;
        const params = { id, hash, name, scopes: ['admin'], nobody, ...change };
        const [row] = await transaction.rows('keys/create-first-key', params, madeRow);
        return row?.made ?? false;
      }),

    rotate: (id, hash, previousUntil, change) =>
      database.writeBeside((transaction) =>
        wrote(transaction, 'keys/rotate-key', {
          id,
          hash,
          previousUntil,
          nobody: nobodyInParticular,
          ...change,
        }),
      ),

    revoke: (id, change) =>
      database.writeBeside((transaction) =>
        wrote(transaction, 'keys/revoke-key', { id, ...change }),
      ),

    touch: (rows) =>
      database.writeBeside((transaction) => transaction.run('keys/touch-keys', { rows })),
  };
}
