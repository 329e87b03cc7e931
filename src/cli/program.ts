import { Command } from 'commander';
import { writeOutput } from '../runtime/output.ts';
import { versionOfPackage } from '../runtime/version.ts';
import { addBackfill } from './backfill.ts';
import { addDoctor } from './doctor.ts';
import { addIngest } from './ingest.ts';
import { addKeys } from './keys.ts';
import { addMarkStale } from './mark-stale.ts';
import { addMigrate } from './migrate.ts';
import { addPrune } from './prune.ts';
import { addRebuild } from './rebuild.ts';
import { addRelabel } from './relabel.ts';
import { addServices } from './services.ts';
import { addSources } from './sources.ts';

/** Makes `topolog` with all its commands. */
export function createProgram(): Command {
  const program = new Command('topolog')
    .description('The durable memory of how services depend on each other.')
    .version(versionOfPackage())
    .showHelpAfterError()
    .configureHelp({ sortSubcommands: true })
    .configureOutput({ writeOut: writeOutput });

  addMigrate(program);
  addIngest(program);
  addBackfill(program);
  addMarkStale(program);
  addPrune(program);
  addRebuild(program);
  addDoctor(program);
  addKeys(program);
  addServices(program);
  addSources(program);
  addRelabel(program);
  return program;
}
