import { z } from 'zod';
import type { Database } from './database.ts';

/**
 * By what an answer is known again. Each token is drawn anew in the transaction of every write that
 * may change an answer, and is random, so it never comes back, whatever backup is restored.
 */
export interface Tokens {
  /** Of services, dependencies, their past and the changelog. */
  readonly belief: string;
  /** Of traffic, windows, and how far sources have been read. */
  readonly evidence: string;
}

export interface TokenQueries {
  /** `null` where the schema has none yet. */
  tokens(): Promise<Tokens | null>;
}

const tokensRow = z.object({ belief: z.string().nullable(), evidence: z.string().nullable() });

export function createTokenQueries(database: Database): TokenQueries {
  return {
    tokens: () =>
      database.read(async (transaction) => {
        const [row] = await transaction.rows('query/tokens', {}, tokensRow);
        if (row === undefined || row.belief === null || row.evidence === null) return null;
        return { belief: row.belief, evidence: row.evidence };
      }),
  };
}
