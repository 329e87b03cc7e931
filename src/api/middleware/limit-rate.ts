import type { Context, MiddlewareHandler } from 'hono';
import { AppError } from '../../runtime/errors.ts';
import { countedAddress } from '../client-address.ts';
import type { ApiEnv } from '../deps.ts';
import { respondWithProblem } from '../error-handlers.ts';
import { type Budget, budgetSeconds, type RateLimiter, type Spent } from '../rate-limiter.ts';

type Middleware = MiddlewareHandler<ApiEnv>;

export interface RateLimits {
  /** Before the caller is known: counts what is answered 401 for the address it came from. */
  readonly ofDenied: Middleware;
  /** After the caller is known: counts for its key, or for its address where it has none. */
  readonly ofCallers: Middleware;
}

/** Limits how often each caller may ask; `unlimited` paths are for whoever watches this process. */
export function limitRate(limiter: RateLimiter, unlimited: readonly string[]): RateLimits {
  const isLimited = (c: Context<ApiEnv>) => !unlimited.includes(c.req.path);
  return {
    async ofDenied(c, next) {
      await next();
      // What ofCallers counted is not counted twice.
      if (c.res.status !== 401 || c.res.headers.has('RateLimit-Limit')) return;
      const spent = await limiter.spend(budgetOf(c), whoOf(c, null));
      if (spent === null) return;
      if (!spent.allowed) c.res = refuse(spent, c);
      tell(spent, c.res);
    },
    async ofCallers(c, next) {
      if (!isLimited(c)) return next();
      const refusal = c.get('refusal');
      // Whose key could not be looked up is nobody's caller to charge.
      if (refusal instanceof AppError && refusal.code === 'Overloaded') throw refusal;
      const spent = await limiter.spend(budgetOf(c), whoOf(c, c.get('caller').keyId));
      if (spent?.allowed === false) c.res = refuse(spent, c);
      else await next();
      if (spent !== null) tell(spent, c.res);
    },
  };
}

function budgetOf(c: Context<ApiEnv>): Budget {
  if (['GET', 'HEAD', 'OPTIONS'].includes(c.req.method)) return 'reads';
  return c.req.method === 'POST' && c.req.path === '/api/v1/runs' ? 'runs' : 'writes';
}

/**
 * Whom a request is counted for; the three never share a name.
 *
 * What comes with a key that is none has a budget of its own at its address, so that somebody who
 * makes up keys takes nothing from who asks there without one.
 */
export function whoOf(c: Context<ApiEnv>, keyId: string | null): string {
  if (keyId !== null) return `key:${keyId}`;
  const kind = c.get('isRefusedKey') === true ? 'refused' : 'address';
  return `${kind}:${countedAddress(c.get('clientAddress'))}`;
}

function refuse(spent: Spent, c: Context<ApiEnv>): Response {
  const message = `More than ${spent.limit} such requests a minute: wait ${spent.resetSeconds} s.`;
  const response = respondWithProblem(new AppError('TooManyRequests', message), c);
  response.headers.set('Retry-After', String(spent.resetSeconds));
  return response;
}

/** The header fields of draft-ietf-httpapi-ratelimit-headers-06. */
function tell(spent: Spent, response: Response): void {
  response.headers.set('RateLimit-Policy', `${spent.limit};w=${budgetSeconds}`);
  response.headers.set('RateLimit-Limit', String(spent.limit));
  response.headers.set('RateLimit-Remaining', String(spent.remaining));
  response.headers.set('RateLimit-Reset', String(spent.resetSeconds));
}
