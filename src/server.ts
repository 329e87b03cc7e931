import { randomBytes } from 'node:crypto';
import closeWithGrace from 'close-with-grace';
import { tickOf } from './api/answer-clock.ts';
import { createApp } from './api/app.ts';
import { createChangeWatch } from './api/change-watch.ts';
import { asksForKeys, isLoopback } from './api/exposure.ts';
import { listen } from './api/http-server.ts';
import { createRateLimiter } from './api/rate-limiter.ts';
import { createCensusQueries } from './graph/census-queries.ts';
import { createChangeQueries } from './graph/change-queries.ts';
import { createDependencyList } from './graph/dependency-list.ts';
import { createDependencyQueries } from './graph/dependency-queries.ts';
import { createDiffQueries } from './graph/diff-queries.ts';
import { createGraphPages } from './graph/graph-pages.ts';
import { createImpactQueries } from './graph/impact-queries.ts';
import { createKeyRecords } from './graph/key-records.ts';
import { openGraph } from './graph/open-graph.ts';
import { createQueries } from './graph/queries.ts';
import { createRunRequests } from './graph/run-requests.ts';
import { createRunRecords } from './graph/runs.ts';
import { createTokenQueries } from './graph/token-queries.ts';
import { createWindowQueries } from './graph/window-queries.ts';
import { createWindowRecords } from './graph/windows.ts';
import { createAuthenticator } from './keys/authenticator.ts';
import { createKeys } from './keys/keys.ts';
import { createRuns } from './runs/create-runs.ts';
import { openTemporal } from './runs/temporal.ts';
import { createBeliefMetrics } from './runtime/belief-metrics.ts';
import { loadConfig } from './runtime/config.ts';
import { observersOf } from './runtime/graph-observers.ts';
import { createLogger } from './runtime/logger.ts';
import { runMain } from './runtime/main.ts';
import { createProcessMetrics } from './runtime/process-metrics.ts';
import { openRedis } from './runtime/redis.ts';
import { createServerMetrics } from './runtime/server-metrics.ts';
import { createSourceMetrics } from './runtime/source-metrics.ts';
import { startTracing } from './runtime/tracing.ts';
import { versionOfPackage } from './runtime/version.ts';
import { sourcesOf } from './sources/configured-sources.ts';

runMain(async () => {
  const config = loadConfig(process.env);
  const logger = createLogger({ level: config.LOG_LEVEL, process: 'api' });
  const isOpen = !asksForKeys(config);
  if (isOpen && !isLoopback(config.HOST)) {
    logger.warn({ host: config.HOST }, 'THE API IS OPEN TO THE NETWORK AND ASKS FOR NO KEY');
  }
  const version = versionOfPackage();
  const registry = createProcessMetrics({ process: 'api', version });
  const tracing = await startTracing(config, { process: 'api', version, logger, env: process.env });
  const database = openGraph(config, {
    ...observersOf(registry, tracing, config),
    retryMillis: 3000,
    acquisitionMillis: 3000,
  });
  const temporal = openTemporal(config, tracing?.clientInterceptors);
  const sources = sourcesOf(config, null);
  const redis = config.REDIS_URL === undefined ? undefined : openRedis(config.REDIS_URL, logger);
  const now = Date.now;

  const { standing } = createQueries(database, { now });
  const freshness = async () => (await standing(null)).freshness;
  createSourceMetrics(registry, { freshness, sources, now });
  createBeliefMetrics(registry, createCensusQueries(database), now);
  const readiness = { neo4j: () => database.ping(), temporal: () => temporal.ping() };
  createServerMetrics(registry, readiness);

  const changes = createChangeQueries(database);
  const watch = createChangeWatch({
    changes,
    everyMillis: 1000,
    onError: (err) => logger.warn({ err }, 'the changelog cannot be watched'),
  });

  const records = createKeyRecords(database);
  const authenticator = createAuthenticator({
    records,
    now,
    onError: (err) => logger.warn({ err }, 'the last use of keys cannot be written'),
  });

  const queries = createQueries(database, { now: () => tickOf(now()) });
  let shuttingDown = false;
  const app = createApp({
    queries,
    dependencies: createDependencyList(database, queries),
    pages: createGraphPages(database),
    windows: createWindowQueries(database),
    changes,
    watch,
    diffs: createDiffQueries(database),
    explanations: createDependencyQueries(database),
    impacts: createImpactQueries(database),
    tokens: createTokenQueries(database),
    runs: createRuns({
      temporal,
      sources,
      records: createRunRecords(database),
      requests: createRunRequests(database),
      windows: createWindowRecords(database, config.GRAPH_WRITE_BATCH_ROWS),
      now,
    }),
    access: {
      authenticator: isOpen ? null : authenticator,
      allowedHosts: config.ALLOWED_HOSTS ?? [],
      keys: createKeys({ records, randomBytes, now, onChanged: authenticator.forget }),
      metricsNeedKey: config.METRICS_NEED_KEY,
    },
    readiness,
    isShuttingDown: () => shuttingDown,
    limits: {
      rate: createRateLimiter({
        perMinute: {
          reads: config.RATE_LIMIT_READS_PER_MINUTE,
          writes: config.RATE_LIMIT_WRITES_PER_MINUTE,
          runs: config.RATE_LIMIT_RUNS_PER_MINUTE,
        },
        ...(redis === undefined ? {} : { redis }),
        registry,
        logger,
      }),
      inFlight: {
        perProcess: config.MAX_REQUESTS_IN_FLIGHT,
        perCaller: config.MAX_REQUESTS_IN_FLIGHT_PER_CALLER,
      },
      trustedProxies: config.TRUSTED_PROXIES ?? [],
    },
    ...(config.CORS_ORIGINS === undefined ? {} : { corsOrigins: config.CORS_ORIGINS }),
    logger,
    registry,
    tracer: tracing?.tracer,
    version,
    now,
  });

  const server = await listen(app, { host: config.HOST, port: config.PORT, logger });
  logger.info(
    { url: server.url, asksForKeys: !isOpen, docs: `${server.url}/docs` },
    'API listening',
  );

  const delay = config.SHUTDOWN_GRACE_SECONDS * 1000;
  closeWithGrace({ delay, logger }, async ({ err }) => {
    shuttingDown = true;
    if (err) logger.fatal({ err }, 'API failed');
    watch.close();
    await server.close();
    await authenticator.close();
    await temporal.close();
    await database.close();
    redis?.destroy();
    await tracing?.shutdown();
    logger.info('API stopped');
  });
});
