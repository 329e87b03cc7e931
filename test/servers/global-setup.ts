import type { TestProject } from 'vitest/node';
import { ensureBuilt } from '../../dev/stack/build.mjs';
import { ensureServer } from '../../dev/stack/index.mjs';
import { linesOnly } from '../../dev/stack/progress.mjs';
import { buildOf, type StandName, standNames } from './stands.ts';

declare module 'vitest' {
  interface ProvidedContext {
    withoutStands: StandName[];
    standsNotBuilt: Partial<Record<StandName, string>>;
  }
}

/** Builds every server that is to be tried, one after the other; what could not be had its tests say. */
export async function setup(project: TestProject): Promise<void> {
  const asked = process.env.TOPOLOG_TEST_WITHOUT?.split(',') ?? [];
  const without = standNames.filter((name) => asked.includes(name));
  const log = (line: string) => process.stderr.write(`${line}\n`);
  const terminal = linesOnly(log);
  const notBuilt: Partial<Record<StandName, string>> = {};
  for (const name of standNames.filter((one) => !without.includes(one))) {
    try {
      if (name === 'prometheus') await ensureServer(name, { terminal });
      else await ensureBuilt(buildOf(name), terminal);
    } catch (error) {
      notBuilt[name] = error instanceof Error ? error.message : String(error);
    }
  }
  for (const name of without) log(`Not tried: ${name} (left out)`);
  project.provide('withoutStands', without);
  project.provide('standsNotBuilt', notBuilt);
}
