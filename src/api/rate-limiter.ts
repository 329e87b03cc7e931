import type { Registry } from 'prom-client';
import { Counter } from 'prom-client';
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
  RLWrapperTimeouts,
} from 'rate-limiter-flexible';
import type { Logger } from '../runtime/logger.ts';
import type { Redis } from '../runtime/redis.ts';

/** What a request is taken from. */
export const budgets = ['reads', 'writes', 'runs'] as const;
export type Budget = (typeof budgets)[number];

/** What is left of a budget after a request. */
export interface Spent {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Until the whole budget is there again. */
  readonly resetSeconds: number;
}

export interface RateLimiter {
  /** Takes one request from somebody's budget; null where nothing is limited, or nobody can tell. */
  spend(budget: Budget, who: string): Promise<Spent | null>;
}

export interface RateLimiterOptions {
  /** Requests a minute; 0 for no limit. */
  readonly perMinute: Readonly<Record<Budget, number>>;
  /** Where all replicas count together; without it each counts for itself. */
  readonly redis?: Redis;
  readonly registry: Registry;
  readonly logger: Logger;
}

export const budgetSeconds = 60;
/** Redis is asked before every answer, so it may not take long. */
const redisMillis = 250;
/** How long Redis is left alone after it failed. */
const pauseMillis = 1000;

/**
 * Creates the limiter; a budget is whole for a minute from its first request on.
 *
 * Where Redis cannot be asked the request goes through (it is counted and, once an outage, logged):
 * an API that answers nobody because a counter is away would be the worse outage.
 */
export function createRateLimiter(options: RateLimiterOptions): RateLimiter {
  const { perMinute, redis, registry, logger } = options;
  const limiters = new Map<Budget, RateLimiterAbstract>();
  for (const budget of budgets) {
    if (perMinute[budget] > 0) limiters.set(budget, limiterOf(budget, perMinute[budget], redis));
  }
  const refused = new Counter({
    name: 'topolog_rate_limited_requests_total',
    help: 'Requests refused because a budget was used up.',
    labelNames: ['budget'],
    registers: [registry],
  });
  const unchecked = new Counter({
    name: 'topolog_rate_limit_unchecked_requests_total',
    help: 'Requests that went through unlimited because Redis could not be asked.',
    registers: [registry],
  });
  let away = false;
  let askAgainAt = 0;

  function passUnchecked(): null {
    unchecked.inc();
    return null;
  }

  return {
    async spend(budget, who) {
      const limiter = limiters.get(budget);
      if (limiter === undefined) return null;
      if (performance.now() < askAgainAt) return passUnchecked();
      const outcome = await limiter.consume(who).catch((thrown: unknown) => thrown);
      if (!(outcome instanceof RateLimiterRes)) {
        askAgainAt = performance.now() + pauseMillis;
        if (!away) logger.warn({ err: outcome }, 'Redis cannot be asked: nothing is limited');
        away = true;
        return passUnchecked();
      }
      if (away) logger.info('Redis can be asked again: requests are limited');
      away = false;
      const limit = perMinute[budget];
      const allowed = outcome.consumedPoints <= limit;
      if (!allowed) refused.inc({ budget });
      return {
        allowed,
        limit,
        remaining: Math.max(0, limit - outcome.consumedPoints),
        resetSeconds: Math.max(1, Math.ceil(outcome.msBeforeNext / 1000)),
      };
    },
  };
}

function limiterOf(budget: Budget, points: number, redis: Redis | undefined): RateLimiterAbstract {
  const common = { keyPrefix: `topolog:${budget}`, points, duration: budgetSeconds };
  if (redis === undefined) return new RateLimiterMemory(common);
  const limiter = new RateLimiterRedis({
    ...common,
    storeClient: redis,
    useRedisPackage: true,
    rejectIfRedisNotReady: true,
  });
  return new RLWrapperTimeouts({ limiter, timeoutMs: redisMillis });
}
