import { randomBytes } from 'node:crypto';
import type { HashedKeyRow } from '../../src/graph/key-records.ts';
import { hashOfKey, newKey } from '../../src/keys/key-text.ts';

export const keyEpoch = Date.UTC(2026, 2, 1, 12, 15);

/** A key as the graph has it, and its text. */
export function keyOf(given: Partial<HashedKeyRow> = {}): { row: HashedKeyRow; text: string } {
  const { id, text } = newKey(randomBytes, given.id);
  const row: HashedKeyRow = {
    id,
    name: 'grafana',
    scopes: ['read'],
    environments: null,
    teams: null,
    createdAtMillis: keyEpoch - 1000,
    createdBy: 'command line',
    expiresAtMillis: null,
    rotatedAtMillis: null,
    rotatedBy: null,
    previousUntilMillis: null,
    revokedAtMillis: null,
    lastUsedAtMillis: null,
    hash: hashOfKey(text),
    previousHash: null,
    ...given,
  };
  return { row, text };
}
