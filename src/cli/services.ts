import type { Command } from 'commander';
import { everything } from '../domain/view.ts';
import { createAliasRecords } from '../graph/aliases.ts';
import { createQueries } from '../graph/queries.ts';
import { createServiceRecords, type Which } from '../graph/service-records.ts';
import { AppError } from '../runtime/errors.ts';
import { plainText } from '../runtime/plain-text.ts';
import { isConfirmed } from './preview.ts';
import { print, progress, type Session, withSession } from './session.ts';
import { table } from './table.ts';
import { wholeList } from './whole-list.ts';

interface Confirmed {
  readonly yes?: boolean;
}

/** Adds `topolog services`: the operator's word about who is who. */
export function addServices(program: Command): void {
  const services = program
    .command('services')
    .description('Say that two services are one, or that one never was.');

  services
    .command('alias <old> <new>')
    .description('Let one service stand for another, with all that is known of it; asks for --yes.')
    .option('--yes', 'do it')
    .action((old: string, other: string, { yes }: Confirmed) =>
      withSession(async (session) => {
        const { aliases, services: records } = recordsOf(session);
        const known = (await aliases.read()).aliases.get(old);
        // What was begun is finished: the old service may be half moved, or gone already.
        const from = known === undefined ? await idOf(session, old) : old;
        const to = await idOf(session, other);
        const { evidence, dependencies } = await records.holdings({ id: from });
        const what = plainText(
          `all of ${from} to ${to} (evidence: ${evidence}, dependencies: ${dependencies})`,
        );
        if (!isConfirmed(yes, `move ${what}`)) return;
        await aliases.make(from, to, Date.now(), (moved) => progress(`${moved} evidence moved`));
        print(`Moved ${what}. From now on ${plainText(`${from} is ${to}`)}.`);
      }),
    );

  services
    .command('unalias <old>')
    .description('Let an id stand for itself again, from the next window on.')
    .action((old: string) =>
      withSession(async (session) => {
        await recordsOf(session).aliases.remove(old);
        print(`${plainText(old)} stands for itself again; what was moved stays where it is.`);
      }),
    );

  services
    .command('aliases')
    .description('List the ids that stand for other services.')
    .option('--json', 'print them as JSON')
    .action(({ json }: { json?: boolean }) =>
      withSession(async (session) => {
        const { aliases } = await recordsOf(session).aliases.read();
        const all = [...aliases].map(([alias, { id }]) => ({ alias, id }));
        if (json) print(JSON.stringify(wholeList(all)));
        else if (all.length === 0) print('no id stands for another service');
        else for (const line of table([['ALIAS', 'SERVICE'], ...all.map(rowOf)])) print(line);
      }),
    );

  services
    .command('delete [id]')
    .description('Delete a service, or an environment, with all that is known; asks for --yes.')
    .option('--environment <name>', 'all services of an environment')
    .option('--yes', 'do it')
    .action((id: string | undefined, { yes, environment }: Confirmed & { environment?: string }) =>
      withSession(async (session) => {
        const { services: records } = recordsOf(session);
        const holdings = await records.holdings(await whichOf(session, id, environment));
        const { ids, evidence, dependencies } = holdings;
        if (ids.length === 0) {
          throw new AppError('ServiceNotFound', `There is no service in "${environment}".`);
        }
        const named = ids.length === 1 ? ids[0] : `${ids.length} services`;
        const what = plainText(`${named} (evidence: ${evidence}, dependencies: ${dependencies})`);
        if (!isConfirmed(yes, `delete ${what}`)) return;
        await records.delete(ids, Date.now(), (deleted) => {
          if (deleted % 100 === 0) progress(`${deleted} of ${ids.length} services deleted`);
        });
        print(`Deleted ${what}. What is seen again comes back as new.`);
      }),
    );
}

function recordsOf({ config, database }: Session) {
  const batchRows = config.GRAPH_WRITE_BATCH_ROWS;
  return {
    aliases: createAliasRecords(database, batchRows),
    services: createServiceRecords(database, batchRows),
  };
}

async function idOf({ database }: Session, word: string): Promise<string> {
  const { service } = await createQueries(database, { now: Date.now }).service(everything, word);
  return service.id;
}

async function whichOf(
  session: Session,
  id: string | undefined,
  environment: string | undefined,
): Promise<Which> {
  if (id !== undefined && environment === undefined) return { id: await idOf(session, id) };
  if (id === undefined && environment) return { environment };
  throw new AppError('InvalidRequest', 'Name one service, or an --environment, and not both.');
}

const rowOf = ({ alias, id }: { alias: string; id: string }) => [alias, id];
