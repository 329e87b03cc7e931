import type { Config } from '../runtime/config.ts';
import {
  createDatabase,
  type Database,
  type DatabaseOptions,
  type GraphConnection,
  openDriver,
} from './database.ts';
import { loadStatements } from './statements.ts';

export type OpenGraphOptions = Pick<DatabaseOptions, 'onStatement' | 'onTransaction'> &
  Pick<GraphConnection, 'retryMillis' | 'acquisitionMillis'>;

/** Opens the configured graph; no connection is made before the first statement. */
export function openGraph(config: Config, options: OpenGraphOptions = {}): Database {
  const { retryMillis, acquisitionMillis, ...observers } = options;
  return createDatabase({
    driver: openDriver({
      uri: config.NEO4J_URI,
      user: config.NEO4J_USER,
      password: config.NEO4J_PASSWORD?.reveal(),
      ...(retryMillis === undefined ? {} : { retryMillis }),
      ...(acquisitionMillis === undefined ? {} : { acquisitionMillis }),
    }),
    database: config.NEO4J_DATABASE,
    statements: loadStatements(),
    ...observers,
  });
}
