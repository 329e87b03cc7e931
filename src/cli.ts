#!/usr/bin/env node
import { Command } from 'commander';
import { addBackfill } from './cli/backfill.ts';
import { addDoctor } from './cli/doctor.ts';
import { addIngest } from './cli/ingest.ts';
import { addKeys } from './cli/keys.ts';
import { addMarkStale } from './cli/mark-stale.ts';
import { addMigrate } from './cli/migrate.ts';
import { addPrune } from './cli/prune.ts';
import { addRebuild } from './cli/rebuild.ts';
import { addRelabel } from './cli/relabel.ts';
import { addServices } from './cli/services.ts';
import { addSources } from './cli/sources.ts';
import { runMain } from './runtime/main.ts';
import { watchOutput, writeOutput } from './runtime/output.ts';
import { versionOfPackage } from './runtime/version.ts';

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

runMain(async () => {
  watchOutput();
  await program.parseAsync();
  // Whatever a connection still waits for must not keep a finished command.
  process.exit();
});
