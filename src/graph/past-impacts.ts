import { impactsOf, type Severity } from '../domain/impact.ts';
import type { View } from '../domain/view.ts';
import type { Transaction } from './database.ts';
import { dependencyAtRow } from './queries.ts';
import { serviceRow, viewParams } from './resolve-service.ts';

/** Most dependencies that are looked at to tell how failures travelled. */
const maxDependencies = 50_000;

/** One way in which a failure travelled: to whom, and how hard it hit. */
interface Link {
  readonly hit: string;
  readonly severity: Severity;
}

/** How failures would have travelled at an instant. */
export interface PastImpacts {
  /** Who was hit along links of some severities, by hops, then by id. */
  hits(walking: {
    readonly id: string;
    readonly severities: readonly Severity[];
    readonly depth: number;
    readonly limit: number;
  }): Promise<{ id: string; hops: number }[]>;
  /** Whether there were more dependencies than are looked at. */
  isCut(): boolean;
}

/**
 * Derives impacts from what was believed at an instant, since only those of the present are kept.
 *
 * Links are read a hop at a time, those of each service once, however often it is walked through.
 */
export function createPastImpacts(transaction: Transaction, view: View, at: number): PastImpacts {
  const links = new Map<string, Link[]>();
  let looked = 0;
  let isCut = false;

  async function read(ids: readonly string[]): Promise<void> {
    const unread = new Map(
      ids.filter((id) => !links.has(id)).map((id): [string, Link[]] => [id, []]),
    );
    if (unread.size === 0) return;
    for (const [id, none] of unread) links.set(id, none);
    const params = { at, ...viewParams(view) };
    const rows = [];
    for (const name of ['query/upstream-at', 'query/downstream-at'] as const) {
      const limit = maxDependencies - looked + 1;
      const found = await transaction.rows(
        name,
        { ...params, ids: [...unread.keys()], limit },
        dependencyAtRow,
      );
      isCut ||= found.length === limit;
      looked = Math.min(maxDependencies, looked + found.length);
      rows.push(...found);
    }
    const ends = [...new Set(rows.flatMap(({ client, server }) => [client, server]))];
    const services = await transaction.rows(
      'query/services-by-id-at',
      { ...params, ids: ends },
      serviceRow,
    );
    const kinds = new Map(services.map(({ id, kind }) => [id, kind]));
    // One between two of them is found from both its ends.
    const dependencies = new Map(rows.map((row) => [row.id, row]));
    for (const row of dependencies.values()) {
      const clientKind = kinds.get(row.client) ?? 'unknown';
      const serverKind = kinds.get(row.server) ?? 'unknown';
      for (const { origin, severity } of impactsOf(row, clientKind, serverKind)) {
        const [from, hit] =
          origin === 'server' ? [row.server, row.client] : [row.client, row.server];
        unread.get(from)?.push({ hit, severity });
      }
    }
  }

  return {
    isCut: () => isCut,
    async hits({ id: start, severities, depth, limit }) {
      const visited = new Set([start]);
      const found: { id: string; hops: number }[] = [];
      let ids = [start];
      for (let hops = 1; hops <= depth && ids.length > 0 && found.length < limit; hops += 1) {
        await read(ids);
        const next = ids
          .flatMap((id) => links.get(id) ?? [])
          .filter(({ hit, severity }) => severities.includes(severity) && !visited.has(hit));
        ids = [...new Set(next.map(({ hit }) => hit))].sort();
        for (const id of ids) {
          visited.add(id);
          found.push({ id, hops });
        }
      }
      return found.slice(0, limit);
    },
  };
}
