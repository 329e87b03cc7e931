import type { Api } from './deps.ts';
import {
  type ConditionalDeps,
  type ConditionalRead,
  conditional,
} from './middleware/conditional.ts';

/** The reads of the graph that say by an ETag whether their answer is still the same. */
export const conditionalReads: readonly ConditionalRead[] = [
  {
    path: '/api/v1/graph',
    isBelief: (query) =>
      query.getAll('view').join() === 'topology' || query.getAll('format').join() === 'mermaid',
  },
  { path: '/api/v1/services' },
  { path: '/api/v1/services/:id' },
  { path: '/api/v1/services/:id/dependencies' },
  { path: '/api/v1/services/:id/blast-radius' },
  { path: '/api/v1/dependencies' },
  { path: '/api/v1/dependencies/:id' },
  { path: '/api/v1/diff' },
  { path: '/api/v1/changes' },
  { path: '/api/v1/windows' },
  { path: '/api/graph/data' },
  { path: '/api/dependencies' },
  { path: '/api/services' },
  { path: '/api/v2/dependencies' },
];

/** Makes the reads of the graph conditional; goes before their routes. */
export function useConditionalReads(app: Api, deps: ConditionalDeps): void {
  for (const read of conditionalReads) app.get(read.path, conditional(read, deps));
}

const etagHeader = {
  ETag: {
    description:
      'Send it back in `If-None-Match`: as long as nothing changed the answer is 304. What is streamed to a key of a part of the graph has none.',
    schema: { type: 'string' as const },
    example: 'W/"pZ0l5kq1m8Yy4m5Gk0yq9b7cXnE"',
  },
};
const ifNoneMatch = {
  name: 'If-None-Match',
  in: 'header' as const,
  description: '`ETag` of an answer to the same request.',
  schema: { type: 'string' as const },
};

/** Says so in the OpenAPI description; goes after their routes. */
export function describeConditionalReads(app: Api): void {
  const paths = new Set(conditionalReads.map(({ path }) => path.replaceAll(/:(\w+)/g, '{$1}')));
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type !== 'route' || definition.route.method !== 'get') continue;
    if (!paths.has(definition.route.path)) continue;
    const { responses } = definition.route;
    definition.route.parameters = [ifNoneMatch];
    definition.route.responses = {
      ...responses,
      200: { ...responses[200], headers: etagHeader },
      304: { description: 'The answer of that ETag still holds.', headers: etagHeader },
    };
  }
}
