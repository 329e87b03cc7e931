import type { Config } from '../runtime/config.ts';
import { createDatabase, type Database, type DatabaseOptions, openDriver } from './database.ts';
import { loadStatements } from './statements.ts';

export interface OpenGraphOptions extends Pick<DatabaseOptions, 'onStatement' | 'onTransaction'> {
  readonly retryMillis?: number;
}

/** Opens the configured graph; no connection is made before the first statement. */
export function openGraph(config: Config, options: OpenGraphOptions = {}): Database {
  const { retryMillis, ...observers } = options;
  return createDatabase({
    driver: openDriver({
      uri: config.NEO4J_URI,
      user: config.NEO4J_USER,
      password: config.NEO4J_PASSWORD?.reveal(),
      ...(retryMillis === undefined ? {} : { retryMillis }),
    }),
    database: config.NEO4J_DATABASE,
    statements: loadStatements(),
    ...observers,
  });
}
