import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../graph/database.ts';
import { openGraph } from '../graph/open-graph.ts';
import { openTemporal, type Temporal } from '../runs/temporal.ts';
import { type Config, loadConfig } from '../runtime/config.ts';
import { say, writeOutput } from '../runtime/output.ts';
import { sourcesOf } from '../sources/configured-sources.ts';
import type { Source } from '../sources/source.ts';

/** What a command works with; both connections are opened at their first use. */
export interface Session {
  readonly config: Config;
  readonly database: Database;
  readonly temporal: Temporal;
  readonly sources: readonly Source[];
}

/** Opens the configured servers for one command and closes them whatever happens. */
export async function withSession(work: (session: Session) => Promise<void>): Promise<void> {
  const config = loadConfig(process.env);
  const database = openGraph(config, { retryMillis: 3000 });
  const temporal = openTemporal(config);
  try {
    await work({ config, database, temporal, sources: sourcesOf(config, process.env) });
  } finally {
    // A server that is none may never say goodbye.
    const closing = Promise.allSettled([database.close(), temporal.close()]);
    await Promise.race([closing, delay(2000)]);
  }
}

/** Writes data to standard output; progress goes to standard error. */
export function print(text: string): void {
  writeOutput(`${text}\n`);
}

export function progress(text: string): void {
  say(text);
}
