import { z } from 'zod';
import { dependencyStates, modes } from '../domain/dependency.ts';
import { type Freshness, freshnessOf } from '../domain/freshness.ts';
import { type Latency, latencyNames } from '../domain/latency.ts';
import { serviceKinds } from '../domain/service.ts';
import { AppError } from '../runtime/errors.ts';
import type { Database, Transaction } from './database.ts';

const serviceRow = z.object({
  id: z.string(),
  environment: z.string(),
  cluster: z.string(),
  namespace: z.string(),
  name: z.string(),
  kind: z.enum(serviceKinds),
  virtual: z.boolean(),
  firstSeenAtMillis: z.number(),
});
export type ServiceRow = z.output<typeof serviceRow>;

/** Of each evidence of the latest windows: its rate, then its latencies as `latencyNames` has them. */
const measured = z.array(z.array(z.number().nullable()));

const dependencyRow = z
  .object({
    id: z.string(),
    client: z.string(),
    server: z.string(),
    state: z.enum(dependencyStates),
    modes: z.array(z.enum(modes)),
    requestsPerSecond: z.number().nullable(),
    errorRatio: z.number().nullable(),
    firstSeenAtMillis: z.number().nullable(),
    lastSeenAtMillis: z.number().nullable(),
    measured,
  })
  .transform(({ measured: all, ...row }) => ({ ...row, latency: latencyOfBusiest(all) }));
export type DependencyRow = z.output<typeof dependencyRow>;

const freshnessRow = z.object({
  source: z.string(),
  lastCompleteWindowEndMillis: z.number().nullable(),
  frontierMillis: z.number().nullable(),
});

/** The latency of the evidence with most traffic: latencies of several cannot be put together. */
function latencyOfBusiest(all: z.output<typeof measured>): Latency {
  let busiest: readonly (number | null)[] = [];
  for (const one of all) if ((one[0] ?? -1) >= (busiest[0] ?? -1)) busiest = one;
  const known = latencyNames.flatMap((name, index) => {
    const seconds = busiest[index + 1] ?? null;
    return seconds === null ? [] : [[name, seconds] as const];
  });
  return Object.fromEntries(known);
}

export type Direction = 'upstream' | 'downstream' | 'both';

/** A dependency reached from a service, `distance` hops away (1 = touches the service itself). */
export interface ReachedDependency extends DependencyRow {
  readonly distance: number;
}

/** What can be asked of the graph; every answer about it is read with its freshness in one transaction. */
export interface Queries {
  /** A page of services by id; `hasMore` says whether another follows. */
  services(
    after: string,
    limit: number,
  ): Promise<{ services: ServiceRow[]; hasMore: boolean; freshness: Freshness[] }>;
  /**
   * The service a word means: its id, an alias of it, or its bare name where only one service has it.
   *
   * @throws AppError `ServiceNotFound`, or `AmbiguousService` with `details.candidates`.
   */
  service(word: string): Promise<{
    service: ServiceRow;
    /** Other services of that name; at most 20. */
    sameName: ServiceRow[];
    freshness: Freshness[];
  }>;
  /** What a service depends on (`downstream`), who depends on it (`upstream`), up to `depth` hops. */
  dependencies(
    word: string,
    direction: Direction,
    depth: number,
  ): Promise<{
    service: ServiceRow;
    services: ServiceRow[];
    dependencies: ReachedDependency[];
    truncated: boolean;
    freshness: Freshness[];
  }>;
  /** The whole present graph, cut at `maxDependencies` (then `truncated`). */
  graph(): Promise<{
    services: ServiceRow[];
    dependencies: DependencyRow[];
    truncated: boolean;
    freshness: Freshness[];
  }>;
  /** How far behind each source is. */
  freshness(): Promise<Freshness[]>;
}

export interface QueriesOptions {
  readonly now: () => number;
  readonly maxDependencies?: number;
}

const maxCandidates = 20;

export function createQueries(database: Database, options: QueriesOptions): Queries {
  const maxDependencies = options.maxDependencies ?? 50_000;

  async function freshnessIn(transaction: Transaction): Promise<Freshness[]> {
    const rows = await transaction.rows('query/freshness', {}, freshnessRow);
    return rows.map((row) => freshnessOf(row, options.now()));
  }

  async function servicesById(transaction: Transaction, dependencies: readonly DependencyRow[]) {
    const ids = [...new Set(dependencies.flatMap(({ client, server }) => [client, server]))];
    return transaction.rows('query/services-by-id', { ids }, serviceRow);
  }

  return {
    freshness: () => database.read(freshnessIn),

    services: (after, limit) =>
      database.read(async (transaction) => {
        const params = { after, limit: limit + 1 };
        const rows = await transaction.rows('query/services', params, serviceRow);
        return {
          services: rows.slice(0, limit),
          hasMore: rows.length > limit,
          freshness: await freshnessIn(transaction),
        };
      }),

    service: (word) =>
      database.read(async (transaction) => {
        const service = await resolveService(transaction, word);
        const sameName = await namesakesOf(transaction, service);
        return { service, sameName, freshness: await freshnessIn(transaction) };
      }),

    dependencies: (word, direction, depth) =>
      database.read(async (transaction) => {
        const service = await resolveService(transaction, word);
        const found = new Map<string, ReachedDependency>();
        const directions =
          direction === 'both' ? (['downstream', 'upstream'] as const) : [direction];
        let truncated = false;
        for (const one of directions) {
          truncated = (await walk(transaction, service.id, one, depth, found)) || truncated;
        }
        const dependencies = [...found.values()].sort(
          (a, b) => a.distance - b.distance || (a.id < b.id ? -1 : 1),
        );
        const services = await servicesById(transaction, dependencies);
        return {
          service,
          services: services.filter(({ id }) => id !== service.id),
          dependencies,
          truncated,
          freshness: await freshnessIn(transaction),
        };
      }),

    graph: () =>
      database.read(async (transaction) => {
        const params = { limit: maxDependencies + 1 };
        const rows = await transaction.rows('query/graph', params, dependencyRow);
        const dependencies = rows.slice(0, maxDependencies);
        return {
          services: await servicesById(transaction, dependencies),
          dependencies,
          truncated: rows.length > maxDependencies,
          freshness: await freshnessIn(transaction),
        };
      }),
  };

  /** Walks one direction breadth first, a statement a hop; says whether the cap cut it. */
  async function walk(
    transaction: Transaction,
    start: string,
    direction: 'upstream' | 'downstream',
    depth: number,
    found: Map<string, ReachedDependency>,
  ): Promise<boolean> {
    const visited = new Set([start]);
    let ids = [start];
    for (let distance = 1; distance <= depth && ids.length > 0; distance += 1) {
      const limit = maxDependencies - found.size + 1;
      const rows = await transaction.rows(`query/${direction}`, { ids, limit }, dependencyRow);
      const next = new Set<string>();
      for (const row of rows) {
        if (found.size >= maxDependencies) return true;
        const known = found.get(row.id)?.distance ?? distance;
        found.set(row.id, { ...row, distance: Math.min(known, distance) });
        const reached = direction === 'downstream' ? row.server : row.client;
        if (!visited.has(reached)) next.add(reached);
      }
      for (const id of next) visited.add(id);
      ids = [...next];
    }
    return false;
  }
}

/** How a word names a service: by its id, by an alias of it, or by its name. */
const namedRow = serviceRow.extend({ match: z.number() });
const byName = 2;

async function resolveService(transaction: Transaction, word: string): Promise<ServiceRow> {
  const rows = await servicesNamed(transaction, word);
  const [first] = rows;
  if (first === undefined) {
    throw new AppError('ServiceNotFound', `There is no service with the id or name "${word}".`);
  }
  if (first.match < byName || rows.length === 1) return withoutMatch(first);
  throw new AppError(
    'AmbiguousService',
    `Several services are called "${word}": name one of the candidates by its id.`,
    { details: { candidates: rows.map(({ id }) => id) } },
  );
}

/** Other services of the same name: pointed out, because they may be the same, and never merged. */
async function namesakesOf(transaction: Transaction, service: ServiceRow): Promise<ServiceRow[]> {
  const rows = await servicesNamed(transaction, service.name);
  return rows
    .filter(({ id, name }) => name === service.name && id !== service.id)
    .map(withoutMatch);
}

function servicesNamed(transaction: Transaction, word: string) {
  const params = { word, limit: maxCandidates };
  return transaction.rows('query/services-named', params, namedRow);
}

function withoutMatch({ match, ...service }: z.output<typeof namedRow>): ServiceRow {
  return service;
}
