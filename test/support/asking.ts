import { randomBytes } from 'node:crypto';
import { createChangeWatch } from '../../src/api/change-watch.ts';
import { createChangeQueries } from '../../src/graph/change-queries.ts';
import type { Database } from '../../src/graph/database.ts';
import { createDependencyQueries } from '../../src/graph/dependency-queries.ts';
import { createDiffQueries } from '../../src/graph/diff-queries.ts';
import { createImpactQueries } from '../../src/graph/impact-queries.ts';
import { createKeyRecords } from '../../src/graph/key-records.ts';
import { createQueries } from '../../src/graph/queries.ts';
import { createWindowQueries } from '../../src/graph/window-queries.ts';
import { createKeys } from '../../src/keys/keys.ts';

/** All that the API asks of a real graph; it asks for no key. */
export function askingOf(database: Database, now: () => number) {
  const changes = createChangeQueries(database);
  return {
    queries: createQueries(database, { now }),
    windows: createWindowQueries(database),
    changes,
    watch: createChangeWatch({
      changes,
      everyMillis: 20,
      onError: (error) => {
        throw error;
      },
    }),
    diffs: createDiffQueries(database),
    explanations: createDependencyQueries(database),
    impacts: createImpactQueries(database),
    access: {
      authenticator: null,
      keys: createKeys({ records: createKeyRecords(database), randomBytes, now }),
      metricsNeedKey: false,
    },
  };
}
