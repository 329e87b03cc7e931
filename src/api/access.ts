import type { Context, MiddlewareHandler } from 'hono';
import { isRestricted, permits, type Scope } from '../domain/key.ts';
import { AppError } from '../runtime/errors.ts';
import type { ApiEnv } from './deps.ts';

/** Name of the security scheme in the OpenAPI document. */
export const keyScheme = 'key';

/** Who may use a route; spread into it, so that the route, its description and its test agree. */
export interface Access {
  readonly security: Record<string, string[]>[];
  readonly middleware: MiddlewareHandler<ApiEnv>[];
}

/** Open to everybody, with or without a key. */
export function openToAll(): Access {
  return { security: [], middleware: [] };
}

/** Needs a key with this scope, or an admin's. */
export function needs(scope: Scope): Access {
  return { security: [{ [keyScheme]: [scope] }], middleware: [requireScope(scope)] };
}

/** Needs a key with this scope that sees all there is: for what is of no environment and no team. */
export function needsWholeView(scope: Scope): Access {
  const access = needs(scope);
  return { ...access, middleware: [...access.middleware, requireWholeView] };
}

/** Needs a key with this scope, also where the API asks for none: for what changes keys. */
export function needsKnownCaller(scope: Scope): Access {
  const access = needs(scope);
  return { ...access, middleware: [...access.middleware, requireKnownCaller] };
}

/**
 * The id of the key of who asks.
 *
 * @throws AppError `KeylessMode` where nobody is known.
 */
export function knownCaller(c: Context<ApiEnv>): string {
  const { keyId } = c.get('caller');
  if (keyId !== null) return keyId;
  throw new AppError(
    'KeylessMode',
    'This API asks for no key, so it does not know who asks and changes none: set API_KEYS=required, or use "topolog keys".',
  );
}

const requireKnownCaller: MiddlewareHandler<ApiEnv> = async (c, next) => {
  knownCaller(c);
  await next();
};

function requireScope(scope: Scope): MiddlewareHandler<ApiEnv> {
  return async function requireScope(c, next) {
    const refusal = c.get('refusal');
    if (refusal !== undefined) throw refusal;
    const { scopes } = c.get('caller');
    if (!permits(scopes, scope)) {
      const held = [...scopes].join(', ');
      throw new AppError('Forbidden', `This needs a key with the scope ${scope}; yours: ${held}.`);
    }
    await next();
  };
}

const requireWholeView: MiddlewareHandler<ApiEnv> = async (c, next) => {
  if (isRestricted(c.get('caller'))) {
    throw new AppError(
      'Forbidden',
      'This is of no environment and no team: it needs a key that is not restricted to some.',
    );
  }
  await next();
};
