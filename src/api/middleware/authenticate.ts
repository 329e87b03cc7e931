import type { MiddlewareHandler } from 'hono';
import type { HashedKeyRow } from '../../graph/key-records.ts';
import type { Authenticator } from '../../keys/authenticator.ts';
import { AppError } from '../../runtime/errors.ts';
import { anybody, type Caller, nobody } from '../caller.ts';
import { countedAddress } from '../client-address.ts';
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
    const from = countedAddress(c.get('clientAddress'));
    try {
      c.set('caller', callerOf(await authenticator.authenticate(header, from)));
    } catch (error) {
      c.set('caller', nobody);
      c.set('refusal', error);
      c.set('isRefusedKey', header !== undefined && isUnauthenticated(error));
    }
    c.set('stillAllowed', () => isAllowed(authenticator, header, from));
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
  from: string,
): Promise<boolean> {
  try {
    await authenticator.authenticate(header, from);
    return true;
  } catch (error) {
    if (isUnauthenticated(error)) return false;
    throw error;
  }
}

function isUnauthenticated(error: unknown): boolean {
  return error instanceof AppError && error.code === 'Unauthenticated';
}
