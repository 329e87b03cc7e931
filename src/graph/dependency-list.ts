import type { DependencyState, Mode } from '../domain/dependency.ts';
import type { ServiceKind } from '../domain/service.ts';
import type { View } from '../domain/view.ts';
import type { Database, Transaction } from './database.ts';
import { type DependencyPage, readDependencyPage } from './dependency-pages.ts';
import type { DependencyRow, Direction, Queries, ReachedDependency } from './queries.ts';
import { type At, resolveService, type ServiceRow } from './resolve-service.ts';
import type { Standing } from './standing.ts';

/** Which dependencies; what is left out does not matter. */
interface BeliefFilter {
  readonly states?: readonly DependencyState[] | undefined;
  /** It has one of these. */
  readonly modes?: readonly Mode[] | undefined;
}

export interface DependencyFilter extends BeliefFilter {
  /** Id, alias or name of its client. */
  readonly client?: string | undefined;
  /** Id, alias or name of its server. */
  readonly server?: string | undefined;
  /** Of its server. */
  readonly kinds?: readonly ServiceKind[] | undefined;
}

/** From which service to follow dependencies, which way and how far; which of them are wanted. */
export interface Following extends BeliefFilter {
  readonly word: string;
  readonly direction: Direction;
  /** Most hops, from 1. */
  readonly depth: number;
  /** Of the service that it leads to: downstream the server, upstream the client. */
  readonly kinds?: readonly ServiceKind[] | undefined;
}

/** Where a page of what is followed ends: its last dependency. */
export type ReachedPosition = Pick<ReachedDependency, 'distance' | 'id'>;

/** A page of what is followed, and the services that it touches but the one that was asked about. */
export interface ReachedPage extends Standing {
  readonly service: ServiceRow;
  readonly services: readonly ServiceRow[];
  readonly dependencies: readonly ReachedDependency[];
  readonly hasMore: boolean;
  /** Whether the farthest are missing because there are too many; known where the page has come so far. */
  readonly truncated: boolean;
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
  /**
   * A page of what a service depends on or who depends on it, by distance in hops, then by id.
   *
   * Those one hop away are read a page at a time, however many there are; only for what lies farther is
   * everything up to there walked.
   *
   * @throws AppError `ServiceNotFound`, `AmbiguousService`.
   */
  reached(
    view: View,
    following: Following,
    after: ReachedPosition | null,
    limit: number,
    at: At,
  ): Promise<ReachedPage>;
}

type Walks = Pick<Queries, 'standing' | 'dependencies' | 'servicesOf'>;

export function createDependencyList(database: Database, queries: Walks): DependencyList {
  return {
    async page(view, filter, after, limit, at) {
      const rows = await database.read(async (transaction) => {
        const idOf = async (word: string | undefined) =>
          word === undefined ? null : (await resolveService(transaction, view, word, at)).id;
        return readDependencyPage(transaction, {
          view,
          at,
          client: await idOf(filter.client),
          server: await idOf(filter.server),
          states: filter.states ?? null,
          modes: filter.modes ?? null,
          clientKinds: null,
          serverKinds: filter.kinds ?? null,
          without: null,
          after,
          limit: limit + 1,
        });
      });
      return {
        dependencies: rows.slice(0, limit),
        hasMore: rows.length > limit,
        ...(await queries.standing(at)),
      };
    },

    async reached(view, following, after, limit, at) {
      const { word, depth } = following;
      const { service, rows } = await database.read(async (transaction) => {
        const service = await resolveService(transaction, view, word, at);
        if (after !== null && after.distance > 1) return { service, rows: [] };
        const asked = { view, at, after: after?.id ?? '', limit: limit + 1 };
        return { service, rows: await readNearest(transaction, service.id, following, asked) };
      });
      const nearest = rows.map((row) => {
        const leadsTo = [row.client === service.id ? row.server : row.client];
        return { ...row, distance: 1, leadsTo };
      });
      if (depth > 1 && nearest.length <= limit) {
        return reachedByWalk(await walked(view, following, at), following, after, limit);
      }
      const dependencies = nearest.slice(0, limit);
      const services = await queries.servicesOf(view, dependencies, at);
      return {
        service,
        services: services.filter(({ id }) => id !== service.id),
        dependencies,
        hasMore: nearest.length > limit,
        truncated: false,
        ...(await queries.standing(at)),
      };
    },
  };

  function walked(view: View, { word, direction, depth }: Following, at: At) {
    return queries.dependencies(view, word, direction, depth, at);
  }
}

/** A page of the dependencies that touch a service, but its calls to itself. */
async function readNearest(
  transaction: Transaction,
  id: string,
  { direction, states, modes, kinds }: Following,
  asked: Pick<DependencyPage, 'view' | 'at' | 'after' | 'limit'>,
): Promise<DependencyRow[]> {
  const page = {
    ...asked,
    client: null,
    server: null,
    states: states ?? null,
    modes: modes ?? null,
    clientKinds: null,
    serverKinds: null,
    without: `${id}~~${id}`,
  };
  const down = { ...page, client: id, serverKinds: kinds ?? null };
  const up = { ...page, server: id, clientKinds: kinds ?? null };
  const rows: DependencyRow[] = [];
  if (direction !== 'upstream') rows.push(...(await readDependencyPage(transaction, down)));
  if (direction !== 'downstream') rows.push(...(await readDependencyPage(transaction, up)));
  return rows.sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, asked.limit);
}

type Walked = Awaited<ReturnType<Queries['dependencies']>>;

function reachedByWalk(
  found: Walked,
  following: Following,
  after: ReachedPosition | null,
  limit: number,
): ReachedPage {
  const isAfter = ({ distance, id }: ReachedPosition) =>
    after === null || distance > after.distance || (distance === after.distance && id > after.id);
  const wanted = found.dependencies.filter(wantedBy(following, found)).filter(isAfter);
  const dependencies = wanted.slice(0, limit);
  const touched = new Set(dependencies.flatMap(({ client, server }) => [client, server]));
  return {
    ...found,
    services: found.services.filter(({ id }) => touched.has(id)),
    dependencies,
    hasMore: wanted.length > limit,
  };
}

function wantedBy(
  { states, modes, kinds }: Following,
  { service, services }: Pick<Walked, 'service' | 'services'>,
): (one: ReachedDependency) => boolean {
  const known = new Map([service, ...services].map((one) => [one.id, one.kind]));
  const isOfKind = (id: string) => kinds?.some((one) => one === known.get(id)) ?? true;
  return (one) =>
    (states?.includes(one.state) ?? true) &&
    (modes?.some((wanted) => one.modes.includes(wanted)) ?? true) &&
    one.leadsTo.some(isOfKind);
}
