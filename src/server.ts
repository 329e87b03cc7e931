import closeWithGrace from 'close-with-grace';
import { createApp } from './api/app.ts';
import { createChangeWatch } from './api/change-watch.ts';
import { isLoopback, refuseExposure } from './api/exposure.ts';
import { listen } from './api/http-server.ts';
import { createCensusQueries } from './graph/census-queries.ts';
import { createChangeQueries } from './graph/change-queries.ts';
import { createDependencyQueries } from './graph/dependency-queries.ts';
import { createDiffQueries } from './graph/diff-queries.ts';
import { createImpactQueries } from './graph/impact-queries.ts';
import { openGraph } from './graph/open-graph.ts';
import { createQueries } from './graph/queries.ts';
import { createRunRecords } from './graph/runs.ts';
import { createWindowQueries } from './graph/window-queries.ts';
import { createWindowRecords } from './graph/windows.ts';
import { createRuns } from './runs/create-runs.ts';
import { openTemporal } from './runs/temporal.ts';
import { createBeliefMetrics } from './runtime/belief-metrics.ts';
import { loadConfig } from './runtime/config.ts';
import { observersOf } from './runtime/graph-observers.ts';
import { createLogger } from './runtime/logger.ts';
import { runMain } from './runtime/main.ts';
import { createProcessMetrics } from './runtime/process-metrics.ts';
import { createServerMetrics } from './runtime/server-metrics.ts';
import { createSourceMetrics } from './runtime/source-metrics.ts';
import { startTracing } from './runtime/tracing.ts';
import { versionOfPackage } from './runtime/version.ts';
import { sourcesOf } from './sources/configured-sources.ts';

runMain(async () => {
  const config = loadConfig(process.env);
  refuseExposure(config.HOST, config.ALLOW_UNAUTHENTICATED);
  const logger = createLogger({ level: config.LOG_LEVEL, process: 'api' });
  if (!isLoopback(config.HOST)) {
    logger.warn({ host: config.HOST }, 'THE API IS OPEN TO THE NETWORK AND ASKS FOR NO KEY');
  }
  const version = versionOfPackage();
  const registry = createProcessMetrics({ process: 'api', version });
  const tracing = await startTracing(config, { process: 'api', version, logger, env: process.env });
  const database = openGraph(config, {
    ...observersOf(registry, tracing, config),
    retryMillis: 3000,
  });
  const temporal = openTemporal(config, tracing?.clientInterceptors);
  const sources = sourcesOf(config, null);
  const now = Date.now;

  const queries = createQueries(database, { now });
  createSourceMetrics(registry, { freshness: queries.freshness, sources, now });
  createBeliefMetrics(registry, createCensusQueries(database), now);
  const readiness = { neo4j: () => database.ping(), temporal: () => temporal.ping() };
  createServerMetrics(registry, readiness);

  const changes = createChangeQueries(database);
  const watch = createChangeWatch({
    changes,
    everyMillis: 1000,
    onError: (err) => logger.warn({ err }, 'the changelog cannot be watched'),
  });

  let shuttingDown = false;
  const app = createApp({
    queries,
    windows: createWindowQueries(database),
    changes,
    watch,
    diffs: createDiffQueries(database),
    explanations: createDependencyQueries(database),
    impacts: createImpactQueries(database),
    runs: createRuns({
      temporal,
      sources,
      records: createRunRecords(database),
      windows: createWindowRecords(database, config.GRAPH_WRITE_BATCH_ROWS),
      now,
    }),
    readiness,
    isShuttingDown: () => shuttingDown,
    logger,
    registry,
    tracer: tracing?.tracer,
    version,
    now,
  });

  const server = await listen(app, { host: config.HOST, port: config.PORT, logger });
  logger.info({ url: server.url, docs: `${server.url}/docs` }, 'API listening');

  const delay = config.SHUTDOWN_GRACE_SECONDS * 1000;
  closeWithGrace({ delay, logger }, async ({ err }) => {
    shuttingDown = true;
    if (err) logger.fatal({ err }, 'API failed');
    watch.close();
    await server.close();
    await temporal.close();
    await database.close();
    await tracing?.shutdown();
    logger.info('API stopped');
  });
});
