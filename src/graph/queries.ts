import { z } from 'zod';
import {
  confidences,
  conflictSubjects,
  criticalities,
  dependencyStates,
  modes,
} from '../domain/dependency.ts';
import { type AskedInVain, type Emptiness, whyEmpty } from '../domain/emptiness.ts';
import { type LatencyName, latencyNames } from '../domain/latency.ts';
import type { ServiceKind } from '../domain/service.ts';
import { type EvidenceTraffic, trafficOf } from '../domain/traffic.ts';
import type { View } from '../domain/view.ts';
import type { Database, Transaction } from './database.ts';
import {
  type At,
  namesakesOf,
  resolveService,
  type ServiceRow,
  serviceRow,
  viewParams,
} from './resolve-service.ts';
import { type Standing, type StandingBetween, standingBetweenIn, standingIn } from './standing.ts';

/** Of each evidence of the latest windows its traffic, then its latencies as `latencyNames` has them. */
const measured = z.array(
  z
    .tuple([
      z.string(),
      z.string(),
      z.enum(modes),
      z.string().nullable(),
      z.string().nullable(),
      z.number().nullable(),
      z.number().nullable(),
    ])
    .rest(z.number().nullable()),
);

/** What is or was believed of a dependency. */
export const believedRow = z.object({
  id: z.string(),
  client: z.string(),
  server: z.string(),
  state: z.enum(dependencyStates),
  modes: z.array(z.enum(modes)),
  criticality: z.enum(criticalities),
  confidence: z.enum(confidences),
  conflicts: z.array(z.enum(conflictSubjects)),
  fromMillis: z.number(),
});

export const dependencyRow = believedRow
  .extend({
    firstSeenAtMillis: z.number().nullable(),
    lastSeenAtMillis: z.number().nullable(),
    /** Begin of the first window that showed it; only where the whole graph is asked for. */
    seenSinceMillis: z.number().nullish(),
    measured,
  })
  .transform(({ measured: all, ...row }) => {
    const { requestsPerSecond, errorRatio, latency } = trafficOf(all.map(evidenceTraffic));
    return { ...row, requestsPerSecond, errorRatio, latency };
  });
export type DependencyRow = z.output<typeof dependencyRow>;

/** Of the past the belief is kept and no traffic. */
export const dependencyAtRow = believedRow.transform(
  (row): DependencyRow => ({
    ...row,
    requestsPerSecond: null,
    errorRatio: null,
    firstSeenAtMillis: null,
    lastSeenAtMillis: null,
    latency: {},
  }),
);

function evidenceTraffic([
  source,
  callGroup,
  mode,
  dialect,
  variant,
  requestsPerSecond,
  errorRatio,
  ...seconds
]: z.output<typeof measured>[number]): EvidenceTraffic {
  const latency: Partial<Record<LatencyName, number>> = {};
  for (const [index, name] of latencyNames.entries()) {
    const value = seconds[index] ?? null;
    if (value !== null) latency[name] = value;
  }
  return { source, callGroup, mode, dialect, variant, requestsPerSecond, errorRatio, latency };
}

export type Direction = 'upstream' | 'downstream' | 'both';

/** A dependency reached from a service, `distance` hops away (1 = touches the service itself). */
export interface ReachedDependency extends DependencyRow {
  readonly distance: number;
  /** The end that is farther away; both where it is reached over either in as many hops. */
  readonly leadsTo: readonly string[];
}

/** Which services; what is left out does not matter. */
export interface ServiceFilter {
  readonly cluster?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  /** With which the name begins. */
  readonly prefix?: string | undefined;
  readonly kinds?: readonly ServiceKind[] | undefined;
}

/**
 * What can be asked of the graph; every answer about it is read with its standing in one transaction.
 *
 * Services outside of the view are not there: not found, not listed, not walked through.
 */
export interface Queries {
  /** A page of services by id; `hasMore` says whether another follows. */
  services(
    view: View,
    filter: ServiceFilter,
    after: string,
    limit: number,
    at?: At,
  ): Promise<{ services: ServiceRow[]; hasMore: boolean } & Standing>;
  /**
   * The service a word means: its id, an alias of it, or its bare name where only one service has it.
   *
   * @throws AppError `ServiceNotFound`, or `AmbiguousService` with `details.candidates`.
   */
  service(
    view: View,
    word: string,
    at?: At,
  ): Promise<
    {
      service: ServiceRow;
      /** Other services of that name; at most 20. */
      sameName: ServiceRow[];
    } & Standing
  >;
  /** What a service depends on (`downstream`), who depends on it (`upstream`), up to `depth` hops. */
  dependencies(
    view: View,
    word: string,
    direction: Direction,
    depth: number,
    at?: At,
  ): Promise<
    {
      service: ServiceRow;
      services: ServiceRow[];
      dependencies: ReachedDependency[];
      truncated: boolean;
    } & Standing
  >;
  /** The services that some dependencies touch. */
  servicesOf(view: View, dependencies: readonly DependencyRow[], at: At): Promise<ServiceRow[]>;
  /** The whole graph, cut at `maxDependencies` (then `truncated`). */
  graph(
    view: View,
    at?: At,
  ): Promise<
    {
      services: ServiceRow[];
      dependencies: DependencyRow[];
      truncated: boolean;
    } & Standing
  >;
  /** From when on the graph can be seen as it was; `null` where nothing was forgotten yet. */
  historyFrom(): Promise<number | null>;
  /** How far behind each source is, and whether it was looked at then. */
  standing(at: At): Promise<Standing>;
  /** The same for two instants, in epoch milliseconds. */
  standingBetween(fromMillis: number, toMillis: number): Promise<StandingBetween>;
  /** Why an answer has nothing in it. */
  whyEmpty(asked: AskedInVain): Promise<Emptiness>;
}

export interface QueriesOptions {
  readonly now: () => number;
  readonly maxDependencies?: number;
}

export function createQueries(database: Database, options: QueriesOptions): Queries {
  const maxDependencies = options.maxDependencies ?? 50_000;

  const standingOf = (transaction: Transaction, at: At) =>
    standingIn(transaction, at, options.now());

  async function servicesById(
    transaction: Transaction,
    view: View,
    dependencies: readonly DependencyRow[],
    at: At,
  ) {
    const ids = [...new Set(dependencies.flatMap(({ client, server }) => [client, server]))];
    const params = { ids, ...viewParams(view) };
    return at === null
      ? transaction.rows('query/services-by-id', params, serviceRow)
      : transaction.rows('query/services-by-id-at', { ...params, at }, serviceRow);
  }

  return {
    standing: (at) => database.read((transaction) => standingOf(transaction, at)),

    standingBetween: (from, to) =>
      database.read((transaction) => standingBetweenIn(transaction, from, to, options.now())),

    whyEmpty: (asked) =>
      database.read(async (transaction) => {
        const sources = await transaction.rows('query/first-windows', {}, beginningRow);
        return whyEmpty(sources, asked, options.now());
      }),

    historyFrom: () =>
      database.read(async (transaction) => {
        const rows = await transaction.rows('query/history-from', {}, historyFromRow);
        return rows[0]?.historyFromMillis ?? null;
      }),

    services: (view, filter, after, limit, at = null) =>
      database.read(async (transaction) => {
        const { cluster, namespace, name, prefix, kinds } = filter;
        const params = {
          cluster: cluster ?? null,
          namespace: namespace ?? null,
          name: name ?? null,
          prefix: prefix ?? null,
          kinds: kinds ?? null,
          after,
          limit: limit + 1,
          ...viewParams(view),
        };
        const rows =
          at === null
            ? await transaction.rows('query/services', params, serviceRow)
            : await transaction.rows('query/services-at', { ...params, at }, serviceRow);
        return {
          services: rows.slice(0, limit),
          hasMore: rows.length > limit,
          ...(await standingOf(transaction, at)),
        };
      }),

    service: (view, word, at = null) =>
      database.read(async (transaction) => {
        const service = await resolveService(transaction, view, word, at);
        const sameName = await namesakesOf(transaction, view, service, at);
        return { service, sameName, ...(await standingOf(transaction, at)) };
      }),

    dependencies: (view, word, direction, depth, at = null) =>
      database.read(async (transaction) => {
        const service = await resolveService(transaction, view, word, at);
        const found = new Map<string, ReachedDependency>();
        const directions =
          direction === 'both' ? (['downstream', 'upstream'] as const) : [direction];
        let truncated = false;
        for (const one of directions) {
          const walking = { view, start: service.id, direction: one, depth, at };
          truncated = (await walk(transaction, walking, found)) || truncated;
        }
        const dependencies = [...found.values()].sort(
          (a, b) => a.distance - b.distance || (a.id < b.id ? -1 : 1),
        );
        const services = await servicesById(transaction, view, dependencies, at);
        return {
          service,
          services: services.filter(({ id }) => id !== service.id),
          dependencies,
          truncated,
          ...(await standingOf(transaction, at)),
        };
      }),

    servicesOf: (view, dependencies, at) =>
      database.read((transaction) => servicesById(transaction, view, dependencies, at)),

    graph: (view, at = null) =>
      database.read(async (transaction) => {
        const params = { limit: maxDependencies + 1, ...viewParams(view) };
        const rows =
          at === null
            ? await transaction.rows('query/graph', params, dependencyRow)
            : await transaction.rows('query/graph-at', { ...params, at }, dependencyAtRow);
        const dependencies = rows.slice(0, maxDependencies);
        return {
          services: await servicesById(transaction, view, dependencies, at),
          dependencies,
          truncated: rows.length > maxDependencies,
          ...(await standingOf(transaction, at)),
        };
      }),
  };

  /** Walks one direction breadth first, a statement a hop; says whether the cap cut it. */
  async function walk(
    transaction: Transaction,
    { view, start, direction, depth, at }: Walk,
    found: Map<string, ReachedDependency>,
  ): Promise<boolean> {
    const visited = new Set([start]);
    let ids = [start];
    for (let distance = 1; distance <= depth && ids.length > 0; distance += 1) {
      const params = { ids, limit: maxDependencies - found.size + 1, ...viewParams(view) };
      const rows =
        at === null
          ? await transaction.rows(presentStatement[direction], params, dependencyRow)
          : await transaction.rows(asOfStatement[direction], { ...params, at }, dependencyAtRow);
      const next = new Set<string>();
      for (const row of rows) {
        if (found.size >= maxDependencies) return true;
        const reached = direction === 'downstream' ? row.server : row.client;
        const known = found.get(row.id);
        if (known === undefined || known.distance > distance) {
          found.set(row.id, { ...row, distance, leadsTo: [reached] });
        } else if (known.distance === distance) {
          found.set(row.id, { ...known, leadsTo: [...new Set([...known.leadsTo, reached])] });
        }
        if (!visited.has(reached)) next.add(reached);
      }
      for (const id of next) visited.add(id);
      ids = [...next];
    }
    return false;
  }
}

interface Walk {
  readonly view: View;
  readonly start: string;
  readonly direction: 'upstream' | 'downstream';
  readonly depth: number;
  readonly at: At;
}

const presentStatement = { upstream: 'query/upstream', downstream: 'query/downstream' } as const;
const asOfStatement = { upstream: 'query/upstream-at', downstream: 'query/downstream-at' } as const;
const beginningRow = z
  .object({
    firstReadEndMillis: z.number().nullable(),
    intervalSeconds: z.number().nullable(),
    settleMillis: z.number().nullable(),
  })
  .transform(({ intervalSeconds, ...row }) => ({
    ...row,
    intervalMillis: intervalSeconds === null ? null : intervalSeconds * 1000,
  }));
const historyFromRow = z.object({ historyFromMillis: z.number().nullable() });
