import { z } from 'zod';
import { dialectNames } from '../sources/dialect-names.ts';
import { ConfiguredDuration, millisOf } from './duration.ts';
import { AppError } from './errors.ts';
import { isHostOrNetwork } from './host-names.ts';
import { isAddressOrNetwork, isHostAndPort } from './network.ts';
import {
  digitsBetween,
  durationsBetween,
  patternOfHostAndPort,
  patternOfHosts,
  patternOfHttpUrl,
  patternOfNeo4jUri,
  patternOfNetworks,
  patternOfOrigins,
  patternOfRedisUrl,
} from './patterns.ts';
import { Secret } from './secret.ts';

/** A variable that is a number; only digits, because blanks, `0x10` and `1e3` are slips. */
const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max))
    .meta({ pattern: `^${digitsBetween(min, max)}$`, minimum: min, maximum: max });
/** A variable that is a share of something. */
const share = z
  .string()
  .regex(/^(1(\.0+)?|0|0?\.\d+)$/, 'must be a number from 0 to 1, such as 0.5')
  .transform(Number);
/** A variable that is a duration: a number of `unitMillis`, or one with its units, such as `5m`. */
const timeIn = (unitMillis: number, max: number) =>
  z
    .string()
    .transform((text, context) => {
      const millis = /^\d+$/.test(text) ? Number(text) * unitMillis : millisOf(text);
      if (millis !== null && millis > 0 && millis <= max * unitMillis) {
        return new ConfiguredDuration(text, millis);
      }
      context.addIssue({
        code: 'custom',
        message: `must be a whole number from 1 to ${max}, or a duration such as 5m or 12h`,
      });
      return z.NEVER;
    })
    .meta({
      pattern: `^(${digitsBetween(1, max)}|${durationsBetween(1000, max * unitMillis)})$`,
      minimum: 1,
      maximum: max,
    });
const port = wholeNumber(0, 65_535);
/** A variable that is a list, separated by commas or blanks. */
const listOf = (isOne: (text: string) => boolean, pattern: string, error: string) =>
  z
    .string()
    .transform((text) => text.split(/[\s,]+/).filter((one) => one !== ''))
    .refine((all) => all.every(isOne), error)
    .meta({ pattern })
    .optional();
const perMinute = wholeNumber(0, 1_000_000);
/** The address of a server, its path included. */
export const serverUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .refine((text) => !hasCredentials(text), 'must not contain a user or password')
  .meta({ pattern: patternOfHttpUrl });
/** The id of a source: part of ids of workflows, windows and evidence. */
export const sourceId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be 1 to 63 of a-z, 0-9 and -, beginning with no -');

/** Whether a text is what a browser sends as `Origin`. */
function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

/** Whether a URL has `user:password@`; such URLs are printed and logged. */
function hasCredentials(text: string): boolean {
  const parsed = URL.canParse(text) ? new URL(text) : null;
  return parsed !== null && parsed.username + parsed.password !== '';
}

/** Every setting of Topolog: environment variable, default and meaning. The README's table is checked against it. */
export const configSchema = z.object({
  TOPOLOG_SOURCES_FILE: z
    .string()
    .optional()
    .describe('YAML file with any number of sources (docs/sources.md), in place of the one below'),
  PROMETHEUS_URL: serverUrl
    .optional()
    .describe('Prometheus-compatible server to read, where there is one source'),
  PROMETHEUS_TIMEOUT_SECONDS: wholeNumber(1, 3600)
    .default(60)
    .describe('Most time one answer may take; what takes longer is asked in parts'),
  PROMETHEUS_MAX_ANSWER_BYTES: wholeNumber(1024, 1_073_741_824)
    .default(67_108_864)
    .describe('Largest answer that is read; what is larger is asked in parts'),
  OTEL_GRAPH_SOURCE_ID: sourceId
    .default('prometheus')
    .describe('Id of that source, in answers, evidence and workflow ids'),
  OTEL_GRAPH_DIALECT: z
    .enum(['auto', ...dialectNames])
    .default('auto')
    .describe(
      'Whose metrics these are: tempo, otel-collector, beyla, istio, linkerd, or auto to look',
    ),
  OTEL_GRAPH_INGEST_INTERVAL_MINUTES: wholeNumber(1, 1440)
    .default(15)
    .describe('Length of a window, and how often the source is read'),
  OTEL_GRAPH_SETTLE_SECONDS: wholeNumber(0, 86_400)
    .default(90)
    .describe('How long after its end a window is read, so that late samples are in'),
  OTEL_GRAPH_REACH_SECONDS: wholeNumber(1, 86_400)
    .default(300)
    .describe('How far before a window the previous value of a series is looked for'),
  OTEL_GRAPH_SCRAPE_INTERVAL_SECONDS: wholeNumber(1, 3600)
    .default(60)
    .describe(
      'How often the source samples; a window needs samples within two of these of both ends',
    ),
  OTEL_GRAPH_ENVIRONMENT: z
    .string()
    .max(512)
    .default('')
    .describe('Environment of every service of the source, such as production'),
  OTEL_GRAPH_CLUSTER: z
    .string()
    .max(512)
    .default('')
    .describe('Cluster of every service of the source'),
  INGEST_SHARD_SERIES: wholeNumber(1, 10_000_000)
    .default(20_000)
    .describe('Most series of the request counter that are read as one shard of a window'),
  INGEST_SHARD_CONCURRENCY: wholeNumber(1, 100)
    .default(4)
    .describe('Shards of one window that are read at the same time'),
  SUSPICIOUS_SERIES_RATIO: share
    .default(0.5)
    .describe(
      'A window with less than this share of the series that were usual in the day before is not relied upon',
    ),
  MISSING_PRODUCER_HOURS: timeIn(3_600_000, 87_600)
    .prefault('24')
    .describe('How long a producer that went is waited for before windows are whole without it'),
  MAX_CATCHUP_HOURS: wholeNumber(1, 87_600)
    .default(336)
    .describe('How far back a walk catches up after an outage; older windows stay a known hole'),
  REREAD_WITHIN_HOURS: wholeNumber(0, 720)
    .default(24)
    .describe(
      'How long after its end a window that lacks something is read again by itself; 0 for never',
    ),
  INGEST_BACKFILL_HOURS: wholeNumber(0, 87_600)
    .default(168)
    .describe('How much of the past of a new source is read before its present'),
  STALE_EDGE_THRESHOLD_HOURS: timeIn(3_600_000, 87_600)
    .prefault('168')
    .describe('How long a dependency is looked for and not seen until it is stale; 168, or 5m'),
  REMOVE_AFTER_DAYS: timeIn(86_400_000, 3650)
    .prefault('30')
    .describe('How much longer until it leaves the present; 30, or 12h'),
  STALE_SCHEDULE: z
    .string()
    .regex(
      /^[\dA-Za-z*/,-]+( [\dA-Za-z*/,-]+){4}$/,
      'must be a cron expression of five fields, such as 0 2 * * *',
    )
    .default('0 2 * * *')
    .describe('When stale passes are made, as cron in UTC'),
  STALE_BREAKER_RATIO: share
    .default(0.2)
    .describe('A pass that would mark more than this share of a source marks nothing of it'),
  STALE_BREAKER_MIN_DEPENDENCIES: wholeNumber(1, 1_000_000)
    .default(20)
    .describe('Fewer dependencies than this are marked whatever their share'),
  HISTORY_RETENTION_DAYS: wholeNumber(1, 36_500)
    .default(400)
    .describe('How far back the graph can be seen as it was'),
  TEMPORAL_ADDRESS: z
    .string()
    .refine(isHostAndPort, 'must be host:port, such as temporal:7233 or [::1]:7233')
    .meta({ pattern: patternOfHostAndPort })
    .default('127.0.0.1:7233')
    .describe('Temporal frontend, host:port'),
  TEMPORAL_NAMESPACE: z.string().default('default').describe('Temporal namespace'),
  TEMPORAL_TASK_QUEUE: z
    .string()
    .default('topolog')
    .describe('Task queue of workflows and activities'),
  TEMPORAL_METRICS_PORT: port
    .optional()
    .describe("Port of the worker for the metrics of Temporal's SDK; without it there are none"),
  NEO4J_URI: z
    .string()
    .regex(/^(bolt|neo4j)(\+s|\+ssc)?:\/\//, 'must begin with bolt:// or neo4j:// (or +s, +ssc)')
    .refine(
      (uri) => !uri.includes('@'),
      'takes no user and password: use NEO4J_USER and NEO4J_PASSWORD',
    )
    .meta({ pattern: patternOfNeo4jUri })
    .default('bolt://127.0.0.1:7687')
    .describe('Neo4j server'),
  NEO4J_USER: z.string().default('neo4j').describe('Neo4j user'),
  NEO4J_PASSWORD: z
    .string()
    .min(1)
    .transform((value) => new Secret(value))
    .optional()
    .describe('Neo4j password; without it no authentication is used'),
  NEO4J_DATABASE: z.string().default('neo4j').describe('Neo4j database'),
  GRAPH_WRITE_BATCH_ROWS: wholeNumber(1, 5000)
    .default(2000)
    .describe('Rows written in one transaction, halved when one takes over 2 s'),
  HOST: z.string().default('127.0.0.1').describe('Address the API and the worker listen on'),
  PORT: port.default(8000).describe('Port of the API'),
  WORKER_PORT: port.default(8001).describe('Port of the worker: /health and /metrics'),
  API_KEYS: z
    .enum(['auto', 'required', 'off'])
    .default('auto')
    .describe(
      'Whether the API asks for keys: required, off, or auto, which asks unless HOST is loopback',
    ),
  ALLOWED_HOSTS: listOf(
    isHostOrNetwork,
    patternOfHosts,
    'must be names, addresses or networks without a port, such as topolog.example,10.0.0.0/8',
  ).describe(
    'Names by which an API without keys, and the worker, may be asked beside loopback and the address asked',
  ),
  METRICS_NEED_KEY: z
    .stringbool()
    .default(false)
    .describe('Whether /api/v1/metrics needs a key with the scope read, where keys are asked for'),
  RATE_LIMIT_READS_PER_MINUTE: perMinute
    .default(600)
    .describe('Reads a key, or an address without one, may make in a minute; 0 for no limit'),
  RATE_LIMIT_WRITES_PER_MINUTE: perMinute
    .default(60)
    .describe('Writes a key, or an address without one, may make in a minute; 0 for no limit'),
  RATE_LIMIT_RUNS_PER_MINUTE: perMinute
    .default(10)
    .describe('Runs a key, or an address without one, may start in a minute; 0 for no limit'),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/, hostname: /./, error: 'must be a redis or rediss URL' })
    .meta({ pattern: patternOfRedisUrl })
    .transform((value) => new Secret(value))
    .optional()
    .describe('Redis in which replicas of the API count together; each for itself without it'),
  MAX_REQUESTS_IN_FLIGHT: wholeNumber(1, 100_000)
    .default(256)
    .describe('Requests the API works on at the same time; more are answered 503 at once'),
  MAX_REQUESTS_IN_FLIGHT_PER_CALLER: wholeNumber(1, 100_000)
    .default(64)
    .describe('Answers a key, or an address without one, may wait for or read at the same time'),
  TRUSTED_PROXIES: listOf(
    isAddressOrNetwork,
    patternOfNetworks,
    'must be addresses or networks, such as 10.0.0.0/8,::1',
  ).describe('Addresses and networks of proxies whose X-Forwarded-For is believed'),
  CORS_ORIGINS: listOf(
    isOrigin,
    patternOfOrigins,
    'must be origins, such as https://grafana.example',
  ).describe('Origins whose pages may read the API in a browser; none without it'),
  SHUTDOWN_GRACE_SECONDS: wholeNumber(1, 3600)
    .default(30)
    .describe('How long a process may take to finish its work after SIGTERM'),
  OTEL_EXPORTER_OTLP_ENDPOINT: serverUrl
    .optional()
    .describe('OTLP over HTTP, such as http://127.0.0.1:4318; without it nothing is traced'),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: serverUrl
    .optional()
    .describe('The same for traces alone, with its whole path'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('Least severe level that is logged'),
});

export type Config = z.output<typeof configSchema>;

/**
 * Reads the configuration from environment variables; an empty variable counts as unset.
 *
 * @throws AppError `InvalidConfiguration` that lists every problem at once, without the values.
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.keys(configSchema.shape).flatMap((name) => (env[name] ? [[name, env[name]]] : [])),
  );
  const parsed = configSchema.safeParse(given);
  const wrong = parsed.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  const problems = [...(wrong ?? []), ...besideSourcesFile(Object.keys(given))];
  if (parsed.success && problems.length === 0) return parsed.data;
  throw invalidConfiguration('The configuration is wrong.', problems);
}

/** The settings of the one source mean nothing where a file names the sources. */
function besideSourcesFile(given: readonly string[]): string[] {
  if (!given.includes('TOPOLOG_SOURCES_FILE')) return [];
  return given
    .filter((name) => name === 'PROMETHEUS_URL' || name.startsWith('OTEL_GRAPH_'))
    .map(
      (name) => `${name}: cannot be used together with TOPOLOG_SOURCES_FILE: say it in that file`,
    );
}

/** The error of a configuration in which all this is wrong; none of it may hold a value. */
export function invalidConfiguration(what: string, problems: readonly string[]): AppError {
  return new AppError('InvalidConfiguration', `${what}\n  ${problems.join('\n  ')}`, {
    details: { problems },
  });
}
