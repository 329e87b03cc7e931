import type { DependencyState, Mode } from '../domain/dependency.ts';
import type { ServiceKind } from '../domain/service.ts';
import type { View } from '../domain/view.ts';
import type { Database } from './database.ts';
import { type DependencyRow, dependencyAtRow, dependencyRow, type Queries } from './queries.ts';
import { type At, resolveService, viewParams } from './resolve-service.ts';
import type { Standing } from './standing.ts';

/** Which dependencies; what is left out does not matter. */
export interface DependencyFilter {
  /** Id, alias or name of its client. */
  readonly client?: string | undefined;
  /** Id, alias or name of its server. */
  readonly server?: string | undefined;
  readonly states?: readonly DependencyState[] | undefined;
  /** It has one of these. */
  readonly modes?: readonly Mode[] | undefined;
  /** Of its server. */
  readonly kinds?: readonly ServiceKind[] | undefined;
}

/** All dependencies, page by page. */
export interface DependencyList {
  /**
   * A page of dependencies of which both ends are in the view, by id; `hasMore` says whether another follows.
   *
   * @throws AppError `ServiceNotFound`, `AmbiguousService` for the ends.
   */
  page(
    view: View,
    filter: DependencyFilter,
    after: string,
    limit: number,
    at: At,
  ): Promise<{ dependencies: DependencyRow[]; hasMore: boolean } & Standing>;
}

/** Comes after every id. */
const end = '\uffff';

export function createDependencyList(
  database: Database,
  { standing }: Pick<Queries, 'standing'>,
): DependencyList {
  return {
    async page(view, filter, after, limit, at) {
      const rows = await database.read(async (transaction) => {
        const idOf = async (word: string | undefined) =>
          word === undefined ? null : (await resolveService(transaction, view, word, at)).id;
        const client = await idOf(filter.client);
        const server = await idOf(filter.server);
        // An id begins with that of the client, so those of a client lie together in the index.
        const prefix = client === null ? '' : `${client}~~`;
        const params = {
          after: after.startsWith(prefix) ? after : prefix,
          before: `${prefix}${end}`,
          server,
          states: filter.states ?? null,
          modes: filter.modes ?? null,
          kinds: filter.kinds ?? null,
          limit: limit + 1,
          ...viewParams(view),
        };
        return at === null
          ? transaction.rows('query/dependencies', params, dependencyRow)
          : transaction.rows('query/dependencies-at', { ...params, at }, dependencyAtRow);
      });
      return {
        dependencies: rows.slice(0, limit),
        hasMore: rows.length > limit,
        ...(await standing(at)),
      };
    },
  };
}
