import { setTimeout as delay } from 'node:timers/promises';
import {
  Client,
  Connection,
  defaultGrpcRetryOptions,
  isGrpcServiceError,
  makeGrpcRetryInterceptor,
  type WorkflowClientInterceptor,
} from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { Config } from '../runtime/config.ts';
import { AppError, messageOf } from '../runtime/errors.ts';

/** Temporal as this process reaches it; no connection is made before the first call. */
export interface Temporal {
  readonly client: Client;
  readonly taskQueue: string;
  /** @throws AppError `TemporalUnavailable`, after 2.5 s if no other time is given. */
  ping(withinMillis?: number): Promise<void>;
  /** The latest of the tries that ended without a connection; each is an object of its own. */
  latestFailure(): FailedTry | null;
  close(): Promise<void>;
}

/** Why no connection was made. */
export interface FailedTry {
  readonly reason: string;
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
  let failure: FailedTry | null = null;
  const retries = defaultGrpcRetryOptions();
  // A call that was tried until its time was over ends with nothing but that, so the reason is kept.
  const watched = makeGrpcRetryInterceptor({
    ...retries,
    retryableDecider: (attempt, status) => {
      if (status.code === unavailable) failure = { reason: reasonIn(status.details) };
      return retries.retryableDecider(attempt, status);
    },
  });
  const connection = Connection.lazy({
    ...temporalConnectionOptions(config),
    interceptors: [watched],
  });
  const client = new Client({
    connection,
    namespace: config.TEMPORAL_NAMESPACE,
    interceptors: { workflow: interceptors },
  });
  const latestFailure = () => failure;
  return {
    client,
    taskQueue: config.TEMPORAL_TASK_QUEUE,
    latestFailure,
    ping: (withinMillis = 2500) =>
      inTemporal({ latestFailure }, async () => {
        await connection.withDeadline(Date.now() + withinMillis, () =>
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
 * The client tries no longer then either, but what it has sent may still happen.
 */
export async function inTemporalSoon<T>(
  temporal: Watched & Pick<Temporal, 'client'>,
  call: () => Promise<T>,
): Promise<T> {
  const before = temporal.latestFailure();
  const timer = new AbortController();
  const late = delay(patienceMillis, null, { signal: timer.signal }).then(() => {
    const why = since(before, temporal);
    if (why !== null) throw unreachable(why);
    // It may be the graph that keeps it waiting, where runs are recorded.
    throw new AppError('TemporalUnavailable', 'Temporal and the graph did not answer within 8 s.');
  });
  try {
    const deadline = Date.now() + patienceMillis;
    return await inTemporal(temporal, () =>
      Promise.race([temporal.client.withDeadline(deadline, call), late]),
    );
  } finally {
    timer.abort();
    late.catch(() => {});
  }
}

/** Told once a second what a call has waited for so far, in milliseconds. */
export type OnWait = (waitedMillis: number) => void;

/**
 * Makes calls that somebody waits for and sees waiting: as long as Temporal answers they go on.
 *
 * @throws AppError `TemporalUnavailable` where Temporal itself gives no answer three times in a row.
 */
export async function inTemporalPatiently<T>(
  temporal: Watched & Pick<Temporal, 'ping'>,
  call: () => Promise<T>,
  onWait: OnWait = () => {},
): Promise<T> {
  const over = new AbortController();
  const { signal } = over;
  const watch = async (): Promise<never> => {
    const since = performance.now();
    let silent = 0;
    for (;;) {
      await delay(1000, null, { signal });
      onWait(performance.now() - since);
      const failure = await temporal.ping().then(
        () => null,
        (error: unknown) => error,
      );
      silent = failure === null ? 0 : silent + 1;
      if (silent === 3) throw failure;
    }
  };
  const watching = watch();
  watching.catch(() => {});
  try {
    return await inTemporal(temporal, () => Promise.race([call(), watching]));
  } finally {
    over.abort();
  }
}

/** Runs calls to Temporal; that it cannot be reached becomes `TemporalUnavailable`. */
export async function inTemporal<T>(temporal: Watched, call: () => Promise<T>): Promise<T> {
  const before = temporal.latestFailure();
  try {
    return await call();
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    const refused = isGrpcServiceError(error) ? error : cause;
    if (!isGrpcServiceError(refused)) throw error;
    if (refused.code === unavailable || refused.code === deadlineExceeded) {
      throw unreachable(since(before, temporal) ?? 'no answer in time', error);
    }
    throw new AppError('TemporalUnavailable', `Temporal: ${messageOf(cause)}`, { cause: error });
  }
}

/** Whether Temporal said no to a call, so that nothing came of it. */
export function wasRefused(error: unknown): boolean {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const refused = isGrpcServiceError(error) ? error : cause;
  return isGrpcServiceError(refused) && refusals.includes(refused.code);
}

type Watched = Pick<Temporal, 'latestFailure'>;

/** Codes of gRPC, whose own package is the client's. */
const deadlineExceeded = 4;
const unavailable = 14;
/** Invalid argument, not found, permission denied, resource exhausted, failed precondition, unimplemented, unauthenticated. */
const refusals: readonly number[] = [3, 5, 7, 8, 9, 12, 16];

/** Why a connection failed since then; an older failure says nothing about what happens now. */
function since(before: FailedTry | null, temporal: Watched): string | null {
  const latest = temporal.latestFailure();
  return latest === before ? null : (latest?.reason ?? null);
}

/** gRPC puts what the operating system said between words of its own. */
function reasonIn(details: string): string {
  const [begin = '', lastError = begin] = details.split(' Last error: ');
  const [why = ''] = lastError.split('. Resolution note:');
  return why.replace(/^Error: /, '');
}

function unreachable(why: string, cause?: unknown): AppError {
  const message = `Temporal cannot be reached: check TEMPORAL_ADDRESS (${why}).`;
  return new AppError('TemporalUnavailable', message, { cause });
}
