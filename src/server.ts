import { randomBytes } from 'node:crypto';
import closeWithGrace from 'close-with-grace';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { createApp } from './api/app.ts';
import { createChangeWatch } from './api/change-watch.ts';
import { asksForKeys, isLoopback } from './api/exposure.ts';
import { listen } from './api/http-server.ts';
import { createChangeQueries } from './graph/change-queries.ts';
import { createDependencyQueries } from './graph/dependency-queries.ts';
import { createDiffQueries } from './graph/diff-queries.ts';
import { createImpactQueries } from './graph/impact-queries.ts';
import { createKeyRecords } from './graph/key-records.ts';
import { openGraph } from './graph/open-graph.ts';
import { createQueries } from './graph/queries.ts';
import { createRunRecords } from './graph/runs.ts';
import { createWindowQueries } from './graph/window-queries.ts';
import { createWindowRecords } from './graph/windows.ts';
import { createAuthenticator } from './keys/authenticator.ts';
import { createKeys } from './keys/keys.ts';
import { createRuns } from './runs/create-runs.ts';
import { openTemporal } from './runs/temporal.ts';
import { loadConfig } from './runtime/config.ts';
import { createGraphMetrics } from './runtime/graph-metrics.ts';
import { createLogger } from './runtime/logger.ts';
import { runMain } from './runtime/main.ts';
import { createSourceMetrics } from './runtime/source-metrics.ts';
import { versionOfPackage } from './runtime/version.ts';
import { sourcesOf } from './sources/configured-sources.ts';

runMain(async () => {
  const config = loadConfig(process.env);
  const logger = createLogger({ level: config.LOG_LEVEL, process: 'api' });
  const isOpen = !asksForKeys(config);
  if (isOpen && !isLoopback(config.HOST)) {
    logger.warn({ host: config.HOST }, 'THE API IS OPEN TO THE NETWORK AND ASKS FOR NO KEY');
  }
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const database = openGraph(config, {
    onStatement: createGraphMetrics(registry),
    retryMillis: 3000,
  });
  const temporal = openTemporal(config);
  const now = Date.now;

  const queries = createQueries(database, { now });
  createSourceMetrics(registry, queries.freshness);

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
      sources: sourcesOf(config, null),
      records: createRunRecords(database),
      windows: createWindowRecords(database, config.GRAPH_WRITE_BATCH_ROWS),
      now,
    }),
    access: {
      authenticator: isOpen ? null : authenticator,
      keys: createKeys({ records, randomBytes, now, onChanged: authenticator.forget }),
      metricsNeedKey: config.METRICS_NEED_KEY,
    },
    readiness: { neo4j: () => database.ping(), temporal: () => temporal.ping() },
    isShuttingDown: () => shuttingDown,
    logger,
    registry,
    version: versionOfPackage(),
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
    logger.info('API stopped');
  });
});
