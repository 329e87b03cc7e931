import type { Command } from 'commander';
import { instant, runsOf, type ShowOptions, showRun, withWaiting } from './follow-run.ts';
import { withSession } from './session.ts';

interface IngestOptions extends ShowOptions {
  readonly source?: string;
  readonly from?: number;
  readonly to?: number;
}

export function addIngest(program: Command): void {
  withWaiting(
    program
      .command('ingest')
      .description('Read a source now; a range reads the past, or reads it again.')
      .option('--source <id>', 'which source, where several are configured')
      .option('--from <time>', 'begin of the range, ISO 8601 with a zone', instant)
      .option('--to <time>', 'end of the range, ISO 8601 with a zone', instant),
  ).action((options: IngestOptions) =>
    withSession(async (session) => {
      const runs = runsOf(session);
      const { source, from, to } = options;
      const started = await runs.start({
        ...(source === undefined ? {} : { source }),
        ...(from === undefined ? {} : { fromMillis: from }),
        ...(to === undefined ? {} : { toMillis: to }),
      });
      await showRun(session, started, options);
    }),
  );
}
