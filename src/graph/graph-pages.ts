import { z } from 'zod';
import type { DependencyState, Mode } from '../domain/dependency.ts';
import type { ServiceKind } from '../domain/service.ts';
import type { Database, Transaction } from './database.ts';
import { type DependencyRow, dependencyAtRow, dependencyRow } from './queries.ts';
import { type At, type ServiceRow, serviceRow } from './resolve-service.ts';

/** Which dependencies; what is said of a service must be true of one end at least. */
export interface GraphFilter {
  readonly environment?: string | undefined;
  readonly namespace?: string | undefined;
  readonly team?: string | undefined;
  readonly kind?: ServiceKind | undefined;
  readonly state?: DependencyState | undefined;
  readonly mode?: Mode | undefined;
}

/** Some dependencies, and the services they connect. */
export interface GraphPage {
  readonly services: readonly ServiceRow[];
  readonly dependencies: readonly DependencyRow[];
}

export interface GraphSelection {
  readonly at: At;
  readonly filter: GraphFilter;
  /** Without traffic, which is dear to read. */
  readonly topologyOnly: boolean;
}

/** The whole graph, a page at a time. */
export interface GraphPages {
  /**
   * Reads page by page as they are asked for, each in a short transaction of its own, so whoever
   * takes their time holds nothing of the database. A dependency is there once, unless belief in it
   * ends while the past is read: then it may be there twice, and the same.
   */
  pages(selection: GraphSelection): AsyncGenerator<GraphPage, void>;
}

/** Dependencies of a page; enough to be quick, few enough that many readers need little memory. */
const defaultPageSize = 1000;

const beliefRow = z.object({ cursor: z.string() }).and(dependencyAtRow);
const presentRow = dependencyRow.transform((row) => ({ ...row, cursor: row.id }));

export function createGraphPages(database: Database, pageSize = defaultPageSize): GraphPages {
  return {
    async *pages({ at, filter, topologyOnly }) {
      const params = { ...filterParams(filter), environments: null, teams: null, limit: pageSize };
      const withServices = async (transaction: Transaction, rows: readonly DependencyRow[]) => {
        const ids = [...new Set(rows.flatMap(({ client, server }) => [client, server]))];
        const services =
          at === null
            ? await transaction.rows('query/services-by-id', { ids }, serviceRow)
            : await transaction.rows('query/services-by-id-at', { ids, at }, serviceRow);
        return { services, dependencies: rows };
      };
      const present = (transaction: Transaction, after: string) =>
        at === null && !topologyOnly
          ? transaction.rows('query/graph-page', { ...params, after }, presentRow)
          : transaction.rows('query/topology-page', { ...params, at, after }, beliefRow);
      const past = (transaction: Transaction, after: string) =>
        transaction.rows('query/past-page', { ...params, at, after }, beliefRow);

      // What is still believed first, then what no longer is; each by the ids of its beliefs.
      for (const read of at === null ? [present] : [present, past]) {
        for (let after: string | undefined = ''; after !== undefined; ) {
          const begin: string = after;
          const [rows, page] = await database.read(async (transaction) => {
            const found = await read(transaction, begin);
            return [found, await withServices(transaction, found)] as const;
          });
          if (rows.length > 0) yield page;
          after = rows.length < pageSize ? undefined : rows.at(-1)?.cursor;
        }
      }
    },
  };
}

function filterParams(filter: GraphFilter) {
  const { environment, namespace, team, kind, state, mode } = filter;
  return {
    environment: environment ?? null,
    namespace: namespace ?? null,
    team: team ?? null,
    kind: kind ?? null,
    state: state ?? null,
    mode: mode ?? null,
  };
}
