import { createRoute, z } from '@hono/zod-openapi';
import type { Api, ApiDeps } from '../deps.ts';
import { problemResponses } from '../problem-responses.ts';

const getMetrics = createRoute({
  method: 'get',
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
    ...problemResponses('InvalidRequest'),
  },
});

export function registerGetMetrics(app: Api, { registry }: Pick<ApiDeps, 'registry'>): void {
  app.openapi(getMetrics, async (c) =>
    c.text(await registry.metrics(), 200, { 'Content-Type': registry.contentType }),
  );
}
