import { ApplicationFailure } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import { AppError, type ErrorCode, messageOf } from '../runtime/errors.ts';

/** Whether repeating the activity may help; one decision per code. */
const retryable: Readonly<Record<ErrorCode, boolean>> = {
  PrometheusUnavailable: true,
  QueryTooHeavy: true,
  GraphUnavailable: true,
  // The workflow plans the window anew; the same shard again would meet the same.
  AliasesChanged: false,
  TemporalUnavailable: true,
  SchemaMissing: true,
  Internal: true,
  Cancelled: false,
  InvalidMetrics: false,
  InvalidConfiguration: false,
  InvalidRequest: false,
  InvalidRange: false,
  Unauthenticated: false,
  Forbidden: false,
  ForeignRequest: false,
  KeylessMode: false,
  KeyNotFound: false,
  KeyEnded: false,
  UnknownSource: false,
  ServiceNotFound: false,
  AmbiguousService: false,
  DependencyNotFound: false,
  TooManyStreams: false,
  InvalidAlias: false,
  RunNotFound: false,
  RunUnderWay: false,
  RunNotConfirmed: false,
  IdempotencyKeyReused: false,
  RouteNotFound: false,
  MethodNotAllowed: false,
  UnsupportedMediaType: false,
  PayloadTooLarge: false,
  UrlTooLong: false,
  HeadersTooLarge: false,
  RequestTooSlow: false,
  TooManyRequests: false,
  Overloaded: false,
};

/** What an activity throws to Temporal for an error of ours: its code as type, and whether to repeat. */
export function toApplicationFailure(error: unknown): Error {
  if (error instanceof CancelledFailure || error instanceof ApplicationFailure) return error;
  const code = error instanceof AppError ? error.code : 'Internal';
  const retryAfterMillis = error instanceof AppError ? error.details.retryAfterMillis : undefined;
  return ApplicationFailure.create({
    type: code,
    message: messageOf(error),
    nonRetryable: !retryable[code],
    // Longer than Temporal would wait by itself, where the source asked for that.
    ...(typeof retryAfterMillis === 'number' ? { nextRetryDelay: retryAfterMillis } : {}),
    ...(error instanceof Error ? { cause: error } : {}),
  });
}
