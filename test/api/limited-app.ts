import type { HttpBindings } from '@hono/node-server';
import type { ApiLimits } from '../../src/api/deps.ts';
import { type Budget, createRateLimiter } from '../../src/api/rate-limiter.ts';
import type { Redis } from '../../src/runtime/redis.ts';
import { createTestApp, type TestOptions } from './doubles.ts';

export interface LimitedOptions extends Omit<TestOptions, 'limits'> {
  readonly perMinute?: Partial<Record<Budget, number>>;
  readonly redis?: Redis;
  readonly inFlight?: Partial<ApiLimits['inFlight']>;
  readonly trustedProxies?: readonly string[];
}

/** The app of the doubles, with limits; what is not given is not limited. */
export function createLimitedApp(options: LimitedOptions = {}) {
  const { perMinute, redis, inFlight, trustedProxies = [], ...others } = options;
  return createTestApp({
    ...others,
    limits: ({ logger, registry }) => ({
      rate: createRateLimiter({
        perMinute: { reads: 0, writes: 0, runs: 0, ...perMinute },
        ...(redis === undefined ? {} : { redis }),
        registry,
        logger,
      }),
      inFlight: { perProcess: 10_000, perCaller: 10_000, ...inFlight },
      trustedProxies,
    }),
  });
}

/** What a server would tell the app of a connection from this address. */
export function from(remoteAddress: string): Partial<HttpBindings> {
  const headersDistinct = { host: ['localhost'] };
  return {
    incoming: { headersDistinct, socket: { remoteAddress } },
  } as unknown as Partial<HttpBindings>;
}

/** The fields that say what is left of a budget. */
export function budgetOf({ headers }: Response) {
  const number = (name: string) => Number(headers.get(name) ?? Number.NaN);
  return {
    policy: headers.get('RateLimit-Policy'),
    limit: number('RateLimit-Limit'),
    remaining: number('RateLimit-Remaining'),
    resetSeconds: number('RateLimit-Reset'),
  };
}
