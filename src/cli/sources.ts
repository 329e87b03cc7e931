import type { Command } from 'commander';
import { isAhead } from '../domain/window.ts';
import { createSourceRecords } from '../graph/source-records.ts';
import { createSourceChanges, type ListedSource } from '../runs/source-changes.ts';
import { isConfirmed } from './preview.ts';
import { print, progress, type Session, withSession } from './session.ts';
import { table } from './table.ts';
import { wholeList } from './whole-list.ts';

/** Adds `topolog sources`: what is known of the sources, and what becomes of those that are gone. */
export function addSources(program: Command): void {
  const sources = program
    .command('sources')
    .description('List the sources, and settle what became of those no longer configured.');

  sources
    .command('list')
    .description('The configured sources and how far they are read, and those that are gone.')
    .option('--json', 'print the sources as JSON')
    .action(({ json }: { json?: boolean }) =>
      withSession(async (session) => {
        const all = await changesOf(session).list();
        if (json) print(JSON.stringify(wholeList(all.map(asJson))));
        else for (const line of linesOf(all)) print(line);
      }),
    );

  sources
    .command('retire <id>')
    .description('Remove all that a source no longer configured has told; asks for --yes.')
    .option('--yes', 'do it')
    .action((id: string, { yes }: { yes?: boolean }) =>
      withSession(async (session) => {
        const changes = changesOf(session);
        const { evidence, onlyItsDependencies, windows } = await changes.holdings(id);
        const what = `${evidence} evidence and ${windows} windows of ${id}, and ${onlyItsDependencies} dependencies that no other source has seen`;
        if (!isConfirmed(yes, `remove ${what}`)) return;
        await changes.retire(id, (done) => progress(`${done} done`));
        print(`Removed ${what}. Services stay.`);
      }),
    );

  sources
    .command('rename <old> <new>')
    .description('Give all of a source no longer configured to a configured one never read.')
    .action((from: string, to: string) =>
      withSession(async (session) => {
        await changesOf(session).rename(from, to, (done) => progress(`${done} done`));
        print(`All of ${from} is ${to}'s now, which goes on where it ended.`);
      }),
    );

  sources
    .command('rewind <id>')
    .description('Set a source that a clock ahead had read into the future back to the present.')
    .action((id: string) =>
      withSession(async (session) => {
        const until = await changesOf(session).rewind(id, (done) => progress(`${done} done`));
        print(
          `Source ${id} is read on from ${iso(until)}; what was recorded after it is forgotten.`,
        );
      }),
    );
}

function changesOf({ config, database, temporal, sources }: Session) {
  const records = createSourceRecords(database, config.GRAPH_WRITE_BATCH_ROWS);
  return createSourceChanges({ temporal, sources, records, now: Date.now });
}

function asJson(source: ListedSource) {
  const { id, state, url, dialect, frontierMillis, lastCompleteWindowEndMillis, settle } = source;
  return {
    id,
    state,
    url,
    dialect,
    frontier: iso(frontierMillis),
    lastCompleteWindowEnd: iso(lastCompleteWindowEndMillis),
    settleSeconds: settle === null ? null : settle.millis / 1000,
    configuredSettleSeconds: settle === null ? null : settle.configuredMillis / 1000,
  };
}

function linesOf(all: readonly ListedSource[]): string[] {
  if (all.length === 0) return ['no source is configured, and the graph knows none'];
  const rows = all.map((source) => [
    source.id,
    source.state,
    readUntil(source),
    iso(source.lastCompleteWindowEndMillis) ?? 'none',
    settleText(source),
    source.url ?? `topolog sources retire ${source.id}`,
  ]);
  return table([['SOURCE', 'STATE', 'READ UNTIL', 'LAST COMPLETE WINDOW', 'SETTLE', ''], ...rows]);
}

/** How far it is read; one that was read into the future needs a hand. */
function readUntil({ id, state, frontierMillis }: ListedSource): string {
  const until = iso(frontierMillis) ?? 'never';
  const isWrong = state === 'configured' && isAhead(frontierMillis, Date.now());
  return isWrong ? `${until} (in the future: topolog sources rewind ${id})` : until;
}

/** How long its windows settle; samples that came late made it longer than configured. */
function settleText({ settle }: ListedSource): string {
  if (settle === null) return '';
  const { millis, configuredMillis } = settle;
  const grown = millis > configuredMillis ? ` (grown from ${configuredMillis / 1000}s)` : '';
  return `${millis / 1000}s${grown}`;
}

function iso(millis: number | null): string | null {
  return millis === null ? null : new Date(millis).toISOString();
}
