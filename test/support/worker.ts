import { randomUUID } from 'node:crypto';
import { NativeConnection, Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { Agent } from 'undici';
import { inject } from 'vitest';
import { createActivities } from '../../src/activities/create-activities.ts';
import type { Observation } from '../../src/domain/observation.ts';
import type { StalenessLimits } from '../../src/domain/staleness.ts';
import type { Window } from '../../src/domain/window.ts';
import { type AliasRecords, createAliasRecords } from '../../src/graph/aliases.ts';
import { createHistoryRecords } from '../../src/graph/history.ts';
import { createProducerRecords } from '../../src/graph/producers.ts';
import { createRereads } from '../../src/graph/rereads.ts';
import { createRunRequests } from '../../src/graph/run-requests.ts';
import { createRunRecords } from '../../src/graph/runs.ts';
import { createStalePasses } from '../../src/graph/stale-passes.ts';
import { createWindowPlans } from '../../src/graph/window-plans.ts';
import { createWindowRecords } from '../../src/graph/windows.ts';
import { createRuns } from '../../src/runs/create-runs.ts';
import type { Runs } from '../../src/runs/runs.ts';
import { openTemporal, type Temporal } from '../../src/runs/temporal.ts';
import { loadConfig } from '../../src/runtime/config.ts';
import { createIngestMetrics } from '../../src/runtime/ingest-metrics.ts';
import { createRunMetrics } from '../../src/runtime/run-metrics.ts';
import { createStaleMetrics } from '../../src/runtime/stale-metrics.ts';
import { createSourceReaders } from '../../src/sources/readers.ts';
import type { Source } from '../../src/sources/source.ts';
import type { TestGraph } from './graph.ts';
import { workflowBundle } from './workflow-bundle.ts';

/** A worker and a way to start runs, both on the tests' real servers and on a queue of their own. */
export interface TestWorker {
  readonly runs: Runs;
  readonly temporal: Temporal;
  /** Starts a run and waits for its end. */
  run(request: Parameters<Runs['start']>[0]): ReturnType<Runs['find']>;
  stop(): Promise<void>;
}

export interface TestWorkerOptions {
  readonly graph: TestGraph;
  readonly sources: readonly Source[];
  readonly retryDelaysMillis?: readonly number[];
  readonly batchRows?: number;
  readonly rereadWithinMillis?: number;
  readonly maxCatchupMillis?: number;
  readonly windowsPerExecution?: number;
  readonly shardSeries?: number;
  readonly shardConcurrency?: number;
  readonly backfillMillis?: number;
  readonly stalenessLimits?: StalenessLimits;
  readonly missingProducerMillis?: number;
  /** Told what is written of each window, as often as it is. */
  readonly onWrite?: (window: Window, observations: readonly Observation[]) => void;
  /** In place of one that nobody else uses. */
  readonly taskQueue?: string;
  /** In place of the aliases of the graph, as a test has them read. */
  readonly aliases?: Pick<AliasRecords, 'read'>;
}

export async function startTestWorker(options: TestWorkerOptions): Promise<TestWorker> {
  const { graph, sources } = options;
  const address = inject('temporalAddress');
  const taskQueue = options.taskQueue ?? `test-${randomUUID()}`;
  const config = loadConfig({ TEMPORAL_ADDRESS: address, TEMPORAL_TASK_QUEUE: taskQueue });
  const temporal = openTemporal(config);
  const connection = await NativeConnection.connect({ address });
  const agent = new Agent();
  const records = createRunRecords(graph.database);
  const windows = createWindowRecords(graph.database, options.batchRows ?? 2000);
  const worker = await Worker.create({
    connection,
    taskQueue,
    maxHeartbeatThrottleInterval: '1s',
    workflowBundle: await workflowBundle(),
    activities: createActivities({
      ...createSourceReaders(sources, agent, {
        onRetry: () => {},
        shardSeries: options.shardSeries ?? 20_000,
        retryDelaysMillis: options.retryDelaysMillis ?? [200, 400, 800],
      }),
      aliases: options.aliases ?? createAliasRecords(graph.database, 100),
      windows: {
        ...windows,
        write: (key, observations, onBatch) => {
          options.onWrite?.(key.window, observations);
          return windows.write(key, observations, onBatch);
        },
      },
      plans: createWindowPlans(graph.database),
      producers: createProducerRecords(graph.database),
      missingProducerMillis: options.missingProducerMillis ?? 24 * 3_600_000,
      runs: records,
      rereads: createRereads(graph.database),
      rereadWithinMillis: options.rereadWithinMillis ?? 24 * 3_600_000,
      shardConcurrency: options.shardConcurrency ?? 4,
      suspiciousSeriesRatio: 0.5,
      backfillMillis: options.backfillMillis ?? 0,
      stalePasses: createStalePasses(graph.database, 100),
      stalenessLimits: options.stalenessLimits ?? {
        staleMillis: 168 * 3_600_000,
        removeMillis: 30 * 86_400_000,
      },
      staleBreaker: { ratio: 0.2, atLeast: 20 },
      staleMetrics: createStaleMetrics(new Registry()),
      runMetrics: createRunMetrics(new Registry()),
      history: createHistoryRecords(graph.database, 100),
      retentionMillis: 400 * 86_400_000,
      maxCatchupMillis: options.maxCatchupMillis ?? 336 * 3_600_000,
      windowsPerExecution: options.windowsPerExecution ?? 200,
      metrics: createIngestMetrics(new Registry()),
      logger: pino({ level: 'silent' }),
    }),
  });
  const running = worker.run();
  // A machine that is busy may take longer for a start than a caller of the API waits.
  const onWait = () => {};
  const requests = createRunRequests(graph.database);
  const now = Date.now;
  const runs = createRuns({ temporal, sources, records, requests, windows, now, onWait });
  return {
    runs,
    temporal,
    async run(request) {
      const { run } = await runs.start(request);
      await temporal.client.workflow
        .getHandle(run.workflowId)
        .result()
        .catch(() => {});
      return runs.find(run.id);
    },
    async stop() {
      worker.shutdown();
      await running;
      await connection.close();
      await temporal.close();
      await agent.close();
    },
  };
}
