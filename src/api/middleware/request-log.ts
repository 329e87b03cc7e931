import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { Logger } from '../../runtime/logger.ts';
import type { ApiEnv } from '../deps.ts';

/**
 * Logs one line per request, with the error and its cause where it ended in a 5xx.
 *
 * The query is left out: it may hold anything. Probes that succeed are logged at `debug`.
 */
export function requestLog(logger: Logger, probes: readonly string[]): MiddlewareHandler<ApiEnv> {
  return async function requestLog(c, next) {
    const startedAt = performance.now();
    await next();
    const { status } = c.res;
    const line = {
      method: c.req.method,
      route: routePath(c),
      path: c.req.path,
      status,
      durationMs: Math.round((performance.now() - startedAt) * 10) / 10,
      requestId: c.get('requestId'),
      keyId: c.get('caller')?.keyId ?? undefined,
    };
    if (c.error !== undefined && status >= 500) {
      logger.error({ ...line, err: c.error }, 'request failed');
    } else {
      logger[levelOf(status, probes.includes(c.req.path))](line, 'request');
    }
  };
}

function levelOf(status: number, isProbe: boolean): 'debug' | 'info' | 'warn' {
  if (status >= 500) return 'warn';
  return isProbe ? 'debug' : 'info';
}
