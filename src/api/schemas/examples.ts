// One small shop at noon, for all examples of the contract. A test holds them to the schemas.
const noon = '2026-03-01T12:00:00.000Z';
const quarterPast = '2026-03-01T12:15:00.000Z';
const run = '01985c1e-7a0f-7cc0-a9a4-6f1d2a3b4c5d';

export const exampleFreshness = {
  source: 'prometheus',
  lastCompleteWindowEnd: quarterPast,
  frontier: quarterPast,
  lagSeconds: 412,
};

/** What every answer about the graph carries. */
export const exampleAnswer = { freshness: [exampleFreshness], coverage: 'complete' as const };

export const exampleService = {
  id: 'shop:checkout',
  environment: '',
  cluster: '',
  namespace: 'shop',
  name: 'checkout',
  kind: 'service' as const,
  virtual: false,
  team: 'orders',
  criticality: null,
  firstSeenAt: noon,
};

export const exampleServer = {
  ...exampleService,
  id: 'shop:payment',
  name: 'payment',
};

export const exampleBelief = {
  state: 'active' as const,
  modes: ['sync' as const],
  criticality: 'hard' as const,
  confidence: 'medium' as const,
  conflicts: [],
};

export const exampleDependency = {
  id: 'shop:checkout~~shop:payment',
  client: exampleService.id,
  server: exampleServer.id,
  ...exampleBelief,
  from: noon,
  requestsPerSecond: 12.5,
  errorRatio: 0.002,
  latency: { server: { p50Seconds: 0.021, p95Seconds: 0.12 }, client: { meanSeconds: 0.042 } },
  firstSeenAt: noon,
  lastSeenAt: quarterPast,
};

export const exampleChange = {
  sequence: 4711,
  type: 'dependency.discovered' as const,
  at: noon,
  recordedAt: '2026-03-01T12:01:41.000Z',
  context: 'live' as const,
  run,
  source: 'prometheus',
  windowEnd: noon,
  dependency: {
    id: exampleDependency.id,
    client: exampleService.id,
    server: exampleServer.id,
    ...exampleBelief,
  },
  service: null,
};

export const exampleRun = {
  id: run,
  kind: 'ingest' as const,
  source: 'prometheus',
  state: 'completed' as const,
  error: null,
  workflowId: 'ingest/prometheus',
  startedAt: noon,
  finishedAt: '2026-03-01T12:00:04.000Z',
  failingSince: null,
  from: '2026-03-01T11:45:00.000Z',
  to: noon,
  windows: { complete: 1, partial: 0, suspicious: 0, failed: 0 },
  counts: {
    valuesRead: 240,
    valuesDropped: 2,
    observations: 118,
    servicesCreated: 0,
    dependenciesCreated: 1,
    dependenciesRevived: 0,
    dependenciesStale: 0,
    dependenciesRemoved: 0,
    dependenciesChanged: 0,
  },
};

export const exampleWindow = {
  source: 'prometheus',
  start: '2026-03-01T11:45:00.000Z',
  end: noon,
  outcome: 'suspicious' as const,
  reasons: ['fewSeries' as const],
  error: null,
  warnings: [],
  dialect: 'tempo',
  dialectVariant: null,
  series: { total: 120, nearStart: 118, nearEnd: 120, cannotTell: 0, broken: 0 },
  producers: { total: 2, missing: [] },
  shards: { planned: 1, lost: 0, splits: 0 },
  counts: {
    valuesRead: 240,
    valuesDropped: 2,
    observations: 118,
    selfCalls: 0,
    servicesCreated: 0,
    dependenciesCreated: 1,
    dependenciesRevived: 0,
    dependenciesRemoved: 0,
    dependenciesChanged: 0,
    presenceWarnings: 0,
    otherWarnings: 0,
    unanswered: 0,
  },
  dropped: { missingClient: 2 },
  noted: { addressName: 1 },
  durations: { planSeconds: 0.02, readSeconds: 0.42, writeSeconds: 0.17 },
  recordedAt: '2026-03-01T12:01:41.000Z',
  rereads: 0,
  lateSamples: false,
};

export const exampleKey = {
  id: '4fJ0aZ81xQc',
  name: 'grafana',
  state: 'active' as const,
  scopes: ['read' as const],
  environments: null,
  teams: null,
  createdAt: noon,
  createdBy: 'command line',
  expiresAt: '2027-03-01T00:00:00.000Z',
  rotatedAt: null,
  previousUntil: null,
  revokedAt: null,
  lastUsedAt: quarterPast,
};

export const exampleIssuedKey = { key: exampleKey, text: 'topolog_4fJ0aZ81xQc_…' };
