import type { Command } from 'commander';
import { runsOf, type ShowOptions, showRun, withWaiting } from './follow-run.ts';
import { withSession } from './session.ts';

export function addPrune(program: Command): void {
  withWaiting(
    program
      .command('prune')
      .description('Forget the history that ended before the retention, as the schedule does.'),
  ).action((options: ShowOptions) =>
    withSession(async (session) => {
      const started = await runsOf(session).start({ kind: 'prune' });
      await showRun(session, started, options);
    }),
  );
}
