import { keyScheme } from './access.ts';
import type { Api } from './deps.ts';

const description = `
Topolog remembers how services depend on each other: who calls whom, since when, and how fresh that is.

- Every answer about the graph carries \`freshness\`: how far behind each source is, and \`coverage\`:
  whether the sources were looked at by the instant that it is about.
- Times are ISO 8601 in UTC; rates are per second; ratios are between 0 and 1. A point in time in a
  request is ISO 8601 with a zone, how long ago (\`24h\`), or \`now\`.
- Lists have one form: \`items\` in a fixed order, \`nextCursor\` (null on the last page), \`limit\` and
  \`empty\`, which says of a list with nothing in it why. Ask
  again with \`cursor\` set to \`nextCursor\` and the same filters; \`fields\` picks fields of the items. What
  was there all the time is neither skipped nor repeated, whatever is written meanwhile.
- Under \`/api/v1\` a parameter that is not known is refused, so that a typing error is not ignored.
- Errors are \`application/problem+json\` (RFC 9457); decide by \`code\`. A 503 and a 429 say in
  \`Retry-After\` how many seconds to wait.
- Requests are counted by key, or by address where there is none: \`RateLimit-Limit\`,
  \`RateLimit-Remaining\` and \`RateLimit-Reset\` (seconds) say how much of a minute's budget is left.
- Send a key as \`Authorization: Bearer topolog_…\`. One that is restricted to environments or teams
  sees nothing else: what is outside of it does not exist for it.
- Every answer has an \`X-Request-Id\`, the id under which the log knows the request; send your own to
  set it.
`.trim();

/** Serves the OpenAPI 3.1 description that the routes make up. */
export function registerOpenApi(app: Api, version: string): void {
  app.openAPIRegistry.registerComponent('securitySchemes', keyScheme, {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'topolog_<id>_<secret>',
    description:
      'A key, made by `topolog keys` or an admin. An operation names the scope it needs; `admin` may ' +
      'do everything. A server on loopback may ask for none.',
  });
  const config = {
    openapi: '3.1.0',
    info: {
      title: 'Topolog',
      version,
      description,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: '/', description: 'This server' }],
    tags: [
      { name: 'Graph', description: 'Services and how they depend on each other.' },
      { name: 'History', description: 'What changed, and how the graph was.' },
      { name: 'Other tools', description: 'The same graph as other tools ask for it.' },
      { name: 'Runs', description: 'Reading sources into the graph.' },
      { name: 'Keys', description: 'Who may ask.' },
      { name: 'Operation', description: 'Health and metrics of this process.' },
    ],
  };
  // The routes do not change while the process lives, and making it takes a while.
  let text: string | undefined;
  app.get('/openapi.json', (c) => {
    text ??= JSON.stringify(app.getOpenAPI31Document(config));
    return c.body(text, 200, { 'Content-Type': 'application/json' });
  });
}
