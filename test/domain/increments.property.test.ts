import { it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { faultsOf, gapsBetweenWindows } from '../support/counter-faults.ts';
import { anyCounterHistory } from '../support/counter-history.ts';

const numRuns = Number(process.env.HISTORIES ?? 300);

describe('the rule of counters', () => {
  it.prop([anyCounterHistory], { numRuns })(
    'sees each request that the samples show, counts what they allow, and invents none',
    (history) => {
      expect(faultsOf(history)).toEqual([]);
    },
    600_000,
  );

  it.prop([anyCounterHistory], { numRuns: Math.ceil(numRuns / 2) })(
    'adds up over windows to what the whole range comes to',
    (history) => {
      expect(gapsBetweenWindows(history)).toEqual([]);
    },
    600_000,
  );
});
