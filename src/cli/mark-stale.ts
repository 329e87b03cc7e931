import type { Command } from 'commander';
import { endOf } from '../api/as-of.ts';
import { createRunRecords } from '../graph/runs.ts';
import { startStalePass } from '../runs/stale-pass.ts';
import type { Moment } from '../runtime/instant.ts';
import { type ShowOptions, sayWaiting, showRun, withWaiting } from './follow-run.ts';
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
      const started = await startStalePass(
        session.temporal,
        createRunRecords(session.database),
        {
          nowMillis: endOf(now, Date.now()) ?? Date.now(),
          ...(override === undefined ? {} : { override }),
        },
        sayWaiting(session),
      );
      await showRun(session, started, options);
    }),
  );
}
