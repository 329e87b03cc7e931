import { createHash } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import type { TokenQueries } from '../../graph/token-queries.ts';
import { parseInstant } from '../../runtime/instant.ts';
import { tickOf } from '../answer-clock.ts';
import type { Caller } from '../caller.ts';
import type { ApiEnv } from '../deps.ts';

export interface ConditionalDeps {
  readonly tokens: TokenQueries;
  /** Of the program, whose next version may say the same in another way. */
  readonly version: string;
  readonly now: () => number;
}

/** A read of the graph that is answered with 304 where the client has that answer already. */
export interface ConditionalRead {
  /** As routes are written for Hono. */
  readonly path: string;
  /** Whether a query asks for nothing that is not of the belief: no traffic, and no freshness. */
  readonly isBelief?: (query: URLSearchParams) => boolean;
}

/**
 * Gives an answer an ETag, and answers 304 instead where the client knows it.
 *
 * The tokens are read before the answer, so an answer may be newer than its ETag says and never
 * older. Who asks for what was refused has no ETag to send, so a 304 comes before all checks of the
 * request.
 */
export function conditional(
  { isBelief = () => false }: Pick<ConditionalRead, 'isBelief'>,
  deps: ConditionalDeps,
): MiddlewareHandler<ApiEnv> {
  return async function conditional(c, next) {
    // Who may not ask is told so by the route.
    if (c.get('refusal') !== undefined) return next();
    const tokens = await deps.tokens.tokens();
    if (tokens === null) return next();
    const url = new URL(c.req.url);
    const belief = isBelief(url.searchParams);
    const depends = [
      deps.version,
      url.pathname,
      [...url.searchParams].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
      c.req.header('Accept') ?? null,
      restrictionsOf(c.get('caller')),
      tokens.belief,
      belief ? null : tokens.evidence,
      belief && !isRelative(url.searchParams) ? null : tickOf(deps.now()),
    ];
    const etag = etagOf(depends);
    const headers = { ETag: etag, 'Cache-Control': 'private, no-cache', Vary: vary };
    if (isKnown(c.req.header('If-None-Match'), etag)) return c.body(null, 304, headers);
    await next();
    if (c.res.status !== 200) return undefined;
    for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value);
    return undefined;
  };
}

const vary = 'Authorization, Accept, Accept-Encoding';

/** What a caller may do and see; two keys of the same restrictions share their answers. */
function restrictionsOf({ scopes, environments, teams }: Caller) {
  const sorted = (words: Iterable<string> | null) => (words === null ? null : [...words].sort());
  return [sorted(scopes), sorted(environments), sorted(teams)];
}

/** Weak: bytes differ with the encoding, and by what is written while an answer is read. */
function etagOf(depends: readonly unknown[]): string {
  const hash = createHash('sha256').update(JSON.stringify(depends)).digest('base64url');
  return `W/"${hash.slice(0, 27)}"`;
}

/** Whether `If-None-Match` lists an ETag; `*` is left to requests that write. */
function isKnown(header: string | undefined, etag: string): boolean {
  const listed: readonly string[] = header?.match(/"[^"]*"/g) ?? [];
  return listed.includes(etag.slice('W/'.length));
}

const moments = ['at', 'from', 'to', 'since', 'until'];

/** Whether an instant is asked for as so long ago, and moves with the clock. */
function isRelative(query: URLSearchParams): boolean {
  return moments.some((name) =>
    query.getAll(name).some((text) => text.length > 40 || parseInstant(text) === null),
  );
}
