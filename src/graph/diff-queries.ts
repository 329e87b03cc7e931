import { z } from 'zod';
import type { View } from '../domain/view.ts';
import type { Database } from './database.ts';
import { viewParams } from './resolve-service.ts';
import { beliefRow } from './write-impacts.ts';

const diffRow = z.object({
  id: z.string(),
  client: z.string(),
  server: z.string(),
  environment: z.string(),
  cluster: z.string(),
  namespace: z.string(),
  team: z.string().nullable(),
  before: beliefRow.nullable(),
  after: beliefRow.nullable(),
});
/** A dependency that differs between two instants; `null` where it was not there. */
export type DiffRow = z.output<typeof diffRow>;

/** How many dependencies were added, removed and changed. */
export interface DiffCounts {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
}

/** What differs between two instants. */
export interface Diff extends DiffCounts {
  readonly differences: readonly DiffRow[];
  /** By the environment, cluster and namespace of the client. */
  readonly namespaces: readonly (DiffCounts &
    Pick<DiffRow, 'environment' | 'cluster' | 'namespace'>)[];
  /** By the team of the client; `null` where it has none. */
  readonly teams: readonly (DiffCounts & Pick<DiffRow, 'team'>)[];
  /** Whether more changed between the two than is looked at; then all counts are too low. */
  readonly truncated: boolean;
}

export interface DiffQueries {
  /** Compares what of the graph is in a view at two instants, in epoch milliseconds. */
  diff(view: View, fromMillis: number, toMillis: number): Promise<Diff>;
}

/** Most dependencies that are compared. */
const maxCompared = 50_000;

export function createDiffQueries(database: Database): DiffQueries {
  return {
    diff: (view, from, to) =>
      database.read(async (transaction) => {
        const params = { from, to, limit: maxCompared + 1, ...viewParams(view) };
        const rows = await transaction.rows('query/diff', params, diffRow);
        const placeOf = ({ environment, cluster, namespace }: DiffRow) => ({
          environment,
          cluster,
          namespace,
        });
        return {
          ...countsOf(rows),
          differences: rows,
          namespaces: grouped(rows, placeOf),
          teams: grouped(rows, ({ team }) => ({ team })),
          truncated: rows.length > maxCompared,
        };
      }),
  };
}

/** What happened to a dependency between the two instants. */
export function differenceOf({ before, after }: Pick<DiffRow, 'before' | 'after'>) {
  if (before === null) return 'added';
  return after === null ? 'removed' : 'changed';
}

function countsOf(rows: readonly DiffRow[]): DiffCounts {
  const counts = { added: 0, removed: 0, changed: 0 };
  for (const row of rows) counts[differenceOf(row)] += 1;
  return counts;
}

/** Counts by what rows share, the busiest first. */
function grouped<Key extends object>(
  rows: readonly DiffRow[],
  keyOf: (row: DiffRow) => Key,
): (Key & DiffCounts)[] {
  const groups = new Map<string, DiffRow[]>();
  for (const row of rows) {
    const key = JSON.stringify(keyOf(row));
    const others = groups.get(key);
    if (others === undefined) groups.set(key, [row]);
    else others.push(row);
  }
  return [...groups.values()]
    .sort((a, b) => b.length - a.length)
    .flatMap((group) => group.slice(0, 1).map((row) => ({ ...keyOf(row), ...countsOf(group) })));
}
