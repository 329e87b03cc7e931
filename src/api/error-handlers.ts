import type { Hook } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ZodError } from 'zod';
import { AppError, type ErrorCode } from '../runtime/errors.ts';
import type { ApiEnv } from './deps.ts';
import {
  bearerChallenge,
  type Fault,
  problemMediaType,
  problemOf,
  retryAfterSeconds,
} from './problem.ts';

/** Answers with the problem of whatever was thrown; the request log keeps the cause. */
export function respondWithProblem(thrown: unknown, c: Context<ApiEnv>): Response {
  const error = thrown instanceof HTTPException ? ofHttpException(thrown) : thrown;
  const path = new URL(c.req.url).pathname;
  const problem = problemOf(error, { path, id: c.get('requestId') });
  const headers: Record<string, string> = { 'Content-Type': problemMediaType };
  if (problem.status === 401) headers['WWW-Authenticate'] = bearerChallenge;
  if (problem.status === 503 || problem.status === 429) {
    headers['Retry-After'] = String(retryAfterSeconds);
  }
  return c.body(JSON.stringify(problem), problem.status, headers);
}

/** Answers where no route matches. */
export function respondNotFound(c: Context<ApiEnv>): Response {
  const message = `There is nothing at ${c.req.path}; /docs lists what there is.`;
  return respondWithProblem(new AppError('RouteNotFound', message), c);
}

/** Answers where a route matches the path but not the method. */
export function respondMethodNotAllowed(c: Context<ApiEnv>, allowed: string[]): Response {
  const allow = allowed.join(', ');
  const message = `${c.req.method} is not possible here, only ${allow}.`;
  const response = respondWithProblem(new AppError('MethodNotAllowed', message), c);
  response.headers.set('Allow', allow);
  return response;
}

const targets: Readonly<Record<string, string>> = { param: 'path', json: 'body' };

/** Turns what a request schema found into one InvalidRequest that names every fault. */
export const throwOnInvalid: Hook<unknown, ApiEnv, string, undefined> = (result) => {
  if (result.success) return undefined;
  const errors = faultsOf(targets[result.target] ?? result.target, result.error);
  const said = errors.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; ');
  throw new AppError('InvalidRequest', `The request is not valid: ${said}.`, {
    details: { errors },
  });
};

function faultsOf(target: string, error: ZodError): Fault[] {
  return error.issues.flatMap((issue) => {
    const at = issue.path.map(String);
    if (issue.code !== 'unrecognized_keys') {
      return [{ pointer: pointerOf([target, ...at]), detail: issue.message }];
    }
    return issue.keys.map((key) => ({
      pointer: pointerOf([target, ...at, key]),
      detail: 'is not known here',
    }));
  });
}

/** A JSON pointer (RFC 6901). */
function pointerOf(segments: readonly string[]): string {
  return segments.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

const codesOfStatus: Readonly<Record<number, ErrorCode>> = {
  404: 'RouteNotFound',
  405: 'MethodNotAllowed',
  413: 'PayloadTooLarge',
  415: 'UnsupportedMediaType',
};

const sentences: Partial<Record<ErrorCode, string>> = {
  UnsupportedMediaType: 'The body must be JSON: send it with "Content-Type: application/json".',
};

/** Errors that Hono and its middleware throw. */
function ofHttpException(error: HTTPException): AppError {
  const fallback = error.status < 500 ? 'InvalidRequest' : 'Internal';
  const code = codesOfStatus[error.status] ?? fallback;
  return new AppError(code, sentences[code] ?? `${error.message}.`, { cause: error });
}
