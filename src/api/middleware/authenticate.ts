import type { MiddlewareHandler } from 'hono';
import type { HashedKeyRow } from '../../graph/key-records.ts';
import type { Authenticator } from '../../keys/authenticator.ts';
import { AppError } from '../../runtime/errors.ts';
import { anybody, type Caller, nobody } from '../caller.ts';
import type { ApiEnv } from '../deps.ts';

/**
 * Finds out who asks; without an authenticator anybody may do everything.
 *
 * Refuses nobody: that is up to the route (`needs`), so that what is open stays open, and limits
 * count also who is refused.
 */
export function authenticate(authenticator: Authenticator | null): MiddlewareHandler<ApiEnv> {
  return async function authenticate(c, next) {
    if (authenticator === null) {
      c.set('caller', anybody);
      c.set('stillAllowed', async () => true);
      return next();
    }
    const header = c.req.header('Authorization');
    try {
      c.set('caller', callerOf(await authenticator.authenticate(header)));
    } catch (error) {
      c.set('caller', nobody);
      c.set('refusal', error);
    }
    c.set('stillAllowed', () => isAllowed(authenticator, header));
    return next();
  };
}

function callerOf(key: HashedKeyRow): Caller {
  const { id, scopes, environments, teams } = key;
  return { keyId: id, scopes: new Set(scopes), environments, teams };
}

/** @throws AppError when the graph cannot be asked. */
async function isAllowed(
  authenticator: Authenticator,
  header: string | undefined,
): Promise<boolean> {
  try {
    await authenticator.authenticate(header);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'Unauthenticated') return false;
    throw error;
  }
}
