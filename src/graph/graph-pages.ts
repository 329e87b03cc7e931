import { z } from 'zod';
import type { DependencyState, Mode } from '../domain/dependency.ts';
import type { ServiceKind } from '../domain/service.ts';
import type { View } from '../domain/view.ts';
import type { Database, Transaction } from './database.ts';
import { type DependencyRow, dependencyAtRow, dependencyRow } from './queries.ts';
import { type At, type ServiceRow, serviceRow, viewParams } from './resolve-service.ts';

/** Which dependencies; none that is left out says nothing. */
export interface GraphFilter {
  /** Of one end at least. */
  readonly namespace?: string | undefined;
  /** Of which one end at least is one. */
  readonly kinds?: readonly ServiceKind[] | undefined;
  readonly states?: readonly DependencyState[] | undefined;
  /** Of which it has one. */
  readonly modes?: readonly Mode[] | undefined;
}

/** Whether a dependency between two services is among those that were asked for. */
export function isSelected(
  { namespace, kinds, states, modes }: GraphFilter,
  { state, modes: has }: Pick<DependencyRow, 'state' | 'modes'>,
  ends: readonly Pick<ServiceRow, 'namespace' | 'kind'>[],
): boolean {
  return (
    (namespace === undefined || ends.some((end) => end.namespace === namespace)) &&
    (kinds === undefined || ends.some(({ kind }) => kinds.includes(kind))) &&
    (states === undefined || states.includes(state)) &&
    (modes === undefined || has.some((mode) => modes.includes(mode)))
  );
}

/** Some dependencies, and the services they connect. */
export interface GraphPage {
  readonly services: readonly ServiceRow[];
  readonly dependencies: readonly DependencyRow[];
}

export interface GraphSelection {
  readonly view: View;
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
  pages(selection: GraphSelection, pageSize?: number): AsyncGenerator<GraphPage, void>;
}

/** Dependencies of a page; enough to be quick, few enough that many readers need little memory. */
const defaultPageSize = 1000;

const beliefRow = z.object({ cursor: z.string() }).and(dependencyAtRow);
const presentRow = dependencyRow.transform((row) => ({ ...row, cursor: row.id }));

export function createGraphPages(database: Database): GraphPages {
  return {
    async *pages({ view, at, filter, topologyOnly }, pageSize = defaultPageSize) {
      // What kind a service was then is known with the services only.
      const asked = at === null ? filter : { ...filter, kinds: undefined };
      const params = { ...filterParams(asked), ...viewParams(view), limit: pageSize };
      const withServices = async (transaction: Transaction, rows: readonly DependencyRow[]) => {
        const ids = [...new Set(rows.flatMap(({ client, server }) => [client, server]))];
        const services =
          at === null
            ? await transaction.rows(
                'query/services-by-id',
                { ids, ...viewParams(view) },
                serviceRow,
              )
            : await transaction.rows(
                'query/services-by-id-at',
                { ids, at, ...viewParams(view) },
                serviceRow,
              );
        if (at === null || filter.kinds === undefined) return { services, dependencies: rows };
        const byId = new Map(services.map((one) => [one.id, one]));
        const endsOf = ({ client, server }: DependencyRow) =>
          [client, server].flatMap((id) => byId.get(id) ?? []);
        const dependencies = rows.filter((row) => isSelected(filter, row, endsOf(row)));
        const left = new Set(dependencies.flatMap(({ client, server }) => [client, server]));
        return { services: services.filter(({ id }) => left.has(id)), dependencies };
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

function filterParams({ namespace, kinds, states, modes }: GraphFilter) {
  return {
    namespace: namespace ?? null,
    kinds: kinds ?? null,
    states: states ?? null,
    modes: modes ?? null,
  };
}
