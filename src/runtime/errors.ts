/** The closed set of what can go wrong; each code has one HTTP status and one retry decision. */
export const errorCodes = [
  'InvalidConfiguration',
  'InvalidRequest',
  'InvalidRange',
  'Unauthenticated',
  'Forbidden',
  'ForeignRequest',
  'KeylessMode',
  'KeyNotFound',
  'KeyEnded',
  'UnknownSource',
  'ServiceNotFound',
  'AmbiguousService',
  'DependencyNotFound',
  'TooManyStreams',
  'InvalidAlias',
  'RunNotFound',
  'RunUnderWay',
  'RunNotConfirmed',
  'IdempotencyKeyReused',
  'RouteNotFound',
  'MethodNotAllowed',
  'UnsupportedMediaType',
  'PayloadTooLarge',
  'UrlTooLong',
  'HeadersTooLarge',
  'RequestTooSlow',
  'TooManyRequests',
  'Overloaded',
  'PrometheusUnavailable',
  'InvalidMetrics',
  'QueryTooHeavy',
  'GraphUnavailable',
  'AliasesChanged',
  'TemporalUnavailable',
  'SchemaMissing',
  'Cancelled',
  'Internal',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/**
 * The one error type of Topolog; `message` says what to change and may be shown to the caller.
 *
 * Anything secret or internal belongs into `cause`, which is logged and never sent.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; details?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = code;
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** The one sentence of an unknown thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
