import { pino } from 'pino';
import { Registry } from 'prom-client';
import { createApp } from '../../src/api/app.ts';
import { createChangeWatch } from '../../src/api/change-watch.ts';
import type { ApiAccess, ApiDeps } from '../../src/api/deps.ts';
import { noMatch } from '../../src/domain/emptiness.ts';
import type { Freshness } from '../../src/domain/freshness.ts';
import type { ChangeQueries } from '../../src/graph/change-queries.ts';
import type { DependencyList } from '../../src/graph/dependency-list.ts';
import type { DependencyRow, Queries } from '../../src/graph/queries.ts';
import type { ServiceRow } from '../../src/graph/resolve-service.ts';
import type { RunRow } from '../../src/graph/runs.ts';
import type { Standing } from '../../src/graph/standing.ts';
import type { WindowQueries } from '../../src/graph/window-queries.ts';
import type { Runs } from '../../src/runs/runs.ts';

export const instantMillis = Date.UTC(2026, 2, 1, 12, 15);
export const instant = '2026-03-01T12:15:00.000Z';

const freshness: Freshness[] = [
  { source: 'prometheus', lastCompleteWindowEnd: instant, frontier: instant, lagSeconds: 90 },
];
/** What the answers of the doubles say of their sources. */
export const standing: Standing = { freshness, coverage: 'complete' };

export function serviceRow(id: string): ServiceRow {
  const parts = id.split(':');
  return {
    id,
    environment: '',
    cluster: '',
    namespace: parts.length > 1 ? (parts[0] ?? '') : '',
    name: parts.at(-1) ?? '',
    kind: 'service',
    virtual: false,
    team: null,
    criticality: null,
    firstSeenAtMillis: instantMillis,
  };
}

export function dependencyRow(client: string, server: string): DependencyRow {
  return {
    id: `${client}~~${server}`,
    client,
    server,
    state: 'active',
    modes: ['sync'],
    criticality: 'hard',
    confidence: 'medium',
    conflicts: [],
    fromMillis: instantMillis,
    requestsPerSecond: 2.5,
    errorRatio: 0.01,
    latency: { serverLatencyP95Seconds: 0.25, clientLatencyMeanSeconds: 0.5 },
    firstSeenAtMillis: instantMillis,
    lastSeenAtMillis: instantMillis,
  };
}

export function runRow(id: string): RunRow {
  return {
    id,
    workflowId: 'ingest/prometheus',
    kind: 'ingest',
    source: 'prometheus',
    state: 'running',
    error: null,
    startedAtMillis: instantMillis,
    finishedAtMillis: null,
    failingSinceMillis: null,
    fromMillis: null,
    toMillis: null,
    windowsComplete: 1,
    windowsPartial: 2,
    windowsSuspicious: 3,
    windowsFailed: 4,
    valuesRead: 5,
    valuesDropped: 6,
    observations: 7,
    servicesCreated: 8,
    dependenciesCreated: 9,
    dependenciesRevived: 10,
    dependenciesStale: 11,
    dependenciesRemoved: 12,
    dependenciesChanged: 13,
  };
}

function queriesOf(overrides: Partial<Queries>): Queries {
  return {
    historyFrom: async () => null,
    services: async () => ({ services: [], hasMore: false, ...standing }),
    service: async (_view, word) => ({ service: serviceRow(word), sameName: [], ...standing }),
    dependencies: async (_view, word) => ({
      service: serviceRow(word),
      services: [],
      dependencies: [],
      truncated: false,
      ...standing,
    }),
    servicesOf: async () => [],
    graph: async () => ({ services: [], dependencies: [], truncated: false, ...standing }),
    standing: async () => standing,
    whyEmpty: async () => noMatch,
    standingBetween: async () => ({ freshness, coverage: { from: 'complete', to: 'complete' } }),
    ...overrides,
  };
}

function runsOf(overrides: Partial<Runs>): Runs {
  return {
    start: async () => ({ run: runRow('run-1'), joined: false }),
    find: async (id) => runRow(id),
    page: async () => ({ runs: [], hasMore: false }),
    ...overrides,
  };
}

export interface TestOptions {
  readonly queries?: Partial<Queries>;
  readonly dependencies?: Partial<DependencyList>;
  readonly pages?: ApiDeps['pages'];
  readonly windows?: Partial<WindowQueries>;
  readonly changes?: Partial<ChangeQueries>;
  readonly diffs?: ApiDeps['diffs'];
  readonly explanations?: ApiDeps['explanations'];
  readonly impacts?: ApiDeps['impacts'];
  readonly tokens?: ApiDeps['tokens'];
  readonly runs?: Partial<Runs>;
  readonly access?: Partial<ApiAccess>;
  readonly logger?: ApiDeps['logger'];
  readonly readiness?: ApiDeps['readiness'];
  readonly isShuttingDown?: boolean;
  /** Made with the logger and registry of the app. */
  readonly limits?: (of: Pick<ApiDeps, 'logger' | 'registry'>) => NonNullable<ApiDeps['limits']>;
  readonly corsOrigins?: readonly string[];
}

const refuse = async (): Promise<never> => {
  throw new Error('The test did not expect to be asked this.');
};
const noKeys: ApiAccess['keys'] = {
  create: refuse,
  list: async () => ({ keys: [], hasMore: false }),
  find: refuse,
  rotate: refuse,
  revoke: refuse,
  revokeOfNobody: refuse,
  bootstrap: refuse,
};
const notAsked = { diff: refuse, explain: refuse, blastRadius: refuse };

/** The real app around hand-made answers, with everything it logs, and a clock that `pass` moves. */
export function createTestApp(options: TestOptions = {}) {
  const lines: Record<string, unknown>[] = [];
  let now = instantMillis;
  const write = (line: string) => void lines.push(JSON.parse(line));
  const registry = new Registry();
  const logger = options.logger ?? pino({ level: 'debug' }, { write });
  const app = createApp({
    queries: queriesOf(options.queries ?? {}),
    dependencies: {
      page: async () => ({ dependencies: [], hasMore: false, ...standing }),
      reached: async (_view, { word }) => ({
        service: serviceRow(word),
        services: [],
        dependencies: [],
        hasMore: false,
        truncated: false,
        ...standing,
      }),
      ...options.dependencies,
    },
    pages: options.pages ?? { async *pages() {} },
    windows: { windows: async () => ({ windows: [], hasMore: false }), ...options.windows },
    changes: {
      changes: async (_view, after) => ({
        changes: [],
        cursor: after,
        sequence: after,
        hasMore: false,
        pruned: false,
      }),
      sequence: async () => 0,
      ...options.changes,
    },
    watch: createChangeWatch({
      changes: { sequence: async () => 0, ...options.changes },
      everyMillis: 10,
      onError: () => {},
    }),
    diffs: options.diffs ?? notAsked,
    explanations: options.explanations ?? notAsked,
    impacts: options.impacts ?? notAsked,
    tokens: options.tokens ?? { tokens: async () => null },
    runs: runsOf(options.runs ?? {}),
    access: { authenticator: null, keys: noKeys, metricsNeedKey: false, ...options.access },
    readiness: options.readiness ?? {},
    isShuttingDown: () => options.isShuttingDown ?? false,
    ...(options.limits === undefined ? {} : { limits: options.limits({ logger, registry }) }),
    ...(options.corsOrigins === undefined ? {} : { corsOrigins: options.corsOrigins }),
    logger,
    registry,
    version: '1.2.3',
    now: () => now,
  });
  const pass = (millis: number) => {
    now += millis;
  };
  return { app, lines, registry, pass };
}

/** The JSON body of an answer; a test says what it takes it for. */
export async function bodyOf<T>(response: Response): Promise<T> {
  return response.json() as Promise<T>;
}

/** What tests look at in a problem. */
export interface ProblemBody {
  code: string;
  requestId: string;
  errors?: { pointer: string; detail: string }[];
}

/** A POST of a JSON body. */
export function json(body: unknown) {
  return {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}
