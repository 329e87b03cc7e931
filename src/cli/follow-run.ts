import { setTimeout as delay } from 'node:timers/promises';
import { InvalidArgumentError } from 'commander';
import { createRunRecords, type RunRow } from '../graph/runs.ts';
import { createWindowRecords } from '../graph/windows.ts';
import { createRuns } from '../runs/create-runs.ts';
import type { Runs } from '../runs/runs.ts';
import { parseInstant } from '../runtime/instant.ts';
import { print, progress, type Session } from './session.ts';

/** The runs of the configured servers. */
export function runsOf({ config, database, temporal, sources }: Session): Runs {
  return createRuns({
    temporal,
    sources,
    records: createRunRecords(database),
    windows: createWindowRecords(database, config.GRAPH_WRITE_BATCH_ROWS),
    now: Date.now,
  });
}

export interface ShowOptions {
  readonly wait?: boolean;
  readonly json?: boolean;
}

/** Shows a run that was started, at its end where that is waited for; one that failed fails the command. */
export async function showRun(
  runs: Runs,
  started: { readonly run: RunRow; readonly joined: boolean },
  { wait, json }: ShowOptions,
): Promise<void> {
  const { run, joined } = started;
  progress(`${joined ? 'joined' : 'started'} ${run.workflowId}, run ${run.id}`);
  const shown = wait ? await ended(runs, run) : run;
  print(json ? JSON.stringify(shown) : sentence(shown));
  if (shown.state === 'failed' || shown.state === 'cancelled') process.exitCode = 1;
}

/** An option that is an instant, in epoch milliseconds. */
export function instant(text: string): number {
  const millis = parseInstant(text);
  if (millis === null) {
    throw new InvalidArgumentError('Give a time such as 2026-01-31T12:00:00Z.');
  }
  return millis;
}

/** Asks every second, which the record bears easily, and says when there is something new. */
async function ended(runs: Runs, begun: RunRow): Promise<RunRow> {
  let run = begun;
  let said = '';
  while (run.state === 'running') {
    await delay(1000);
    run = await runs.find(begun.id);
    const now = progressOf(run);
    if (now !== said) progress(now);
    said = now;
  }
  return run;
}

function progressOf(run: RunRow): string {
  if (run.kind === 'markStale' || run.kind === 'prune') return changesOf(run);
  const { windowsComplete, windowsPartial, windowsSuspicious, windowsFailed } = run;
  return `windows: ${windowsComplete} complete, ${windowsPartial} partial, ${windowsSuspicious} suspicious, ${windowsFailed} failed`;
}

function changesOf(run: RunRow): string {
  return `dependencies: ${run.dependenciesStale} stale, ${run.dependenciesRemoved} removed`;
}

function sentence(run: RunRow): string {
  const error = run.error === null ? '' : `: ${run.error}`;
  const begin = `${run.id} ${run.state}${error}; ${progressOf(run)}`;
  if (run.kind === 'markStale' || run.kind === 'prune') return begin;
  const counts = `${run.observations} observations, ${run.servicesCreated} new services, ${run.dependenciesCreated} new dependencies`;
  return `${begin}; ${counts}`;
}
