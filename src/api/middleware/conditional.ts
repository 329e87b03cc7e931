import { createHash } from 'node:crypto';
import type { Context, MiddlewareHandler, Next } from 'hono';
import { isRestricted } from '../../domain/key.ts';
import type { TokenQueries } from '../../graph/token-queries.ts';
import { parseInstant } from '../../runtime/instant.ts';
import { tickOf } from '../answer-clock.ts';
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
 *
 * The tokens are of the whole graph, so to who sees a part of it they would tell of the rest: their
 * ETag is of the answer itself, which is made each time.
 */
export function conditional(
  { isBelief = () => false }: Pick<ConditionalRead, 'isBelief'>,
  deps: ConditionalDeps,
): MiddlewareHandler<ApiEnv> {
  return async function conditional(c, next) {
    // Who may not ask is told so by the route.
    if (c.get('refusal') !== undefined) return next();
    if (isRestricted(c.get('caller'))) return byAnswer(c, next);
    const tokens = await deps.tokens.tokens();
    if (tokens === null) return next();
    const url = new URL(c.req.url);
    const belief = isBelief(url.searchParams);
    const depends = [
      deps.version,
      url.pathname,
      [...url.searchParams].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
      c.req.header('Accept') ?? null,
      [...c.get('caller').scopes].sort(),
      tokens.belief,
      belief ? null : tokens.evidence,
      belief && !isRelative(url.searchParams) ? null : tickOf(deps.now()),
    ];
    const etag = etagOf(JSON.stringify(depends));
    if (isKnown(c.req.header('If-None-Match'), etag)) {
      return c.body(null, 304, { ETag: etag, ...keeping });
    }
    await next();
    if (c.res.status === 200) say(c.res, { ETag: etag, ...keeping });
    return undefined;
  };
}

const keeping = {
  'Cache-Control': 'private, no-cache',
  Vary: 'Authorization, Accept, Accept-Encoding',
};

function say(response: Response, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
}

/** Makes the answer and gives it an ETag of its bytes, or 304 instead; what is streamed has none. */
async function byAnswer(c: Context<ApiEnv>, next: Next): Promise<void> {
  await next();
  if (c.res.status !== 200) return;
  say(c.res, keeping);
  // Only exports are streamed, and only they are files; one may be too large to be held.
  if (c.res.headers.has('Content-Disposition')) return;
  const body = await c.res.arrayBuffer();
  const etag = etagOf(new Uint8Array(body));
  const answer = isKnown(c.req.header('If-None-Match'), etag)
    ? new Response(null, { status: 304, headers: c.res.headers })
    : new Response(body, c.res);
  if (answer.status === 304) answer.headers.delete('Content-Type');
  answer.headers.set('ETag', etag);
  c.res = undefined;
  c.res = answer;
}

/** Weak: bytes differ with the encoding, and by what is written while an answer is read. */
function etagOf(content: string | Uint8Array): string {
  const hash = createHash('sha256').update(content).digest('base64url');
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
