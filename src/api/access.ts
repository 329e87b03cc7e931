import type { MiddlewareHandler } from 'hono';
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
