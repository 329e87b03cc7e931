import { createRoute, z } from '@hono/zod-openapi';
import { needsWholeView, openToAll } from '../access.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { openProblemResponses, problemResponses } from '../problem-responses.ts';

const getMetrics = {
  method: 'get' as const,
  path: '/api/v1/metrics',
  operationId: 'getMetrics',
  tags: ['Operation'],
  summary: "This process's metrics, for Prometheus",
  description: 'In the Prometheus text format; durations are in seconds.',
  request: { query: z.strictObject({}) },
  responses: {
    200: {
      description: 'The metrics.',
      content: {
        'text/plain': {
          schema: z.string().openapi({ description: 'The Prometheus text format.' }),
          example: 'topolog_http_requests_total{method="GET"} 12\n',
        },
      },
    },
  },
};

export function registerGetMetrics(
  app: Api,
  { registry, access }: Pick<ApiDeps, 'registry' | 'access'>,
): void {
  const { responses, ...described } = getMetrics;
  const route = access.metricsNeedKey
    ? createRoute({
        ...described,
        // It counts the whole graph.
        ...needsWholeView('read'),
        responses: { ...responses, ...problemResponses('GraphUnavailable', 'SchemaMissing') },
      })
    : createRoute({
        ...described,
        ...openToAll(),
        responses: { ...responses, ...openProblemResponses() },
      });
  app.openapi(route, async (c) =>
    c.text(await registry.metrics(), 200, { 'Content-Type': registry.contentType }),
  );
}
