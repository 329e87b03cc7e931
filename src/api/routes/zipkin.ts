import { createRoute, z } from '@hono/zod-openapi';
import { needs } from '../access.ts';
import { linksOf } from '../compat/links.ts';
import { lookbackQuery, periodOf } from '../compat/lookback.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { problemResponses } from '../problem-responses.ts';

const zipkinDependencies = createRoute({
  method: 'get',
  path: '/api/v2/dependencies',
  operationId: 'zipkinDependencies',
  tags: ['Other tools'],
  summary: 'The dependencies, as Zipkin answers',
  description:
    'Calls are the rate of the latest window times the period; of the past they are 0, because only ' +
    'what was believed is kept.',
  ...needs('read'),
  request: { query: lookbackQuery },
  responses: {
    200: {
      description: 'The links.',
      content: {
        'application/json': {
          schema: z
            .array(
              z.object({
                parent: z.string(),
                child: z.string(),
                callCount: z.int().min(0),
                errorCount: z.int().min(0),
              }),
            )
            .openapi('ZipkinDependencies'),
        },
      },
    },
    ...problemResponses('InvalidRequest', 'InvalidRange', 'GraphUnavailable', 'SchemaMissing'),
  },
});

export function registerZipkin(app: Api, deps: Pick<ApiDeps, 'queries' | 'now'>): void {
  app.openapi(zipkinDependencies, async (c) => {
    const { at, lookbackMillis } = await periodOf(c.req.valid('query'), deps);
    return c.json(linksOf(await deps.queries.graph(c.get('caller'), at), lookbackMillis), 200);
  });
}
