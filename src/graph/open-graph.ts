import type { Config } from '../runtime/config.ts';
import {
  createDatabase,
  type Database,
  type DatabaseOptions,
  type GraphConnection,
  openDriver,
} from './database.ts';
import { loadStatements } from './statements.ts';

export type OpenGraphOptions = Pick<DatabaseOptions, 'onStatement'> &
  Pick<GraphConnection, 'retryMillis' | 'acquisitionMillis'>;

/** Opens the configured graph; no connection is made before the first statement. */
export function openGraph(config: Config, options: OpenGraphOptions = {}): Database {
  const { onStatement, ...waiting } = options;
  return createDatabase({
    driver: openDriver({
      uri: config.NEO4J_URI,
      user: config.NEO4J_USER,
      password: config.NEO4J_PASSWORD?.reveal(),
      ...waiting,
    }),
    database: config.NEO4J_DATABASE,
    statements: loadStatements(),
    ...(onStatement === undefined ? {} : { onStatement }),
  });
}
