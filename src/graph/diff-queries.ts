import { z } from 'zod';
import type { View } from '../domain/view.ts';
import type { Database } from './database.ts';
import { viewParams } from './resolve-service.ts';
import { beliefRow } from './write-impacts.ts';

const diffRow = z.object({
  id: z.string(),
  client: z.string(),
  server: z.string(),
  before: beliefRow.nullable(),
  after: beliefRow.nullable(),
});
/** A dependency that differs between two instants; `null` where it was not there. */
export type DiffRow = z.output<typeof diffRow>;

const countRow = z.object({
  environment: z.string(),
  cluster: z.string(),
  namespace: z.string(),
  team: z.string().nullable(),
  added: z.number(),
  removed: z.number(),
  changed: z.number(),
});
type CountRow = z.output<typeof countRow>;

/** How many dependencies were added, removed and changed. */
export interface DiffCounts {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
}

/** What differs between two instants. */
export interface Diff extends DiffCounts {
  /** A page of it, by id. */
  readonly differences: readonly DiffRow[];
  readonly hasMore: boolean;
  /** By the environment, cluster and namespace of the client. */
  readonly namespaces: readonly (DiffCounts &
    Pick<CountRow, 'environment' | 'cluster' | 'namespace'>)[];
  /** By the team of the client; `null` where it has none. */
  readonly teams: readonly (DiffCounts & Pick<CountRow, 'team'>)[];
}

export interface DiffQueries {
  /**
   * Compares what of the graph is in a view at two instants, in epoch milliseconds. Of what differs a
   * page is told, from after an id; all of it is counted.
   */
  diff(
    view: View,
    fromMillis: number,
    toMillis: number,
    limit: number,
    after?: string,
  ): Promise<Diff>;
}

export function createDiffQueries(database: Database): DiffQueries {
  return {
    diff: (view, from, to, limit, after = '') =>
      database.read(async (transaction) => {
        const between = { from, to, ...viewParams(view) };
        const counts = await transaction.rows('query/count-differences', between, countRow);
        const params = { ...between, after, limit: limit + 1 };
        const rows = await transaction.rows('query/diff', params, diffRow);
        return {
          ...sumOf(counts),
          differences: rows.slice(0, limit),
          hasMore: rows.length > limit,
          namespaces: grouped(counts, ({ environment, cluster, namespace }) => ({
            environment,
            cluster,
            namespace,
          })),
          teams: grouped(counts, ({ team }) => ({ team })),
        };
      }),
  };
}

/** What happened to a dependency between the two instants. */
export function differenceOf({ before, after }: Pick<DiffRow, 'before' | 'after'>) {
  if (before === null) return 'added';
  return after === null ? 'removed' : 'changed';
}

function sumOf(rows: readonly DiffCounts[]): DiffCounts {
  const sum = { added: 0, removed: 0, changed: 0 };
  for (const { added, removed, changed } of rows) {
    sum.added += added;
    sum.removed += removed;
    sum.changed += changed;
  }
  return sum;
}

/** Sums by what rows share, the most changed first. */
function grouped<Key extends object>(
  rows: readonly CountRow[],
  keyOf: (row: CountRow) => Key,
): (Key & DiffCounts)[] {
  const groups = new Map<string, CountRow[]>();
  for (const row of rows) {
    const key = JSON.stringify(keyOf(row));
    const others = groups.get(key);
    if (others === undefined) groups.set(key, [row]);
    else others.push(row);
  }
  const total = ({ added, removed, changed }: DiffCounts) => added + removed + changed;
  return [...groups.values()]
    .flatMap((group) => group.slice(0, 1).map((row) => ({ ...keyOf(row), ...sumOf(group) })))
    .sort((a, b) => total(b) - total(a));
}
