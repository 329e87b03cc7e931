import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { createKeyRecords } from '../graph/key-records.ts';
import { createSourceRecords } from '../graph/source-records.ts';
import { createWindowRecords } from '../graph/windows.ts';
import { createKeys } from '../keys/keys.ts';
import { reconcileSchedules } from '../runs/schedules.ts';
import { callGroupsOf } from '../sources/call-groups.ts';
import { print, withSession } from './session.ts';

export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description('Apply the schema of the graph and reconcile the schedules; safe to repeat.')
    .action(() =>
      withSession(async ({ config, database, temporal, sources }) => {
        await database.applySchema();
        print('schema     applied');
        const keys = createKeys({
          records: createKeyRecords(database),
          randomBytes,
          now: Date.now,
        });
        for (const id of await keys.revokeOfNobody('migrate')) {
          print(`key        ${id} revoked: it was made where no key was asked for`);
        }
        if (sources.length === 0) {
          // More likely a variable that was forgotten than the wish to stop reading everything.
          print(
            'schedule   none touched: no source is configured (PROMETHEUS_URL, TOPOLOG_SOURCES_FILE)',
          );
          return;
        }
        const windows = createWindowRecords(database, config.GRAPH_WRITE_BATCH_ROWS);
        const callGroups = callGroupsOf(sources);
        for (const source of sources) {
          const callGroup = callGroups.get(source.id) ?? source.id;
          await windows.register({ ...source, callGroup });
        }
        const upkeep = { staleSchedule: config.STALE_SCHEDULE };
        for (const { scheduleId, change } of await reconcileSchedules(temporal, sources, upkeep)) {
          print(`schedule   ${scheduleId} ${change}`);
        }
        const records = createSourceRecords(database, config.GRAPH_WRITE_BATCH_ROWS);
        const configured = new Set(sources.map(({ id }) => id));
        for (const { id } of await records.list()) {
          if (configured.has(id)) continue;
          print(`source     ${id} gone; its data stay until "topolog sources retire ${id}"`);
        }
      }),
    );
}
