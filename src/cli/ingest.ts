import type { Command } from 'commander';
import { beginOf, endOf } from '../api/as-of.ts';
import type { Moment } from '../runtime/instant.ts';
import { runsOf, type ShowOptions, showRun, withWaiting } from './follow-run.ts';
import { momentOption } from './moment.ts';
import { withSession } from './session.ts';

interface IngestOptions extends ShowOptions {
  readonly source?: string;
  readonly from?: Moment;
  readonly to?: Moment;
}

export function addIngest(program: Command): void {
  withWaiting(
    program
      .command('ingest')
      .description('Read a source now; a range reads the past, or reads it again.')
      .option('--source <id>', 'which source, where several are configured')
      .option('--from <time>', 'begin of the range: ISO 8601 with a zone, or 24h ago', momentOption)
      .option('--to <time>', 'end of the range; now for as far as can be read', momentOption),
  ).action((options: IngestOptions) =>
    withSession(async (session) => {
      const runs = runsOf(session);
      const { source } = options;
      const from = beginOf(options.from, Date.now());
      const to = endOf(options.to, Date.now());
      const started = await runs.start({
        ...(source === undefined ? {} : { source }),
        ...(from === undefined ? {} : { fromMillis: from }),
        ...(to === undefined ? {} : { toMillis: to }),
      });
      await showRun(session, started, options);
    }),
  );
}
