import type { Command } from 'commander';
import { instantOf } from '../api/as-of.ts';
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
      const { source, from } = options;
      const started = await runsOf(session).start({
        kind: 'backfill',
        ...(source === undefined ? {} : { source }),
        fromMillis: instantOf(from, Date.now()),
      });
      await showRun(session, started, options);
    }),
  );
}
