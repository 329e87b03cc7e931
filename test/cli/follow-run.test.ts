import { describe, expect, it } from 'vitest';
import { goesOn, progressOf, windowsOf } from '../../src/cli/follow-run.ts';
import type { RunRow } from '../../src/graph/runs.ts';
import { loadConfig } from '../../src/runtime/config.ts';
import { runRow } from '../api/doubles.ts';
import { aSource } from '../sources/doubles.ts';

const minute = 60_000;
const midnight = Date.UTC(2026, 2, 1);
/** A source whose windows are of one minute and settle at once. */
const source = aSource({ intervalMillis: minute, settleMillis: 0 });

function aRun(given: Partial<RunRow> = {}): RunRow {
  const read = { windowsComplete: 20, windowsPartial: 2, windowsSuspicious: 1, windowsFailed: 0 };
  return { ...runRow('run-1'), ...read, ...given };
}

describe('the progress of a run', () => {
  const now = midnight + 1440 * minute;
  const range = { fromMillis: midnight, toMillis: now };

  it.each([
    ['its range', aRun({ ...range, kind: 'reingest' }), null, 1440],
    ['its range, of a walk', aRun(range), midnight, 1440],
    ['its begin and the present', aRun({ fromMillis: midnight }), midnight, 1440],
    [
      'a begin that the grid does not have',
      aRun({ ...range, fromMillis: midnight + 1 }),
      null,
      1440,
    ],
    ['the frontier and the present', aRun(), now - 17 * minute, 40],
    ['the frontier and its end', aRun({ toMillis: now - 10 * minute }), now - 17 * minute, 30],
    [
      'nothing before its first window',
      aRun({ windowsComplete: 0, windowsPartial: 0, windowsSuspicious: 0 }),
      midnight,
      null,
    ],
    ['nothing of a source that was never read', aRun(), null, null],
    ['nothing where it reads no windows', aRun({ kind: 'markStale' }), midnight, null],
  ])('knows the number of its windows by %s', (_, run, frontier, windows) => {
    expect(windowsOf(run, source, frontier, now)).toBe(windows);
  });

  it('has the total where it is known', () => {
    const counts = '20 complete, 2 partial, 1 suspicious, 0 failed';
    expect(progressOf(aRun(), 1440)).toBe(`23 of 1,440 windows: ${counts}`);
    expect(progressOf(aRun())).toBe(`windows: ${counts}`);
    expect(progressOf(aRun({ kind: 'prune' }), null)).toBe('dependencies: 11 stale, 12 removed');
  });
});

describe('a run nobody waits for any more', () => {
  it('is said to go on, with how to follow and how to cancel it', () => {
    expect(goesOn(aRun(), loadConfig({}))).toBe(
      'Run run-1 goes on in Temporal: follow it with "topolog ingest --source prometheus --wait" or GET /api/v1/runs/run-1, cancel it with "temporal workflow cancel --workflow-id ingest/prometheus".',
    );
  });

  it('is followed by the same range where that names it', () => {
    const range = { fromMillis: midnight, toMillis: midnight + 60 * minute };
    expect(goesOn(aRun({ kind: 'reingest', ...range }), loadConfig({}))).toContain(
      '"topolog ingest --source prometheus --from 2026-03-01T00:00:00.000Z --to 2026-03-01T01:00:00.000Z --wait"',
    );
    expect(goesOn(aRun({ kind: 'markStale', source: null }), loadConfig({}))).toContain(
      'follow it with GET /api/v1/runs/run-1,',
    );
  });

  it('is cancelled where it is', () => {
    const there = { TEMPORAL_ADDRESS: 'temporal', TEMPORAL_NAMESPACE: 'shop' };
    expect(goesOn(aRun(), loadConfig(there))).toContain(
      '--workflow-id ingest/prometheus --address temporal:7233 --namespace shop"',
    );
  });
});
