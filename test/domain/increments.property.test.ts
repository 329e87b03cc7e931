import { it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { faultsOf, gapsBetweenWindows } from '../support/counter-faults.ts';
import { anyCounterHistory } from '../support/counter-history.ts';

const { HISTORIES: histories, SEED: seed } = process.env;
// The same histories each time; where more are asked for, others, unless SEED says which.
const runs = {
  numRuns: Number(histories ?? 300),
  ...(seed || !histories ? { seed: Number(seed ?? 1) } : {}),
};

describe('the rule of counters', () => {
  it.prop([anyCounterHistory], runs)(
    'sees each request that the samples show, counts what they allow, and invents none',
    (history) => {
      expect(faultsOf(history)).toEqual([]);
    },
    600_000,
  );

  it.prop([anyCounterHistory], runs)(
    'adds up over windows to what the whole range comes to',
    (history) => {
      expect(gapsBetweenWindows(history)).toEqual([]);
    },
    600_000,
  );
});
