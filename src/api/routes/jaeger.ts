import { createRoute, z } from '@hono/zod-openapi';
import { needs } from '../access.ts';
import { labelsOf } from '../compat/labels.ts';
import { linksOf } from '../compat/links.ts';
import { lookbackQuery, periodOf } from '../compat/lookback.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { problemResponses } from '../problem-responses.ts';
import { json } from '../schemas/content.ts';

const envelope = {
  total: z.int().openapi({ description: 'How many there are, as far as Jaeger says it.' }),
  limit: z.int().openapi({ description: 'Always 0: all are there.' }),
  offset: z.int().openapi({ description: 'Always 0.' }),
  errors: z.null().openapi({ description: 'Always null.' }),
};
const link = z.object({
  parent: z.string().openapi({ description: 'The client.' }),
  child: z.string().openapi({ description: 'The server.' }),
  callCount: z.int().min(0).openapi({ description: 'Calls in the period.' }),
});
const noPages = { limit: 0, offset: 0, errors: null };

const jaegerDependencies = createRoute({
  method: 'get',
  path: '/api/dependencies',
  operationId: 'jaegerDependencies',
  tags: ['Other tools'],
  summary: 'The dependencies, as Jaeger answers',
  description:
    "For Jaeger's UI and Grafana's Jaeger data source. Calls are the rate of the latest window times " +
    'the part of the period in which the dependency was seen; the period ends where reading has come to. ' +
    'Of the past they are 0, because only what was believed is kept.',
  ...needs('read'),
  request: {
    query: lookbackQuery.extend({
      service: z
        .string({ error: 'must be given once' })
        .optional()
        .openapi({
          param: { name: 'service', in: 'query' },
          description: 'Only dependencies with this service at either end.',
        }),
    }),
  },
  responses: {
    200: {
      description: 'The dependencies.',
      content: json(z.object({ data: z.array(link), ...envelope }).openapi('JaegerDependencies'), {
        data: [{ parent: 'checkout', child: 'payment', callCount: 1080000 }],
        total: 0,
        ...noPages,
      }),
    },
    ...problemResponses('InvalidRequest', 'InvalidRange', 'GraphUnavailable', 'SchemaMissing'),
  },
});

const jaegerServices = createRoute({
  method: 'get',
  path: '/api/services',
  operationId: 'jaegerServices',
  tags: ['Other tools'],
  summary: 'The names of the services, as Jaeger answers',
  description: 'Names where only one service has it, ids otherwise; those that have dependencies.',
  ...needs('read'),
  responses: {
    200: {
      description: 'The names.',
      content: json(
        z
          .object({
            data: z.array(z.string()).openapi({ description: 'The names.' }),
            ...envelope,
          })
          .openapi('JaegerServices'),
        { data: ['checkout', 'payment'], total: 2, ...noPages },
      ),
    },
    ...problemResponses('GraphUnavailable', 'SchemaMissing'),
  },
});

export function registerJaeger(app: Api, deps: Pick<ApiDeps, 'queries' | 'now'>): void {
  app.openapi(jaegerDependencies, async (c) => {
    const { service, ...asked } = c.req.valid('query');
    const { at, lookbackMillis } = await periodOf(asked, deps);
    const links = linksOf(await deps.queries.graph(c.get('caller'), at), lookbackMillis);
    const data = links
      .filter(({ parent, child }) => service === undefined || [parent, child].includes(service))
      .map(({ parent, child, callCount }) => ({ parent, child, callCount }));
    // Jaeger itself says 0 here, whatever there is.
    return c.json({ data, total: 0, ...noPages }, 200);
  });

  app.openapi(jaegerServices, async (c) => {
    const { services } = await deps.queries.graph(c.get('caller'));
    const data = [...labelsOf(services).values()].sort();
    return c.json({ data, total: data.length, ...noPages }, 200);
  });
}
