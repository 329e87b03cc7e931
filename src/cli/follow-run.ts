import { setTimeout as delay } from 'node:timers/promises';
import { InvalidArgumentError } from 'commander';
import { latestSettledEnd } from '../domain/window.ts';
import { createRunRecords, isUnderWay, type RunRow } from '../graph/runs.ts';
import { createWindowRecords } from '../graph/windows.ts';
import { createRuns } from '../runs/create-runs.ts';
import type { Runs } from '../runs/runs.ts';
import type { Config } from '../runtime/config.ts';
import { parseInstant } from '../runtime/instant.ts';
import type { Source } from '../sources/source.ts';
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

/**
 * Shows a run that was started, at its end where that is waited for; one that failed fails the command.
 *
 * Ctrl-C ends the waiting only, and says how to go on.
 */
export async function showRun(
  session: Session,
  started: { readonly run: RunRow; readonly joined: boolean },
  { wait, json }: ShowOptions,
): Promise<void> {
  const { run, joined } = started;
  const leave = () => {
    progress(goesOn(run, session.config));
    // As shells tell of what Ctrl-C has ended.
    process.exit(130);
  };
  if (wait) process.once('SIGINT', leave);
  progress(`${joined ? 'joined' : 'started'} ${run.workflowId}, run ${run.id}`);
  const shown = wait ? await ended(session, run) : run;
  process.removeListener('SIGINT', leave);
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
async function ended(session: Session, begun: RunRow): Promise<RunRow> {
  const { config, database, sources } = session;
  const runs = runsOf(session);
  const windows = createWindowRecords(database, config.GRAPH_WRITE_BATCH_ROWS);
  const source = sources.find(({ id }) => id === begun.source);
  let run = begun;
  let said = '';
  let total: number | null = null;
  while (isUnderWay(run.state)) {
    await delay(1000);
    run = await runs.find(begun.id);
    if (source !== undefined) {
      // Asked after the run, so it may lack windows that ended between the two, and never has more.
      const frontier = await windows.frontier(source.id);
      const known = windowsOf(run, source, frontier, Date.now());
      total = known === null ? total : Math.max(known, total ?? 0);
    }
    const now = progressOf(run, total);
    if (now !== said) progress(now);
    said = now;
  }
  return run;
}

/**
 * How many windows a run comes to; `null` where that is not known.
 *
 * Without a range it is what was read and what lies between frontier and present. Before its first
 * window a walk may still leave out what is too long ago.
 */
export function windowsOf(
  run: RunRow,
  source: Source,
  frontierMillis: number | null,
  nowMillis: number,
): number | null {
  if (run.kind !== 'ingest' && run.kind !== 'reingest') return null;
  const { intervalMillis } = source;
  const until = Math.min(
    run.toMillis ?? Number.POSITIVE_INFINITY,
    latestSettledEnd(nowMillis, source),
  );
  const from = (begin: number) =>
    Math.max(0, Math.ceil(until / intervalMillis) - Math.floor(begin / intervalMillis));
  if (run.fromMillis !== null) return from(run.fromMillis);
  const done = windowsDone(run);
  return frontierMillis === null || done === 0 ? null : done + from(frontierMillis);
}

/** What is said to whoever waits no longer. */
export function goesOn(run: RunRow, config: Config): string {
  const follow = `${sameAgain(run)}GET /api/v1/runs/${run.id}`;
  const cancel = `temporal workflow cancel --workflow-id ${run.workflowId}${elsewhere(config)}`;
  return `Run ${run.id} goes on in Temporal: follow it with ${follow}, cancel it with "${cancel}".`;
}

/** The command that joins a run while it is under way. */
function sameAgain({ kind, source, fromMillis, toMillis }: RunRow): string {
  if (source === null || (kind !== 'ingest' && kind !== 'reingest')) return '';
  const range =
    kind === 'reingest' && fromMillis !== null && toMillis !== null
      ? ` --from ${new Date(fromMillis).toISOString()} --to ${new Date(toMillis).toISOString()}`
      : '';
  return `"topolog ingest --source ${source}${range} --wait" or `;
}

/** What Temporal's command line must be told where it would look for another server. */
function elsewhere({ TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace }: Config): string {
  const whole = /:\d+$/.test(address) ? address : `${address}:7233`;
  const there = whole === '127.0.0.1:7233' ? '' : ` --address ${whole}`;
  return `${there}${namespace === 'default' ? '' : ` --namespace ${namespace}`}`;
}

export function progressOf(run: RunRow, total: number | null = null): string {
  if (run.kind === 'markStale' || run.kind === 'prune') return changesOf(run);
  const { windowsComplete, windowsPartial, windowsSuspicious, windowsFailed } = run;
  const counts = `${windowsComplete} complete, ${windowsPartial} partial, ${windowsSuspicious} suspicious, ${windowsFailed} failed`;
  if (total === null) return `windows: ${counts}`;
  const [done, all] = [windowsDone(run), total].map((count) => count.toLocaleString('en'));
  return `${done} of ${all} windows: ${counts}`;
}

function windowsDone(run: RunRow): number {
  return run.windowsComplete + run.windowsPartial + run.windowsSuspicious + run.windowsFailed;
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
