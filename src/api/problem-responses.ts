import type { RouteConfig } from '@hono/zod-openapi';
import type { ErrorCode } from '../runtime/errors.ts';
import { bearerChallenge, problemKinds, problemMediaType, retryAfterSeconds } from './problem.ts';
import { problemSchema } from './schemas/problem.ts';

type ResponseConfig = RouteConfig['responses'][string];

/** The header of an answer that says: not now. */
export const retryAfterHeader = {
  'Retry-After': {
    description: 'Seconds to wait before trying again.',
    schema: { type: 'integer' as const },
    example: retryAfterSeconds,
  },
};

const challenge = {
  'WWW-Authenticate': {
    description: 'How to authenticate.',
    schema: { type: 'string' as const },
    example: bearerChallenge,
  },
};

const headersOfStatus: Readonly<Record<number, typeof challenge | typeof retryAfterHeader>> = {
  401: challenge,
  429: retryAfterHeader,
  503: retryAfterHeader,
};

/** What any request may be answered, whatever its route. */
const everywhere = [
  'InvalidRequest',
  'ForeignRequest',
  'RequestTooSlow',
  'UrlTooLong',
  'HeadersTooLarge',
  'TooManyRequests',
  'Overloaded',
  'Cancelled',
  'Internal',
] as const satisfies readonly ErrorCode[];

/** The error responses of a route that needs a key: what comes of having none is always among them. */
export function problemResponses(...codes: readonly ErrorCode[]): Record<never, ResponseConfig> {
  return openProblemResponses(...codes, 'Unauthenticated', 'Forbidden');
}

/**
 * The error responses of a route, for its OpenAPI description, with those of every route: any answer
 * may take too long or fail.
 *
 * The type has no keys on purpose: handlers throw their errors and never return them.
 */
export function openProblemResponses(
  ...codes: readonly ErrorCode[]
): Record<never, ResponseConfig> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of new Set<ErrorCode>([...codes, ...everywhere])) {
    const { status } = problemKinds[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries([...byStatus].map(([status, group]) => [status, response(group)]));
}

function response(codes: readonly ErrorCode[]): ResponseConfig {
  const headers = codes.map((code) => headersOfStatus[problemKinds[code].status])[0];
  return {
    description: codes.map((code) => `\`${code}\`: ${problemKinds[code].title}.`).join(' '),
    content: {
      [problemMediaType]: {
        schema: problemSchema,
        examples: Object.fromEntries(codes.map((code) => [code, { value: example(code) }])),
      },
    },
    ...(headers === undefined ? {} : { headers }),
  };
}

function example(code: ErrorCode) {
  const kind: { status: number; title: string; detail?: string } = problemKinds[code];
  return {
    type: `urn:topolog:problem:${code}`,
    title: kind.title,
    status: kind.status,
    detail: kind.detail ?? `${kind.title}.`,
    instance: '/api/v1/…',
    code,
    requestId: '5f0c3a52-8f0e-4f52-9f0a-1c5b4c1f7a10',
    ...(code === 'InvalidRequest'
      ? { errors: [{ pointer: '/query/limit', detail: 'must be a whole number from 1 to 1000' }] }
      : {}),
    ...(code === 'AmbiguousService' ? { candidates: ['shop:checkout', 'bank:checkout'] } : {}),
    ...(code === 'ServiceNotFound' ? { suggestions: ['shop:checkout'] } : {}),
  };
}
