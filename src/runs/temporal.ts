import { setTimeout as delay } from 'node:timers/promises';
import {
  Client,
  Connection,
  isGrpcServiceError,
  type WorkflowClientInterceptor,
} from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { Config } from '../runtime/config.ts';
import { AppError, messageOf } from '../runtime/errors.ts';

/** Temporal as this process reaches it; no connection is made before the first call. */
export interface Temporal {
  readonly client: Client;
  readonly taskQueue: string;
  /** @throws AppError `TemporalUnavailable`. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Connection options from the environment: Temporal's own variables (TLS, API key) where they are
 * set, with our address as default.
 */
export function temporalConnectionOptions(config: Config) {
  const { connectionOptions } = loadClientConnectConfig({ disableFile: true });
  return { ...connectionOptions, address: config.TEMPORAL_ADDRESS };
}

export function openTemporal(
  config: Config,
  interceptors: WorkflowClientInterceptor[] = [],
): Temporal {
  const connection = Connection.lazy(temporalConnectionOptions(config));
  const client = new Client({
    connection,
    namespace: config.TEMPORAL_NAMESPACE,
    interceptors: { workflow: interceptors },
  });
  return {
    client,
    taskQueue: config.TEMPORAL_TASK_QUEUE,
    ping: () =>
      inTemporal(async () => {
        await connection.withDeadline(Date.now() + 2500, () =>
          connection.workflowService.describeNamespace({ namespace: config.TEMPORAL_NAMESPACE }),
        );
      }),
    close: () => connection.close(),
  };
}

/** The client itself would repeat a call for longer than any caller waits. */
const patienceMillis = 8000;

/**
 * Makes calls that somebody waits for: after eight seconds without an end they are given up.
 *
 * What was asked for may still happen then; a run records itself.
 */
export async function inTemporalSoon<T>(call: () => Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = delay(patienceMillis, null, { signal: timer.signal }).then(() => {
    throw new AppError('TemporalUnavailable', 'Temporal did not answer within 8 seconds.');
  });
  try {
    return await inTemporal(() => Promise.race([call(), late]));
  } finally {
    timer.abort();
    late.catch(() => {});
  }
}

/** Runs a call to Temporal; that it cannot be reached becomes `TemporalUnavailable`. */
export async function inTemporal<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    if (isGrpcServiceError(error) || isGrpcServiceError(cause)) {
      throw new AppError('TemporalUnavailable', `Temporal: ${messageOf(cause)}`, { cause: error });
    }
    throw error;
  }
}
