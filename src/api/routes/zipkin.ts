import { createRoute, z } from '@hono/zod-openapi';
import { needs } from '../access.ts';
import { linksOf } from '../compat/links.ts';
import { lookbackQuery, periodOf } from '../compat/lookback.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { problemResponses } from '../problem-responses.ts';
import { json } from '../schemas/content.ts';

const zipkinDependencies = createRoute({
  method: 'get',
  path: '/api/v2/dependencies',
  operationId: 'zipkinDependencies',
  tags: ['Other tools'],
  summary: 'The dependencies, as Zipkin answers',
  description:
    'Calls are the rate of the latest window times the part of the period in which the dependency was ' +
    'seen; the period ends where reading has come to. Of the past they are 0, because only what was ' +
    'believed is kept.',
  ...needs('read'),
  request: { query: lookbackQuery },
  responses: {
    200: {
      description: 'The links.',
      content: json(
        z
          .array(
            z.object({
              parent: z.string().openapi({ description: 'The client.' }),
              child: z.string().openapi({ description: 'The server.' }),
              callCount: z.int().min(0).openapi({ description: 'Calls in the period.' }),
              errorCount: z.int().min(0).openapi({ description: 'Those of them that failed.' }),
            }),
          )
          .openapi('ZipkinDependencies'),
        [{ parent: 'checkout', child: 'payment', callCount: 1080000, errorCount: 2160 }],
      ),
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
