import type { MiddlewareHandler } from 'hono';
import { AppError } from '../../runtime/errors.ts';
import { createForeignCheck, type OwnPlaces, sentOf } from '../../runtime/foreign-requests.ts';
import type { ApiEnv } from '../deps.ts';

/**
 * Refuses what a page of somebody else's sends to an API that asks for no key; before anything is
 * answered, whatever the route.
 */
export function refuseForeign(own: OwnPlaces): MiddlewareHandler<ApiEnv> {
  const foreign = createForeignCheck(own);
  return async function refuseForeign(c, next) {
    const incoming = c.env?.incoming;
    const problem = foreign(
      incoming === undefined
        ? {
            hosts: [c.req.header('Host') ?? new URL(c.req.url).host],
            origin: c.req.header('Origin'),
            site: c.req.header('Sec-Fetch-Site'),
            localAddress: undefined,
          }
        : sentOf(incoming),
    );
    if (problem !== null) throw new AppError('ForeignRequest', problem);
    await next();
  };
}
