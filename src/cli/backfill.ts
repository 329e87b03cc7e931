import type { Command } from 'commander';
import { instantOf } from '../api/as-of.ts';
import { createWindowRecords } from '../graph/windows.ts';
import { AppError } from '../runtime/errors.ts';
import type { Moment } from '../runtime/instant.ts';
import { runsOf, type ShowOptions, showRun, withWaiting } from './follow-run.ts';
import { momentOption } from './moment.ts';
import { withSession } from './session.ts';

interface BackfillOptions extends ShowOptions {
  readonly source?: string;
  readonly from: Moment;
}

export function addBackfill(program: Command): void {
  withWaiting(
    program
      .command('backfill')
      .description('Read the past of a source that was never read, in order, before its present.')
      .requiredOption(
        '--from <time>',
        'where its past begins: ISO 8601 with a zone, or 30d ago',
        momentOption,
      )
      .option('--source <id>', 'which source, where several are configured'),
  ).action((options: BackfillOptions) =>
    withSession(async (session) => {
      const { config, database, sources } = session;
      const id = options.source ?? (sources.length === 1 ? sources[0]?.id : undefined);
      const windows = createWindowRecords(database, config.GRAPH_WRITE_BATCH_ROWS);
      const frontier = id === undefined ? null : await windows.frontier(id);
      if (frontier !== null) {
        const end = new Date(frontier).toISOString();
        throw new AppError(
          'InvalidRange',
          `Source ${id} has been read up to ${end}, and its history cannot begin anew: "topolog ingest --from … --to …" reads a range again, late.`,
        );
      }
      const runs = runsOf(session);
      const fromMillis = instantOf(options.from, Date.now());
      const source = options.source === undefined ? {} : { source: options.source };
      const started = await runs.start({ ...source, fromMillis });
      await showRun(session, started, options);
    }),
  );
}
