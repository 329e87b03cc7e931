#!/usr/bin/env node
import { createProgram } from './cli/program.ts';
import { runMain } from './runtime/main.ts';
import { watchOutput } from './runtime/output.ts';

runMain(async () => {
  watchOutput();
  await createProgram().parseAsync();
  // Whatever a connection still waits for must not keep a finished command.
  process.exit();
});
