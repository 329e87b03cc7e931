import { tickOf } from '../../src/api/answer-clock.ts';
import { createChangeWatch } from '../../src/api/change-watch.ts';
import { createChangeQueries } from '../../src/graph/change-queries.ts';
import type { Database } from '../../src/graph/database.ts';
import { createDependencyQueries } from '../../src/graph/dependency-queries.ts';
import { createDiffQueries } from '../../src/graph/diff-queries.ts';
import { createGraphPages } from '../../src/graph/graph-pages.ts';
import { createImpactQueries } from '../../src/graph/impact-queries.ts';
import { createQueries } from '../../src/graph/queries.ts';
import { createTokenQueries } from '../../src/graph/token-queries.ts';
import { createWindowQueries } from '../../src/graph/window-queries.ts';

/** All that the API asks of a real graph. */
export function askingOf(database: Database, now: () => number) {
  const changes = createChangeQueries(database);
  return {
    queries: createQueries(database, { now: () => tickOf(now()) }),
    pages: createGraphPages(database),
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
    tokens: createTokenQueries(database),
  };
}
