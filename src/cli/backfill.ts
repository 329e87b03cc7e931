import type { Command } from 'commander';
import { instant, runsOf, type ShowOptions, showRun, withWaiting } from './follow-run.ts';
import { withSession } from './session.ts';

interface BackfillOptions extends ShowOptions {
  readonly source?: string;
  readonly from: number;
}

export function addBackfill(program: Command): void {
  withWaiting(
    program
      .command('backfill')
      .description('Read the past of a source that was never read, in order, before its present.')
      .requiredOption('--from <time>', 'where its past begins, ISO 8601 with a zone', instant)
      .option('--source <id>', 'which source, where several are configured'),
  ).action((options: BackfillOptions) =>
    withSession(async (session) => {
      const { source, from } = options;
      const started = await runsOf(session).start({
        kind: 'backfill',
        ...(source === undefined ? {} : { source }),
        fromMillis: from,
      });
      await showRun(session, started, options);
    }),
  );
}
