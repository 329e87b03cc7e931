import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import { secureHeaders } from 'hono/secure-headers';

/**
 * Security headers of every answer; a route may set a policy of its own (the documentation does).
 *
 * Strict-Transport-Security is left to whoever terminates TLS.
 */
export function headers(): MiddlewareHandler {
  return secureHeaders({
    overwrite: false,
    strictTransportSecurity: false,
    xFrameOptions: 'DENY',
    contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  });
}

/**
 * Keeps answers out of shared caches: what is read may be kept by its reader and asked for again,
 * anything else is not kept. A route may say otherwise.
 */
export function caching(): MiddlewareHandler {
  return async function caching(c, next) {
    await next();
    if (c.res.headers.has('Cache-Control')) return;
    const isRead = c.req.method === 'GET' || c.req.method === 'HEAD';
    const isKept = isRead && (c.res.ok || c.res.status === 304);
    c.res.headers.set('Cache-Control', isKept ? 'private, no-cache' : 'no-store');
  };
}

/** Lets pages of these origins read the API in a browser; credentials of the browser are never used. */
export function crossOrigin(origins: readonly string[]): MiddlewareHandler {
  return cors({
    origin: [...origins],
    allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowHeaders: ['Authorization', 'Content-Type', 'If-None-Match', 'X-Request-Id'],
    exposeHeaders: [
      'ETag',
      'Location',
      'RateLimit-Limit',
      'RateLimit-Policy',
      'RateLimit-Remaining',
      'RateLimit-Reset',
      'Retry-After',
      'X-Request-Id',
    ],
    maxAge: 600,
  });
}
