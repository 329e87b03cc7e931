import { keyScheme } from './access.ts';
import type { Api } from './deps.ts';

const description = `
Topolog remembers how services depend on each other: who calls whom, since when, and how fresh that is.

- Every answer about the graph carries \`freshness\`: how far behind each source is.
- Times are ISO 8601 in UTC; rates are per second; ratios are between 0 and 1.
- Errors are \`application/problem+json\` (RFC 9457); decide by \`code\`. A 503 says in \`Retry-After\`
  how many seconds to wait.
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
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'Topolog',
      version,
      description,
      license: { name: 'Apache-2.0' },
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
  });
}
