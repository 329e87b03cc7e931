import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { z } from 'zod';
import { AppError, type ErrorCode } from '../runtime/errors.ts';

export const problemMediaType = 'application/problem+json';

/** What a 401 says of how to authenticate; the same whatever was wrong. */
export const bearerChallenge = 'Bearer';

/** What a caller should wait before trying again after a 503, or a 429 that does not know better. */
export const retryAfterSeconds = 5;

interface ProblemKind {
  readonly status: ContentfulStatusCode;
  readonly title: string;
  /** Sent instead of the error's own message, which may show internals; every 5xx has one. */
  readonly detail?: string;
}

/** One status and title for every code; a code without an entry does not compile. */
export const problemKinds = {
  InvalidRequest: { status: 400, title: 'The request is not valid' },
  InvalidRange: { status: 422, title: 'The time range cannot be used' },
  Unauthenticated: { status: 401, title: 'A key is needed' },
  Forbidden: { status: 403, title: 'The key may not do this' },
  ForeignRequest: { status: 403, title: 'The request was not meant for this server' },
  KeylessMode: { status: 403, title: 'Keys are not changed where none are asked for' },
  KeyNotFound: { status: 404, title: 'There is no such key' },
  KeyEnded: { status: 409, title: 'The key is revoked or expired' },
  UnknownSource: { status: 422, title: 'There is no such source' },
  ServiceNotFound: { status: 404, title: 'There is no such service' },
  AmbiguousService: { status: 409, title: 'Several services have this name' },
  DependencyNotFound: { status: 404, title: 'There is no such dependency' },
  TooManyStreams: {
    status: 503,
    title: 'Too many streams are open',
    detail:
      'As many streams are open as this process serves. Try again later, or page through the changes.',
  },
  InvalidAlias: { status: 409, title: 'This service cannot stand for that one' },
  RunNotFound: { status: 404, title: 'There is no such run' },
  RunUnderWay: { status: 409, title: 'Such a run is under way' },
  IdempotencyKeyReused: { status: 422, title: 'The key stands for another request' },
  RunNotConfirmed: {
    status: 503,
    title: 'It is not known whether the run was started',
    detail:
      'Temporal was asked to start a run and did not confirm it in time, so it may have begun. Send the same request with the same Idempotency-Key again, or look at GET /api/v1/runs.',
  },
  RouteNotFound: { status: 404, title: 'There is nothing at this path' },
  MethodNotAllowed: { status: 405, title: 'This path does not take this method' },
  UnsupportedMediaType: { status: 415, title: 'The body has the wrong content type' },
  PayloadTooLarge: { status: 413, title: 'The body is too large' },
  UrlTooLong: { status: 414, title: 'The URL is too long' },
  HeadersTooLarge: { status: 431, title: 'The headers are too large' },
  RequestTooSlow: { status: 408, title: 'The request did not arrive in time' },
  TooManyRequests: { status: 429, title: 'Too many requests' },
  Overloaded: {
    status: 503,
    title: 'Too many requests are being answered',
    detail: 'As many requests are being answered as this process takes on. Try again in a moment.',
  },
  PrometheusUnavailable: {
    status: 503,
    title: 'The source cannot be reached',
    detail: 'The source did not answer. Try again in a few seconds.',
  },
  InvalidMetrics: {
    status: 502,
    title: 'The source answered with something that cannot be read',
    detail: 'The answer of the source could not be read; the log says why.',
  },
  QueryTooHeavy: {
    status: 503,
    title: 'The source could not answer so large a question',
    detail: 'The source did not answer the whole question. Try again, or ask for less.',
  },
  GraphUnavailable: {
    status: 503,
    title: 'The graph cannot be reached',
    detail: 'Neo4j did not answer. Try again in a few seconds.',
  },
  AliasesChanged: {
    status: 503,
    title: 'An alias was made meanwhile',
    detail: 'An alias was made or removed meanwhile, so nothing was written. Try again.',
  },
  TemporalUnavailable: {
    status: 503,
    title: 'Temporal cannot be reached',
    detail: 'Temporal did not answer, so no run was started or read. Try again in a few seconds.',
  },
  SchemaMissing: {
    status: 503,
    title: 'The graph is not set up',
    detail: 'The schema of the graph is missing: run "topolog migrate".',
  },
  Cancelled: {
    status: 503,
    title: 'The request was given up',
    detail: 'The answer took too long and was given up. Try again, or ask for less.',
  },
  InvalidConfiguration: {
    status: 500,
    title: 'Topolog is configured wrongly',
    detail: 'The configuration does not allow this; the log says why.',
  },
  Internal: {
    status: 500,
    title: 'Something went wrong in Topolog',
    detail: 'This is a fault of Topolog. The log names it under the request id.',
  },
} as const satisfies Readonly<Record<ErrorCode, ProblemKind>>;

/** A fault in the request: `pointer` is a JSON pointer that begins with `/path`, `/query` or `/body`. */
const fault = z.object({ pointer: z.string(), detail: z.string() });
export type Fault = z.output<typeof fault>;

/** The body of every error answer (RFC 9457). */
export interface Problem {
  type: string;
  title: string;
  status: ContentfulStatusCode;
  detail: string;
  /** The path that was asked for, percent-encoded. */
  instance: string;
  code: ErrorCode;
  requestId: string;
  errors?: Fault[];
  candidates?: string[];
  suggestions?: string[];
}

const extensions = z.object({
  errors: z.array(fault).optional().catch(undefined),
  candidates: z.array(z.string()).optional().catch(undefined),
  suggestions: z.array(z.string()).optional().catch(undefined),
});

/** The sentence about an error that may be shown to a caller. */
export function publicDetail(error: AppError): string {
  const kind: ProblemKind = problemKinds[error.code];
  return kind.detail ?? error.message;
}

/** The problem an error is answered with; what is not an AppError is `Internal`. */
export function problemOf(thrown: unknown, request: { path: string; id: string }): Problem {
  const error =
    thrown instanceof AppError ? thrown : new AppError('Internal', 'unexpected', { cause: thrown });
  const { status, title } = problemKinds[error.code];
  const { errors, candidates, suggestions } = extensions.parse(error.details);
  return {
    type: `urn:topolog:problem:${error.code}`,
    title,
    status,
    detail: publicDetail(error),
    instance: request.path,
    code: error.code,
    requestId: request.id,
    ...(status < 500 && errors !== undefined ? { errors } : {}),
    ...(status < 500 && candidates !== undefined ? { candidates } : {}),
    ...(status < 500 && suggestions !== undefined ? { suggestions } : {}),
  };
}
