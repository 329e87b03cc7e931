/** Settings in plain text that nothing takes: the program, and before it the chart, which is told the same. */
export const badSettings: readonly (readonly [name: string, value: string | number | boolean])[] = [
  ['PROMETHEUS_URL', 'p:9090'],
  ['PROMETHEUS_URL', 'prometheus'],
  ['PROMETHEUS_URL', 'ftp://prometheus'],
  ['PROMETHEUS_URL', 'http://'],
  ['PROMETHEUS_URL', 'http://prometheus:99999'],
  ['PROMETHEUS_URL', 'http://999.1.1.1'],
  ['PROMETHEUS_URL', 'http://me:password@prometheus'],
  ['PROMETHEUS_TIMEOUT_SECONDS', 0],
  ['PROMETHEUS_TIMEOUT_SECONDS', '3601'],
  ['PROMETHEUS_TIMEOUT_SECONDS', '1e3'],
  ['PROMETHEUS_TIMEOUT_SECONDS', 1.5],
  ['PROMETHEUS_MAX_ANSWER_BYTES', 1023],
  ['OTEL_GRAPH_SOURCE_ID', 'Main'],
  ['OTEL_GRAPH_DIALECT', 'jaeger'],
  ['OTEL_GRAPH_INGEST_INTERVAL_MINUTES', 1441],
  ['INGEST_SHARD_CONCURRENCY', '101'],
  ['SUSPICIOUS_SERIES_RATIO', 1.1],
  ['SUSPICIOUS_SERIES_RATIO', '50%'],
  ['MISSING_PRODUCER_HOURS', 'soon'],
  ['MISSING_PRODUCER_HOURS', 0],
  ['STALE_EDGE_THRESHOLD_HOURS', '0s'],
  ['STALE_EDGE_THRESHOLD_HOURS', '3651d'],
  ['REMOVE_AFTER_DAYS', '1w'],
  ['STALE_SCHEDULE', '@daily'],
  ['TEMPORAL_METRICS_PORT', 65_536],
  ['GRAPH_WRITE_BATCH_ROWS', 5001],
  ['API_KEYS', 'on'],
  ['METRICS_NEED_KEY', 'perhaps'],
  ['RATE_LIMIT_READS_PER_MINUTE', -1],
  ['REDIS_URL', 'redis:6379'],
  ['REDIS_URL', 'http://redis:6379'],
  ['TRUSTED_PROXIES', '10.0.0.0/33'],
  ['TRUSTED_PROXIES', 'ingress-nginx'],
  ['TRUSTED_PROXIES', '::1,fe80::1::2'],
  ['CORS_ORIGINS', '*'],
  ['CORS_ORIGINS', 'https://grafana.example/'],
  ['CORS_ORIGINS', 'https://grafana.example:443'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'otel-collector:4318'],
  ['LOG_LEVEL', 'loud'],
];

/** Settings that both take. */
export const goodSettings: readonly (readonly [string, string | number | boolean])[] = [
  ['PROMETHEUS_URL', 'http://prometheus.monitoring.svc.cluster.local:9090'],
  ['PROMETHEUS_URL', 'https://mimir.example/prometheus/'],
  ['PROMETHEUS_URL', 'http://10.0.0.7:9090'],
  ['PROMETHEUS_URL', 'http://[fd00::7]:9090'],
  ['PROMETHEUS_URL', 'http://3scale-prometheus'],
  ['PROMETHEUS_TIMEOUT_SECONDS', 3600],
  ['PROMETHEUS_MAX_ANSWER_BYTES', '1073741824'],
  ['SUSPICIOUS_SERIES_RATIO', 0.25],
  ['SUSPICIOUS_SERIES_RATIO', '.5'],
  ['MISSING_PRODUCER_HOURS', '5m'],
  ['MISSING_PRODUCER_HOURS', 24],
  ['STALE_EDGE_THRESHOLD_HOURS', '1d12h'],
  ['REMOVE_AFTER_DAYS', '3650d'],
  ['STALE_SCHEDULE', '*/5 2-4 * * MON,TUE'],
  ['TEMPORAL_METRICS_PORT', '0'],
  ['METRICS_NEED_KEY', true],
  ['REDIS_URL', 'rediss://redis.example:6380/1'],
  ['TRUSTED_PROXIES', '10.0.0.0/8, ::1,fd00::/8'],
  ['CORS_ORIGINS', 'https://grafana.example http://127.0.0.1:3000'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://otel-collector:4318'],
];

type SourceFields = Readonly<Record<string, unknown>>;
const url = 'https://prometheus.example';

/** Sources that nothing takes. */
export const badSources: readonly (readonly [what: string, sources: readonly SourceFields[]])[] = [
  ['no url', [{ id: 'a' }]],
  ['an address that is no url', [{ id: 'a', url: 'p:9090' }]],
  ['a url with a query', [{ id: 'a', url: 'http://p?x=1' }]],
  ['a password in a url', [{ id: 'a', url: 'http://me:password@p' }]],
  ['an interval of no length', [{ id: 'a', url, interval: '0s' }]],
  ['an interval beyond a day', [{ id: 'a', url, interval: '24h1s' }]],
  ['an interval without a unit', [{ id: 'a', url, interval: '15' }]],
  ['a reach of no length', [{ id: 'a', url, reach: '0s' }]],
  ['a label that is the name of the metric', [{ id: 'a', url, kindLabels: ['__name__'] }]],
  ['a label without a name', [{ id: 'a', url, replicaLabels: [''] }]],
  ['a secret in plain sight', [{ id: 'a', url, bearerToken: 'password' }]],
  [
    'an id twice',
    [
      { id: 'a', url },
      { id: 'a', url },
    ],
  ],
  [
    'two ways to log in',
    [{ id: 'a', url, bearerToken: '$A', basicAuth: { username: 'u', password: '$B' } }],
  ],
  ['tls without https', [{ id: 'a', url: 'http://p', tls: { ca: '$A' } }]],
  ['a certificate without its key', [{ id: 'a', url, tls: { cert: '$A' } }]],
  ['a prefix of another dialect', [{ id: 'a', url, dialect: 'tempo', metricPrefix: 'x_' }]],
  ['a reporter of another dialect', [{ id: 'a', url, dialect: 'beyla', istioReporter: 'source' }]],
  ['the calls of a source that is not there', [{ id: 'a', url, sameCallsAs: ['b'] }]],
  ['the calls of the source itself', [{ id: 'a', url, sameCallsAs: ['a'] }]],
  [
    'a label with two meanings',
    [{ id: 'a', url, labels: { client: { name: ['x'] } }, kindLabels: ['x'] }],
  ],
  ['a rule that writes nowhere', [{ id: 'a', url, relabel: [{ sourceLabels: ['name'] }] }]],
  [
    'a rule that keeps into a label',
    [{ id: 'a', url, relabel: [{ action: 'keep', sourceLabels: ['name'], targetLabel: 'name' }] }],
  ],
  ['a rule that drops nothing', [{ id: 'a', url, relabel: [{ action: 'drop' }] }]],
  [
    'a rule in small letters by expression',
    [
      {
        id: 'a',
        url,
        relabel: [{ action: 'lowercase', sourceLabels: ['name'], targetLabel: 'name', regex: 'x' }],
      },
    ],
  ],
];

/** Sources that both take. */
export const goodSources: readonly SourceFields[] = [
  { id: 'a', url, interval: '1h30m', settle: '0s', sameCallsAs: ['b'], bearerToken: '$TOKEN' },
  { id: 'b', url, headers: { 'X-Scope-OrgID': 'tenant' }, params: { dedup: ['true', '$PART'] } },
  {
    id: 'c',
    url,
    labels: { client: { name: ['x'] } },
    kindLabels: ['y'],
    tls: { ca: { file: '/ca' } },
  },
];
