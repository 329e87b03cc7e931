import type { Command } from 'commander';
import { instantOf } from '../api/as-of.ts';
import type { Moment } from '../runtime/instant.ts';
import { runsOf, type ShowOptions, showRun, withWaiting } from './follow-run.ts';
import { momentOption } from './moment.ts';
import { withSession } from './session.ts';

interface MarkStaleOptions extends ShowOptions {
  readonly now?: Moment;
  readonly override?: boolean;
}

export function addMarkStale(program: Command): void {
  withWaiting(
    program
      .command('mark-stale')
      .description('Mark what was long looked for and not seen, as the schedule does.')
      .option('--now <time>', 'judge as of then: ISO 8601 with a zone, or 24h ago', momentOption)
      .option(
        '--override',
        'mark even where so much would be marked that the source may be at fault',
      ),
  ).action((options: MarkStaleOptions) =>
    withSession(async (session) => {
      const { now, override } = options;
      const started = await runsOf(session).start({
        kind: 'markStale',
        ...(now === undefined ? {} : { nowMillis: instantOf(now, Date.now()) }),
        ...(override === undefined ? {} : { override }),
      });
      await showRun(session, started, options);
    }),
  );
}
