import { describe, expect, it } from 'vitest';
import { waitForRun } from '../../src/cli/wait-for-run.ts';
import type { RunRow } from '../../src/graph/runs.ts';
import { AppError } from '../../src/runtime/errors.ts';
import { runRow } from '../api/doubles.ts';

const begun = runRow('run-1');
const away = new AppError('GraphUnavailable', 'Neo4j is away.');

/** Waits for a run that is each of these in turn, one second apart, and as the last of them for ever. */
async function waited(
  looks: readonly (Partial<RunRow> | AppError)[],
  given: { readonly timeoutMillis?: number; readonly workers?: number | AppError } = {},
) {
  const said: string[] = [];
  let seconds = 0;
  const { workers = 1, timeoutMillis = null } = given;
  const result = await waitForRun(begun, {
    find: async () => {
      const look = looks[Math.min(seconds, looks.length) - 1] ?? {};
      if (look instanceof AppError) throw look;
      return { ...begun, ...look };
    },
    progress: async ({ windowsComplete }) => `${windowsComplete} complete`,
    workers: async () => {
      if (workers instanceof AppError) throw workers;
      return workers;
    },
    taskQueue: 'topolog',
    say: (text) => said.push(text),
    pause: async () => {
      seconds += 1;
    },
    nowMillis: () => seconds * 1000,
    timeoutMillis,
  });
  return { said, ...result };
}

describe('waiting for a run', () => {
  it('says what changes, once, and ends with the run', async () => {
    const failing = { state: 'failing', error: 'answered 403' } as const;
    const { said, run, ended } = await waited([
      {},
      failing,
      failing,
      { windowsComplete: 2 },
      { state: 'completed', windowsComplete: 3 },
    ]);
    expect(said).toEqual([
      '1 complete',
      'failing: answered 403; it is tried again',
      'running',
      '2 complete',
      '3 complete',
    ]);
    expect([run.state, ended]).toEqual(['completed', true]);
  });

  it('goes on while the graph is away', async () => {
    const { said, ended } = await waited([away, away, {}, { state: 'completed' }]);
    expect(said).toEqual([
      'waiting for the graph: Neo4j is away.',
      'the graph answers again',
      '1 complete',
    ]);
    expect(ended).toBe(true);
  });

  it('says that no worker is there, and ends at its bound with the run as it is', async () => {
    const { said, run, ended } = await waited([{}], { workers: 0, timeoutMillis: 30_000 });
    expect(said).toEqual([
      '1 complete',
      'no worker asks the task queue "topolog" for work: start one, or set TEMPORAL_TASK_QUEUE as it is set there',
    ]);
    expect([run.state, ended]).toEqual(['running', false]);
  });

  it('says that Temporal does not answer, and goes on', async () => {
    const workers = new AppError('TemporalUnavailable', 'Temporal is away.');
    const { said } = await waited([{}], { workers, timeoutMillis: 30_000 });
    expect(said.at(-1)).toBe('waiting for Temporal: Temporal is away.');
  });

  it('fails with what is no matter of waiting', async () => {
    const gone = new AppError('RunNotFound', 'There is no run.');
    await expect(waited([gone])).rejects.toBe(gone);
  });
});
