import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { ensureServer } from '../../dev/stack/index.mjs';

/** Where a command reads from and writes to, as a shell's `<` and `>` say. */
export interface Redirections {
  readonly from?: string;
  readonly to?: string;
}

/** Runs `neo4j-admin` of the Neo4j that the tests start, on its data; gives what it said beside its output. */
export async function neo4jAdmin(
  home: string,
  args: readonly string[],
  { from, to }: Redirections = {},
): Promise<{ code: number | null; err: string }> {
  const program = await ensureServer('neo4j');
  // Built, it is jars and no script; the script of a release starts the same class.
  const classPath = program.args[program.args.indexOf('-cp') + 1];
  const isBuilt = program.args.includes('-cp') && classPath !== undefined;
  const command = isBuilt ? program.command : join(dirname(program.command), 'neo4j-admin');
  const before = isBuilt ? ['-cp', classPath, 'org.neo4j.cli.AdminTool'] : [];
  const env = {
    ...process.env,
    NEO4J_HOME: home,
    ...(isBuilt ? {} : { NEO4J_CONF: join(home, 'conf') }),
  };
  const child = spawn(command, [...before, ...args], { env, stdio: 'pipe' });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const fed =
    from === undefined ? child.stdin.end() : pipeline(createReadStream(from), child.stdin);
  const out =
    to === undefined ? child.stdout.resume() : pipeline(child.stdout, createWriteStream(to));
  const [code, err] = await Promise.all([ended, text(child.stderr), fed, out]);
  return { code, err };
}
