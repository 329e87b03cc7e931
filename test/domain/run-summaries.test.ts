import { describe, expect, it } from 'vitest';
import {
  detailsOfRun,
  summaryOfRun,
  summaryOfTick,
  summaryOfWindow,
} from '../../src/domain/run-summaries.ts';
import { addTally, textOfTally } from '../../src/domain/window-tally.ts';

const from = Date.UTC(2026, 0, 1);
const to = Date.UTC(2026, 0, 2);
const unbounded = { fromMillis: null, toMillis: null };

describe('the summary of a run', () => {
  it.each([
    [{ kind: 'ingest', source: 'shop', ...unbounded }, 'Read the new windows of shop'],
    [
      { kind: 'ingest', source: 'shop', fromMillis: null, toMillis: to },
      'Read the new windows of shop to 2026-01-02T00:00:00.000Z',
    ],
    [
      { kind: 'reingest', source: 'shop', fromMillis: from, toMillis: to },
      'Read shop again from 2026-01-01T00:00:00.000Z to 2026-01-02T00:00:00.000Z',
    ],
    [{ kind: 'markStale', source: null, ...unbounded }, 'Mark what no source shows any more'],
    [
      { kind: 'markStale', source: null, fromMillis: null, toMillis: to },
      'Mark what no source shows any more as of 2026-01-02T00:00:00.000Z',
    ],
    [
      { kind: 'prune', source: null, ...unbounded },
      'Forget the history that ended before the retention',
    ],
  ] as const)('says what it does: %j', (run, summary) => {
    expect(summaryOfRun(run)).toBe(summary);
    expect(summaryOfRun(run)).not.toContain('\n');
    expect(detailsOfRun(run)).toContain('GET /api/v1/runs/');
  });

  it('names source and window of a step', () => {
    const window = { startMillis: from, endMillis: to };
    expect(summaryOfWindow('shop', window, 'read shard 2 of 3')).toBe(
      'shop, window that ends 2026-01-02T00:00:00.000Z: read shard 2 of 3',
    );
    expect(summaryOfTick('shop')).toBe('Wake the reading of shop');
  });
});

describe('a tally of windows', () => {
  it('adds up by outcome, and leaves out what none had', () => {
    expect(addTally({}, {})).toEqual({});
    expect(addTally({ complete: 2 }, { complete: 1, failed: 1 })).toEqual({
      complete: 3,
      failed: 1,
    });
  });

  it('is told in words', () => {
    expect(textOfTally({})).toBe('no windows');
    expect(textOfTally({ partial: 1 })).toBe('1 window: 1 partial');
    expect(textOfTally({ complete: 2, partial: 1 })).toBe('3 windows: 2 complete, 1 partial');
  });
});
