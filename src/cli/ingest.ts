import { setTimeout as delay } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { createRunRecords, type RunRow } from '../graph/runs.ts';
import { createWindowRecords } from '../graph/windows.ts';
import { createRuns } from '../runs/create-runs.ts';
import type { Runs } from '../runs/runs.ts';
import { parseInstant } from '../runtime/instant.ts';
import { print, progress, withSession } from './session.ts';

interface IngestOptions {
  readonly source?: string;
  readonly from?: number;
  readonly to?: number;
  readonly wait?: boolean;
  readonly json?: boolean;
}

export function addIngest(program: Command): void {
  program
    .command('ingest')
    .description('Read a source now; a range reads the past, or reads it again.')
    .option('--source <id>', 'which source, where several are configured')
    .option('--from <time>', 'begin of the range, ISO 8601 with a zone', instant)
    .option('--to <time>', 'end of the range, ISO 8601 with a zone', instant)
    .option('--wait', 'wait for the end of the run; exit 1 if it failed')
    .option('--json', 'print the run as JSON')
    .action((options: IngestOptions) =>
      withSession(async ({ config, database, temporal, sources }) => {
        const runs = createRuns({
          temporal,
          sources,
          records: createRunRecords(database),
          windows: createWindowRecords(database, config.GRAPH_WRITE_BATCH_ROWS),
          now: Date.now,
        });
        const { source, from, to } = options;
        const { run, joined } = await runs.start({
          ...(source === undefined ? {} : { source }),
          ...(from === undefined ? {} : { fromMillis: from }),
          ...(to === undefined ? {} : { toMillis: to }),
        });
        progress(`${joined ? 'joined' : 'started'} ${run.workflowId}, run ${run.id}`);
        const shown = options.wait ? await ended(runs, run) : run;
        print(options.json ? JSON.stringify(shown) : sentence(shown));
        if (shown.state === 'failed' || shown.state === 'cancelled') process.exitCode = 1;
      }),
    );
}

function instant(text: string): number {
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
    const now = windowsOf(run);
    if (now !== said) progress(now);
    said = now;
  }
  return run;
}

function windowsOf(run: RunRow): string {
  const { windowsComplete, windowsPartial, windowsSuspicious, windowsFailed } = run;
  return `windows: ${windowsComplete} complete, ${windowsPartial} partial, ${windowsSuspicious} suspicious, ${windowsFailed} failed`;
}

function sentence(run: RunRow): string {
  const counts = `${run.observations} observations, ${run.servicesCreated} new services, ${run.dependenciesCreated} new dependencies`;
  const error = run.error === null ? '' : `: ${run.error}`;
  return `${run.id} ${run.state}${error}; ${windowsOf(run)}; ${counts}`;
}
