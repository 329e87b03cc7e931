import type { Command } from 'commander';
import { createRebuild, type Differences } from '../graph/rebuild.ts';
import { print, progress, withSession } from './session.ts';

interface RebuildOptions {
  readonly check?: boolean;
  readonly json?: boolean;
}

export function addRebuild(program: Command): void {
  program
    .command('rebuild')
    .description('Derive belief, its past and impacts anew from evidence and changelog.')
    .option('--check', 'only compare; exit 1 if anything differs')
    .option('--json', 'print what differed as JSON')
    .action(({ check = false, json }: RebuildOptions) =>
      withSession(async ({ config, database }) => {
        const rebuild = createRebuild(database, config.GRAPH_WRITE_BATCH_ROWS);
        const told = (what: string) => (pairs: number) => progress(`${pairs} pairs ${what}`);
        const found = await rebuild.run(!check, told(check ? 'compared' : 'rebuilt'));
        // What was mended is compared again, so that the answer is seen and not believed.
        const left = check ? found : await rebuild.run(false, told('compared'));
        if (json) print(JSON.stringify({ found, left }));
        else
          print(`${check ? 'Differing' : 'Mended'}: ${sentence(found)}. Left: ${sentence(left)}.`);
        if (left.beliefs + left.history + left.impacts > 0) process.exitCode = 1;
      }),
    );
}

function sentence({ beliefs, history, impacts }: Differences): string {
  return `${beliefs} beliefs, ${history} pasts, impacts of ${impacts}`;
}
