import { it } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { configSchema, loadConfig } from '../../src/runtime/config.ts';
import { AppError } from '../../src/runtime/errors.ts';

type Env = Record<string, string | undefined>;

function problemsOf(env: Env): { names: string[]; message: string; all: string } {
  try {
    loadConfig(env);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'InvalidConfiguration') throw error;
    const problems = error.details.problems as string[];
    return {
      names: problems.map((problem) => problem.split(':')[0] ?? ''),
      message: error.message,
      all: JSON.stringify([error.message, error.stack, error.details, String(error.cause)]),
    };
  }
  return { names: [], message: '', all: '' };
}

const names = Object.keys(configSchema.shape);

/** A value no setting with a rule accepts, put where a person might paste a password. */
const wrong: Env = Object.fromEntries(
  names
    .filter((name) => name !== 'TOPOLOG_SOURCES_FILE')
    .map((name) => [name, 'hunter2 is not it!']),
);

describe('the configuration', () => {
  it('has a default for every setting but those that name what only the operator knows', () => {
    const config = loadConfig({});
    const unset = names.filter((name) => config[name as keyof typeof config] === undefined);
    expect(unset).toEqual([
      'TOPOLOG_SOURCES_FILE',
      'PROMETHEUS_URL',
      'TEMPORAL_METRICS_PORT',
      'NEO4J_PASSWORD',
      'ALLOWED_HOSTS',
      'REDIS_URL',
      'TRUSTED_PROXIES',
      'CORS_ORIGINS',
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    ]);
    expect(config).toMatchObject({
      NEO4J_URI: 'bolt://127.0.0.1:7687',
      TEMPORAL_ADDRESS: '127.0.0.1:7233',
      HOST: '127.0.0.1',
      API_KEYS: 'auto',
    });
  });

  it('takes an empty variable for unset', () => {
    const empty = Object.fromEntries(names.map((name) => [name, '']));
    expect(loadConfig(empty)).toEqual(loadConfig({}));
  });

  it('does not mind variables of others', () => {
    expect(loadConfig({ PATH: '/bin', HOME: '/' })).toEqual(loadConfig({}));
  });

  it('explains every setting', () => {
    for (const [name, setting] of Object.entries(configSchema.shape)) {
      expect(setting.description, name).toMatch(/\w+/);
    }
  });
});

describe('a share', () => {
  it.each(['0', '.5', '0.5', '0.25', '1', '1.0'])('may be %s', (text) => {
    const { SUSPICIOUS_SERIES_RATIO: ratio } = loadConfig({ SUSPICIOUS_SERIES_RATIO: text });
    expect(ratio).toBe(Number(text));
  });

  it.each(['1.5', '-0.5', '50%', '0,5', '5e-1', '.', ' '])('is not %j', (text) => {
    expect(problemsOf({ SUSPICIOUS_SERIES_RATIO: text }).names).toEqual([
      'SUSPICIOUS_SERIES_RATIO',
    ]);
  });
});

describe('a duration', () => {
  const millisOf = (text: string) =>
    loadConfig({ STALE_EDGE_THRESHOLD_HOURS: text }).STALE_EDGE_THRESHOLD_HOURS.millis;

  it.each([
    ['168', 168 * 3_600_000],
    ['5m', 300_000],
    ['1d12h', 36 * 3_600_000],
  ])('may be %s', (text, millis) => {
    expect(millisOf(text)).toBe(millis);
  });

  it.each(['0', '0m', '-1', '1.5', 'soon', '5 m', '999999999'])('is not %j', (text) => {
    expect(problemsOf({ STALE_EDGE_THRESHOLD_HOURS: text }).names).toEqual([
      'STALE_EDGE_THRESHOLD_HOURS',
    ]);
  });
});

describe('a list', () => {
  it.each([
    ['10.0.0.0/8', ['10.0.0.0/8']],
    ['10.0.0.0/8, ::1', ['10.0.0.0/8', '::1']],
    [' 192.0.2.1\n2001:db8::/32, ', ['192.0.2.1', '2001:db8::/32']],
  ])('of proxies may be %j', (text, all) => {
    expect(loadConfig({ TRUSTED_PROXIES: text }).TRUSTED_PROXIES).toEqual(all);
  });

  it.each(['10.0.0.0/33', '10.0.0', 'proxy.example', '::1/129', '10.0.0.1/', '10.0.0.1/8/8', '*'])(
    'of proxies is not %j',
    (text) => {
      expect(problemsOf({ TRUSTED_PROXIES: text }).names).toEqual(['TRUSTED_PROXIES']);
    },
  );

  it.each(['localhost', 'topolog.example,api', 'xn--caf-dma.example 10.0.0.0/8', 'fd00::/8,::1'])(
    'of hosts is names, addresses and networks: %j',
    (text) => {
      expect(loadConfig({ ALLOWED_HOSTS: text }).ALLOWED_HOSTS).toEqual(text.split(/[, ]/));
    },
  );

  it.each([
    '*',
    '*.example',
    'topolog.example:8000',
    'http://a.example',
    'a/b',
    'a@b',
    '10.0.0.0/33',
  ])('of hosts is not %j', (text) => {
    expect(problemsOf({ ALLOWED_HOSTS: text }).names).toEqual(['ALLOWED_HOSTS']);
  });

  it('of origins is taken as browsers write them', () => {
    const text = 'https://grafana.example,http://127.0.0.1:3000';
    expect(loadConfig({ CORS_ORIGINS: text }).CORS_ORIGINS).toEqual(text.split(','));
  });

  it.each(['*', 'null', 'grafana.example', 'https://grafana.example/', 'https://a.example/x'])(
    'of origins is not %j',
    (text) => {
      expect(problemsOf({ CORS_ORIGINS: text }).names).toEqual(['CORS_ORIGINS']);
    },
  );
});

describe('a Redis', () => {
  it('is named by its URL, whose password is kept secret', () => {
    const config = loadConfig({ REDIS_URL: 'redis://:hunter2@cache:6379/1' });
    expect(config.REDIS_URL?.reveal()).toBe('redis://:hunter2@cache:6379/1');
    expect(JSON.stringify(config)).not.toContain('hunter2');
  });
});

describe('a wrong configuration', () => {
  it('is refused with all that is wrong at once', () => {
    const { names: wrongNames, message } = problemsOf(wrong);
    expect(wrongNames).toEqual([
      'PROMETHEUS_URL',
      'PROMETHEUS_TIMEOUT_SECONDS',
      'PROMETHEUS_MAX_ANSWER_BYTES',
      'OTEL_GRAPH_SOURCE_ID',
      'OTEL_GRAPH_DIALECT',
      'OTEL_GRAPH_INGEST_INTERVAL_MINUTES',
      'OTEL_GRAPH_SETTLE_SECONDS',
      'OTEL_GRAPH_REACH_SECONDS',
      'OTEL_GRAPH_SCRAPE_INTERVAL_SECONDS',
      'INGEST_SHARD_SERIES',
      'INGEST_SHARD_CONCURRENCY',
      'SUSPICIOUS_SERIES_RATIO',
      'MISSING_PRODUCER_HOURS',
      'MAX_CATCHUP_HOURS',
      'REREAD_WITHIN_HOURS',
      'INGEST_BACKFILL_HOURS',
      'STALE_EDGE_THRESHOLD_HOURS',
      'REMOVE_AFTER_DAYS',
      'STALE_SCHEDULE',
      'STALE_BREAKER_RATIO',
      'STALE_BREAKER_MIN_DEPENDENCIES',
      'HISTORY_RETENTION_DAYS',
      'TEMPORAL_ADDRESS',
      'TEMPORAL_METRICS_PORT',
      'NEO4J_URI',
      'GRAPH_WRITE_BATCH_ROWS',
      'PORT',
      'WORKER_PORT',
      'API_KEYS',
      'ALLOWED_HOSTS',
      'METRICS_NEED_KEY',
      'RATE_LIMIT_READS_PER_MINUTE',
      'RATE_LIMIT_WRITES_PER_MINUTE',
      'RATE_LIMIT_RUNS_PER_MINUTE',
      'REDIS_URL',
      'MAX_REQUESTS_IN_FLIGHT',
      'MAX_REQUESTS_IN_FLIGHT_PER_CALLER',
      'TRUSTED_PROXIES',
      'CORS_ORIGINS',
      'SHUTDOWN_GRACE_SECONDS',
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
      'LOG_LEVEL',
    ]);
    for (const name of wrongNames) expect(message).toContain(`${name}: `);
  });

  it('never shows a value, neither a wrong one nor one beside it', () => {
    expect(problemsOf(wrong).all).not.toContain('hunter2');
    expect(problemsOf({ NEO4J_PASSWORD: 'hunter2', PORT: 'x' }).all).not.toContain('hunter2');
    const uri = 'http://neo4j:hunter2@db:7687';
    expect(problemsOf({ NEO4J_URI: uri, PROMETHEUS_URL: 'ftp://a:hunter2@b' }).all).not.toContain(
      'hunter2',
    );
  });

  it.prop([fc.constantFrom(...names), fc.stringMatching(/^#[a-z]{5,10}#$/)])(
    'never shows a value, whatever it is',
    (name, value) => {
      expect(problemsOf({ [name]: value, PORT: 'none' }).all).not.toContain(value);
    },
  );

  it('is one with a sources file beside the settings of the one source', () => {
    const { names: wrongNames, message } = problemsOf({
      TOPOLOG_SOURCES_FILE: 'sources.yaml',
      PROMETHEUS_URL: 'http://localhost:9090',
      OTEL_GRAPH_CLUSTER: 'eu',
      PORT: 'x',
    });
    expect(wrongNames).toEqual(['PORT', 'PROMETHEUS_URL', 'OTEL_GRAPH_CLUSTER']);
    expect(message).toContain('cannot be used together with TOPOLOG_SOURCES_FILE');
  });

  it.each([
    ['PROMETHEUS_URL', 'localhost:9090'],
    ['PROMETHEUS_URL', 'ftp://localhost'],
    ['OTEL_GRAPH_SOURCE_ID', '-mimir'],
    ['OTEL_GRAPH_SOURCE_ID', 'Mimir'],
    ['OTEL_GRAPH_SOURCE_ID', 'a|b'],
    ['OTEL_GRAPH_SOURCE_ID', 'a'.repeat(64)],
    ['OTEL_GRAPH_INGEST_INTERVAL_MINUTES', '0'],
    ['OTEL_GRAPH_INGEST_INTERVAL_MINUTES', '1.5'],
    ['OTEL_GRAPH_INGEST_INTERVAL_MINUTES', '1441'],
    ['OTEL_GRAPH_SETTLE_SECONDS', '-1'],
    ['OTEL_GRAPH_SETTLE_SECONDS', ' '],
    ['OTEL_GRAPH_REACH_SECONDS', '0'],
    ['MAX_CATCHUP_HOURS', '0'],
    ['MAX_CATCHUP_HOURS', '0.5'],
    ['MAX_CATCHUP_HOURS', 'Infinity'],
    ['TEMPORAL_ADDRESS', 'http://temporal:7233'],
    ['TEMPORAL_ADDRESS', 'dns:///temporal:7233'],
    ['TEMPORAL_ADDRESS', 'temporal:7233/'],
    ['TEMPORAL_ADDRESS', 'temporal:0'],
    ['TEMPORAL_ADDRESS', 'temporal:65536'],
    ['TEMPORAL_ADDRESS', 'temporal:'],
    ['TEMPORAL_ADDRESS', 'temporal:grpc'],
    ['TEMPORAL_ADDRESS', ':7233'],
    ['TEMPORAL_ADDRESS', '7233'],
    ['TEMPORAL_ADDRESS', '10.0.0:7233'],
    ['TEMPORAL_ADDRESS', '::1'],
    ['TEMPORAL_ADDRESS', '::1:7233'],
    ['TEMPORAL_ADDRESS', '[temporal]:7233'],
    ['TEMPORAL_ADDRESS', '[]:7233'],
    ['TEMPORAL_ADDRESS', 'a, b'],
    ['NEO4J_URI', 'http://localhost:7474'],
    ['GRAPH_WRITE_BATCH_ROWS', '5001'],
    ['PORT', '65536'],
    ['PORT', ' '],
    ['PORT', '0x1f90'],
    ['API_KEYS', 'maybe'],
    ['METRICS_NEED_KEY', 'maybe'],
    ['LOG_LEVEL', 'verbose'],
  ])('is one with %s=%j', (name, value) => {
    expect(problemsOf({ [name]: value }).names).toEqual([name]);
  });
});

describe('a right configuration', () => {
  it.each([
    ['API_KEYS', 'required', 'required'],
    ['METRICS_NEED_KEY', 'true', true],
    ['METRICS_NEED_KEY', 'false', false],
    ['METRICS_NEED_KEY', '0', false],
    ['PORT', '0', 0],
    ['OTEL_GRAPH_SETTLE_SECONDS', '0', 0],
    ['MAX_CATCHUP_HOURS', '48', 48],
    ['TEMPORAL_ADDRESS', 'temporal', 'temporal'],
    ['TEMPORAL_ADDRESS', 'a-b.tmprl.cloud:7233', 'a-b.tmprl.cloud:7233'],
    ['TEMPORAL_ADDRESS', '10.0.0.1:7233', '10.0.0.1:7233'],
    ['TEMPORAL_ADDRESS', '[::1]:7233', '[::1]:7233'],
    ['TEMPORAL_ADDRESS', '[::ffff:192.0.2.128]', '[::ffff:192.0.2.128]'],
    ['NEO4J_URI', 'neo4j+s://graph:7687', 'neo4j+s://graph:7687'],
    ['NEO4J_URI', 'bolt+ssc://graph', 'bolt+ssc://graph'],
    ['PROMETHEUS_URL', 'https://mimir/prometheus', 'https://mimir/prometheus'],
  ])('%s=%s', (name, value, meaning) => {
    expect(loadConfig({ [name]: value })).toMatchObject({ [name]: meaning });
  });

  it('keeps the password for those who ask for it', () => {
    const config = loadConfig({ NEO4J_PASSWORD: 'hunter2' });
    expect(config.NEO4J_PASSWORD?.reveal()).toBe('hunter2');
    expect(JSON.stringify(config)).not.toContain('hunter2');
  });
});
