import { randomBytes } from 'node:crypto';
import { access, open, rename, rm } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { toKey } from '../api/schemas/key.ts';
import { keyStateOf, type Scope, scopes } from '../domain/key.ts';
import { createKeyRecords, type KeyRow } from '../graph/key-records.ts';
import { createKeys, type IssuedKey, type Keys, longestOverlapMillis } from '../keys/keys.ts';
import { millisOf } from '../runtime/duration.ts';
import { AppError } from '../runtime/errors.ts';
import { instantWithin } from '../runtime/instant.ts';
import { plainText } from '../runtime/plain-text.ts';
import type { Secret } from '../runtime/secret.ts';
import { bootstrapInKubernetes } from './kubernetes-key.ts';
import { print, progress, type Session, withSession } from './session.ts';
import { table } from './table.ts';
import { wholeList } from './whole-list.ts';

const by = 'command line';
/** How `bootstrap` ends where there is a key already. */
const notMadeExitCode = 3;

/** Adds `topolog keys`: who may ask the API. It goes to the graph, so it needs no key itself. */
export function addKeys(program: Command): void {
  const keys = program.command('keys').description('Make, list and end the keys of the API.');
  addBootstrap(keys);
  addCreate(keys);

  keys
    .command('list')
    .description('List all keys, those that ended included; never their secrets.')
    .option('--json', 'print them as JSON, as GET /api/v1/keys answers')
    .action(({ json }: { json?: boolean }) =>
      withSession(async (session) => {
        const all = await everyKey(keysOf(session));
        if (json) {
          const items = all.map((key) => toKey(key, Date.now()));
          print(JSON.stringify(wholeList(items)));
        } else if (all.length === 0) print('there is no key: make one by "topolog keys bootstrap"');
        else for (const line of table([heading, ...all.map(rowOf)])) print(line);
      }),
    );

  keys
    .command('revoke <id>')
    .description('End a key for ever; every process refuses it within 10 s.')
    .action((id: string) =>
      withSession(async (session) => {
        await keysOf(session).revoke(id, by);
        print(`${id} is revoked.`);
      }),
    );

  keys
    .command('rotate <id>')
    .description('Print the key with another secret; the one it had goes on for a while.')
    .option('--overlap <duration>', 'how long the old one goes on, such as 30m; 0s to end it', '1d')
    .action((id: string, { overlap }: { overlap: string }) =>
      withSession(async (session) => {
        const overlapMillis = durationOf('--overlap', overlap);
        if (overlapMillis > longestOverlapMillis) {
          throw new AppError('InvalidRequest', '--overlap must be at most 30d.');
        }
        const issued = await keysOf(session).rotate(id, overlapMillis, by);
        const until = issued.key.previousUntilMillis;
        say(issued, until === null ? '' : `the old secret goes on until ${iso(until)}`);
      }),
    );
}

function addBootstrap(keys: Command): void {
  keys
    .command('bootstrap')
    .description('Make the first key, an admin’s, where there is none at all.')
    .option('--out <file>', 'write it to a new file that only its owner can read')
    .addOption(
      new Option(
        '--kubernetes-secret <name>',
        'write it to a Secret of this Pod’s namespace; done as well where there is a key',
      ).conflicts('out'),
    )
    .addHelpText('after', '\nEnds with 0 where it made the key, with 3 where there is one already.')
    .action(({ out, kubernetesSecret }: { out?: string; kubernetesSecret?: string }) =>
      withSession(async (session) => {
        const keys = keysOf(session);
        if (kubernetesSecret !== undefined) {
          progress(await bootstrapInKubernetes(keys, kubernetesSecret));
          return;
        }
        const made = out === undefined ? await printed(keys) : await written(keys, out);
        if (made === null) {
          progress('There is a key already, so none was made: "topolog keys list" shows them.');
          process.exitCode = notMadeExitCode;
          return;
        }
        const where = out === undefined ? 'standard output' : out;
        progress(`Made ${made.id} (${made.name}), which may do everything; it is in ${where}.`);
      }),
    );
}

async function printed(keys: Keys) {
  let text: Secret | undefined;
  const made = await keys.bootstrap(async (given) => {
    text = given;
    return given;
  }, 'bootstrap');
  if (made !== null && text !== undefined) print(text.reveal());
  return made;
}

/** Keeps the key in a file first and makes it then, so that no key is made that nobody has. */
async function written(keys: Keys, out: string) {
  const isThere = await access(out).then(
    () => true,
    () => false,
  );
  if (isThere) throw new AppError('InvalidRequest', `${out} exists: name a file that does not.`);
  const draft = `${out}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    const made = await keys.bootstrap(async (text) => {
      const file = await open(draft, 'wx', 0o600);
      try {
        await file.writeFile(`${text.reveal()}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      return text;
    }, 'bootstrap');
    if (made !== null) await rename(draft, out);
    return made;
  } finally {
    await rm(draft, { force: true });
  }
}

interface CreateOptions {
  readonly name: string;
  readonly scope: readonly Scope[];
  readonly environment?: readonly string[];
  readonly team?: readonly string[];
  readonly expiresIn?: string;
}

function addCreate(keys: Command): void {
  keys
    .command('create')
    .description('Make a key and print it, this once.')
    .requiredOption('--name <text>', 'who or what uses it')
    .addOption(
      new Option('--scope <scopes...>', 'what it may do').choices(scopes).makeOptionMandatory(),
    )
    .option('--environment <names...>', 'the only environments it sees')
    .option('--team <names...>', 'the only teams whose services it sees')
    .option('--expires-in <duration>', 'how long it is good for, such as 90d; without it for ever')
    .action(({ name, scope, environment, team, expiresIn }: CreateOptions) =>
      withSession(async (session) => {
        const lasts = expiresIn === undefined ? null : durationOf('--expires-in', expiresIn);
        const terms = {
          name: name.trim(),
          scopes: [...new Set(scope)],
          environments: environment ?? null,
          teams: team ?? null,
          expiresAtMillis: lasts === null ? null : instantWithin(Date.now() + lasts),
        };
        say(await keysOf(session).create(terms, by), 'it is shown this once');
      }),
    );
}

function keysOf({ database }: Session): Keys {
  return createKeys({ records: createKeyRecords(database), randomBytes, now: Date.now });
}

async function everyKey(keys: Keys): Promise<KeyRow[]> {
  const all: KeyRow[] = [];
  for (let hasMore = true; hasMore; ) {
    const page = await keys.list(all.at(-1)?.id ?? '', 500);
    all.push(...page.keys);
    ({ hasMore } = page);
  }
  return all;
}

/** The key on standard output alone, so that it can be piped; what it is on standard error. */
function say({ key, text }: IssuedKey, note: string): void {
  print(text.reveal());
  const what = plainText(`${key.id} (${key.name}), ${key.scopes.join(' ')}`);
  progress([what, note].filter(Boolean).join('; '));
}

function durationOf(option: string, text: string): number {
  const millis = millisOf(text);
  if (millis !== null) return millis;
  throw new AppError('InvalidRequest', `${option} must be a duration such as 12h or 90d.`);
}

const iso = (millis: number): string => new Date(millis).toISOString();
const isoOr = (millis: number | null, none: string) => (millis === null ? none : iso(millis));

const heading = ['ID', 'NAME', 'STATE', 'SCOPES', 'SEES', 'EXPIRES', 'LAST USED'];

function rowOf(key: KeyRow): string[] {
  const sees = [
    ...(key.environments ?? []).map((name) => `environment ${name}`),
    ...(key.teams ?? []).map((name) => `team ${name}`),
  ];
  return [
    key.id,
    key.name,
    keyStateOf(key, Date.now()),
    key.scopes.join(' '),
    sees.join(', ') || 'everything',
    isoOr(key.expiresAtMillis, 'never'),
    isoOr(key.lastUsedAtMillis, 'never'),
  ];
}
