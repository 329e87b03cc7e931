import type { MiddlewareHandler } from 'hono';
import { createClientAddress } from '../client-address.ts';
import type { ApiEnv } from '../deps.ts';

/** Says in `clientAddress` where a request comes from. */
export function client(trustedProxies: readonly string[]): MiddlewareHandler<ApiEnv> {
  const clientAddress = createClientAddress(trustedProxies);
  return async function client(c, next) {
    const peer = c.env?.incoming?.socket.remoteAddress;
    c.set('clientAddress', clientAddress(peer, c.req.header('X-Forwarded-For')));
    await next();
  };
}
