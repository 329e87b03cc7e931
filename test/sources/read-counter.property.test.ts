import { it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { anyHardHistory } from '../support/hard-history.ts';
import { readingFaults, readingGaps } from '../support/reading-faults.ts';

const { HISTORIES: histories, SEED: seed } = process.env;
// The same histories each time; where more are asked for, others, unless SEED says which.
const runs = {
  numRuns: Number(histories ?? 300),
  ...(seed || !histories ? { seed: Number(seed ?? 1) } : {}),
};

describe('a counter that is asked for', () => {
  it.prop([anyHardHistory], runs)(
    'is seen in each request that the samples show, and in none that was not',
    async (history) => {
      expect(await readingFaults(history)).toEqual([]);
    },
    600_000,
  );

  it.prop([anyHardHistory], runs)(
    'adds up over windows to what the whole range comes to',
    async (history) => {
      expect(await readingGaps(history)).toEqual([]);
    },
    600_000,
  );
});
