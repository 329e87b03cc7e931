import { NativeConnection, Worker } from '@temporalio/worker';
import closeWithGrace from 'close-with-grace';
import { Agent } from 'undici';
import { createActivities } from './activities/create-activities.ts';
import { createAliasRecords } from './graph/aliases.ts';
import { createHistoryRecords } from './graph/history.ts';
import { openGraph } from './graph/open-graph.ts';
import { createProducerRecords } from './graph/producers.ts';
import { createRereads } from './graph/rereads.ts';
import { createRunRecords } from './graph/runs.ts';
import { createStalePasses } from './graph/stale-passes.ts';
import { createWindowPlans } from './graph/window-plans.ts';
import { createWindowRecords } from './graph/windows.ts';
import { temporalConnectionOptions } from './runs/temporal.ts';
import { type Config, loadConfig } from './runtime/config.ts';
import { AppError, messageOf } from './runtime/errors.ts';
import { observersOf } from './runtime/graph-observers.ts';
import { keepHeapSmall } from './runtime/heap.ts';
import { createIngestMetrics } from './runtime/ingest-metrics.ts';
import { createLogger } from './runtime/logger.ts';
import { runMain } from './runtime/main.ts';
import { createProcessMetrics } from './runtime/process-metrics.ts';
import { createRunMetrics } from './runtime/run-metrics.ts';
import { allOf, createSourceRequestMetrics } from './runtime/source-request-metrics.ts';
import { createSourceSpans } from './runtime/source-spans.ts';
import { createStaleMetrics } from './runtime/stale-metrics.ts';
import { installTemporalRuntime } from './runtime/temporal-logger.ts';
import { startTracing } from './runtime/tracing.ts';
import { versionOfPackage } from './runtime/version.ts';
import { serveWorkerEndpoint } from './runtime/worker-endpoint.ts';
import { workflowCode } from './runtime/workflow-code.ts';
import { sourcesOf } from './sources/configured-sources.ts';
import { createSourceReaders, unhurried } from './sources/readers.ts';

runMain(async () => {
  keepHeapSmall();
  const config = loadConfig(process.env);
  const logger = createLogger({ level: config.LOG_LEVEL, process: 'worker' });
  const version = versionOfPackage();
  const registry = createProcessMetrics({ process: 'worker', version });
  const tracing = await startTracing(config, {
    process: 'worker',
    version,
    logger,
    env: process.env,
  });
  const sources = sourcesOf(config, process.env);
  const sourceIds = sources.map(({ id }) => id);
  const metrics = createIngestMetrics(registry, sourceIds);
  const requestMetrics = createSourceRequestMetrics(registry);
  const database = openGraph(config, observersOf(registry, tracing, config));
  const agent = new Agent(unhurried);
  const readers = createSourceReaders(sources, agent, {
    onTry: tracing ? allOf([requestMetrics, createSourceSpans(tracing.tracer)]) : requestMetrics,
    shardSeries: config.INGEST_SHARD_SERIES,
    timeoutMillis: config.PROMETHEUS_TIMEOUT_SECONDS * 1000,
    maxAnswerBytes: config.PROMETHEUS_MAX_ANSWER_BYTES,
    onRetry: (source, error, attempt) => {
      metrics.retried(source);
      logger.warn({ source, attempt, error: error.message }, 'request to the source is repeated');
    },
  });

  const { TEMPORAL_METRICS_PORT: metricsPort } = config;
  installTemporalRuntime(logger, metricsPort ? socketAddress(config.HOST, metricsPort) : null);
  const connection = await connect(config);
  const graceMillis = config.SHUTDOWN_GRACE_SECONDS * 1000;
  const code = workflowCode(tracing !== null);
  const worker = await Worker.create({
    connection,
    namespace: config.TEMPORAL_NAMESPACE,
    taskQueue: config.TEMPORAL_TASK_QUEUE,
    ...code,
    ...tracing?.workerOptions,
    interceptors: { ...code.interceptors, ...tracing?.workerOptions.interceptors },
    activities: createActivities({
      ...readers,
      aliases: createAliasRecords(database, config.GRAPH_WRITE_BATCH_ROWS),
      windows: createWindowRecords(database, config.GRAPH_WRITE_BATCH_ROWS),
      plans: createWindowPlans(database),
      producers: createProducerRecords(database),
      missingProducerMillis: config.MISSING_PRODUCER_HOURS.millis,
      runs: createRunRecords(database),
      rereads: createRereads(database),
      rereadWithinMillis: config.REREAD_WITHIN_HOURS * 3_600_000,
      maxCatchupMillis: config.MAX_CATCHUP_HOURS * 3_600_000,
      shardConcurrency: config.INGEST_SHARD_CONCURRENCY,
      backfillMillis: config.INGEST_BACKFILL_HOURS * 3_600_000,
      stalePasses: createStalePasses(database, config.GRAPH_WRITE_BATCH_ROWS),
      stalenessLimits: {
        staleMillis: config.STALE_EDGE_THRESHOLD_HOURS.millis,
        removeMillis: config.REMOVE_AFTER_DAYS.millis,
      },
      staleBreaker: {
        ratio: config.STALE_BREAKER_RATIO,
        atLeast: config.STALE_BREAKER_MIN_DEPENDENCIES,
      },
      staleMetrics: createStaleMetrics(registry, sourceIds),
      runMetrics: createRunMetrics(registry),
      history: createHistoryRecords(database, config.GRAPH_WRITE_BATCH_ROWS),
      retentionMillis: config.HISTORY_RETENTION_DAYS * 86_400_000,
      suspiciousSeriesRatio: config.SUSPICIOUS_SERIES_RATIO,
      metrics,
      logger,
    }),
    maxConcurrentActivityTaskExecutions: 16,
    maxCachedWorkflows: 200,
    // A cancellation arrives with a heartbeat, so these must not be held back for long.
    maxHeartbeatThrottleInterval: '5s',
    // Activities get most of the grace to end by themselves; what is left then is cancelled.
    shutdownGraceTime: graceMillis * 0.7,
    shutdownForceTime: graceMillis * 0.95,
  });
  const running = worker.run();
  const endpoint = await serveWorkerEndpoint({
    host: config.HOST,
    port: config.WORKER_PORT,
    allowedHosts: config.ALLOWED_HOSTS ?? [],
    registry,
    isPolling: () => worker.getState() === 'RUNNING',
  });
  logger.info(
    { taskQueue: config.TEMPORAL_TASK_QUEUE, port: config.WORKER_PORT },
    'worker started',
  );

  let stopping = false;
  const closing = closeWithGrace({ delay: graceMillis, logger }, async ({ err }) => {
    stopping = true;
    if (err) logger.fatal({ err }, 'worker failed');
    if (worker.getState() === 'RUNNING') worker.shutdown();
    await running.catch((error: unknown) => logger.fatal({ err: error }, 'worker failed'));
    endpoint.close();
    endpoint.closeAllConnections();
    await connection.close();
    await agent.close();
    await database.close();
    await tracing?.shutdown();
    logger.info('worker stopped');
  });
  // A worker that ended although nobody asked it to has failed: what supervises it starts another.
  await running.finally(() => {
    if (stopping) return;
    process.exitCode = 1;
    closing.close();
  });
});

async function connect(config: Config): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect(temporalConnectionOptions(config));
  } catch (cause) {
    throw new AppError(
      'TemporalUnavailable',
      `Temporal does not answer at ${config.TEMPORAL_ADDRESS}: check TEMPORAL_ADDRESS (${messageOf(cause)}).`,
      { cause },
    );
  }
}

/** As Temporal's SDK reads an address to listen on. */
function socketAddress(host: string, port: number): string {
  const ip = host === 'localhost' ? '127.0.0.1' : host;
  return `${ip.includes(':') ? `[${ip}]` : ip}:${port}`;
}
