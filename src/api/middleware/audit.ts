import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { AppError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { ApiEnv } from '../deps.ts';

const reading = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Logs one line for every request that would write: who, what, to what, and what came of it.
 *
 * `subject` is what the route says it is about (`c.set('subject', …)`). The line is there whatever
 * level is logged, unless nothing is.
 */
export function audit(logger: Logger): MiddlewareHandler<ApiEnv> {
  const level = logger.level === 'silent' ? 'silent' : 'info';
  const auditLogger = logger.child({ audit: true }, { level });
  return async function audit(c, next) {
    await next();
    if (reading.includes(c.req.method)) return;
    const { status } = c.res;
    auditLogger.info(
      {
        keyId: c.get('caller').keyId,
        requestId: c.get('requestId'),
        action: `${c.req.method} ${routePath(c)}`,
        subject: c.get('subject') ?? c.req.param('id') ?? null,
        outcome: status < 400 ? 'done' : status < 500 ? 'refused' : 'failed',
        status,
        code: c.error instanceof AppError ? c.error.code : undefined,
      },
      'audit',
    );
  };
}
