import { setTimeout as delay } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { toRun } from '../api/schemas/run.ts';
import { latestSettledEnd } from '../domain/window.ts';
import { createRunRequests } from '../graph/run-requests.ts';
import { createRunRecords, type RunRow } from '../graph/runs.ts';
import { createWindowRecords } from '../graph/windows.ts';
import { createRuns } from '../runs/create-runs.ts';
import type { Runs } from '../runs/runs.ts';
import { workersPolling } from '../runs/task-queue.ts';
import type { OnWait } from '../runs/temporal.ts';
import type { Config } from '../runtime/config.ts';
import { millisOf } from '../runtime/duration.ts';
import { plainText } from '../runtime/plain-text.ts';
import type { Source } from '../sources/source.ts';
import { print, progress, type Session } from './session.ts';
import { waitForRun } from './wait-for-run.ts';

/** The runs of the configured servers. */
export function runsOf(session: Session): Runs {
  const { config, database, temporal, sources } = session;
  return createRuns({
    onWait: sayWaiting(session),
    temporal,
    sources,
    records: createRunRecords(database),
    requests: createRunRequests(database),
    windows: createWindowRecords(database, config.GRAPH_WRITE_BATCH_ROWS),
    now: Date.now,
  });
}

export interface ShowOptions {
  readonly wait?: boolean;
  /** Most time to wait, in milliseconds; waits although nobody said so. */
  readonly timeout?: number;
  readonly json?: boolean;
}

/** The options of a command that may wait for its run. */
export function withWaiting(command: Command): Command {
  return command
    .option('--wait', 'wait for the end of the run and say what happens; exit 1 if it failed')
    .option(
      '--timeout <duration>',
      'wait no longer than that, such as 10m; exit 124 then',
      durationOf,
    )
    .option('--json', 'print the run as JSON, as POST /api/v1/runs answers');
}

/** As `timeout` and shells tell of what took too long, and of what Ctrl-C has ended. */
const exitCodes = { failed: 1, timedOut: 124, interrupted: 130 } as const;

/**
 * Shows a run that was started, at its end where that is waited for; one that failed fails the command.
 *
 * Ctrl-C and the end of the time end the waiting only, and say how to go on.
 */
export async function showRun(
  session: Session,
  started: { readonly run: RunRow; readonly joined: boolean },
  { wait, timeout, json }: ShowOptions,
): Promise<void> {
  const { run, joined } = started;
  const leave = () => {
    progress(goesOn(run, session.config));
    process.exit(exitCodes.interrupted);
  };
  const waits = wait || timeout !== undefined;
  if (waits) process.once('SIGINT', leave);
  progress(`${joined ? 'joined' : 'started'} ${run.workflowId}, run ${run.id}`);
  const { run: shown, ended } = waits
    ? await waitedFor(session, run, timeout ?? null)
    : { run, ended: true };
  process.removeListener('SIGINT', leave);
  if (!ended) progress(goesOn(run, session.config));
  print(json ? JSON.stringify({ run: toRun(shown), joined }) : sentence(shown));
  if (!ended) process.exitCode = exitCodes.timedOut;
  if (shown.state === 'failed' || shown.state === 'cancelled') process.exitCode = exitCodes.failed;
}

/** What is said while nothing is started yet, every ten seconds. */
function sayWaiting({ config }: Pick<Session, 'config'>): OnWait {
  let nextMillis = 0;
  return (waitedMillis) => {
    if (waitedMillis < nextMillis) return;
    nextMillis = waitedMillis + 10_000;
    const where = `Temporal (TEMPORAL_ADDRESS ${config.TEMPORAL_ADDRESS}) to take the run, or for the graph (NEO4J_URI ${config.NEO4J_URI}) to record it`;
    progress(`waiting for ${where}: ${Math.round(waitedMillis / 1000)} s so far`);
  };
}

/** An option that is a duration, in milliseconds. */
function durationOf(text: string): number {
  const millis = millisOf(text);
  if (millis === null) throw new InvalidArgumentError('Give a duration such as 90s or 10m.');
  return millis;
}

/** Looks every second, which the record bears easily. */
function waitedFor(session: Session, begun: RunRow, timeoutMillis: number | null) {
  const { config, database, temporal, sources } = session;
  const runs = runsOf(session);
  const windows = createWindowRecords(database, config.GRAPH_WRITE_BATCH_ROWS);
  const source = sources.find(({ id }) => id === begun.source);
  let total: number | null = null;
  return waitForRun(begun, {
    find: () => runs.find(begun.id),
    async progress(run) {
      if (source !== undefined) {
        // Asked after the run, so it may lack windows that ended between the two, and never has more.
        const frontier = await windows.frontier(source.id);
        const known = windowsOf(run, source, frontier, Date.now());
        total = known === null ? total : Math.max(known, total ?? 0);
      }
      return progressOf(run, total);
    },
    workers: () => workersPolling(temporal, Date.now()),
    taskQueue: temporal.taskQueue,
    say: progress,
    pause: () => delay(1000),
    nowMillis: Date.now,
    timeoutMillis,
  });
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
  const error = run.error === null ? '' : `: ${plainText(run.error)}`;
  const begin = `${run.id} ${run.state}${error}; ${progressOf(run)}`;
  if (run.kind === 'markStale' || run.kind === 'prune') return begin;
  const counts = `${run.observations} observations, ${run.servicesCreated} new services, ${run.dependenciesCreated} new dependencies`;
  return `${begin}; ${counts}`;
}
