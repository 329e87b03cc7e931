import { createRoute, z } from '@hono/zod-openapi';
import { needs, openToAll } from '../access.ts';
import { asOf } from '../as-of.ts';
import { nodeGraphFields, nodeGraphOf } from '../compat/node-graph.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { openProblemResponses, problemResponses } from '../problem-responses.ts';
import { json } from '../schemas/content.ts';
import { atParameter, wholeNumber } from '../schemas/parameters.ts';

/** More than this the panel does not draw. */
const maxNodes = 1500;

const field = z.object({
  field_name: z.string().openapi({ description: 'Its name in nodes or edges.' }),
  type: z.enum(['string', 'number']).openapi({ description: 'What its values are.' }),
  color: z.string().optional().openapi({ description: 'Colour of an arc.' }),
  displayName: z.string().optional().openapi({ description: 'What people see.' }),
});
const tags = ['Other tools'];

const getFields = createRoute({
  method: 'get',
  path: '/api/graph/fields',
  operationId: 'nodeGraphFields',
  tags,
  summary: "The fields of Grafana's Node Graph",
  description: 'What the panel asks for first.',
  ...openToAll(),
  responses: {
    200: {
      description: 'The fields.',
      content: json(
        z
          .object({
            nodes_fields: z.array(field).openapi({ description: 'Of nodes.' }),
            edges_fields: z.array(field).openapi({ description: 'Of edges.' }),
          })
          .openapi('NodeGraphFields'),
        {
          nodes_fields: [{ field_name: 'mainStat', type: 'string', displayName: 'Requests' }],
          edges_fields: [{ field_name: 'source', type: 'string' }],
        },
      ),
    },
    ...openProblemResponses(),
  },
});

const text = (description: string) => z.string().openapi({ description });
const share = (description: string) => z.number().min(0).max(1).openapi({ description });

const nodeGraph = z
  .object({
    nodes: z
      .array(
        z.object({
          id: text('Id of the service.'),
          title: text('Its name.'),
          subTitle: text('Its namespace, cluster and environment.'),
          mainStat: text('Requests per second that reach it.'),
          secondaryStat: text('Share of them that failed.'),
          arc__success: share('Share that went well, 0 to 1.'),
          arc__errors: share('Share that failed, 0 to 1.'),
          arc__unknown: share('1 where nothing is known, else 0.'),
          detail__id: text('Id of the service.'),
          detail__kind: text('Kind of the service.'),
        }),
      )
      .openapi({ description: 'The services.' }),
    edges: z
      .array(
        z.object({
          id: text('Id of the dependency.'),
          source: text('Id of the client.'),
          target: text('Id of the server.'),
          mainStat: text('Requests per second.'),
          secondaryStat: text('Share of them that failed.'),
          strokeDasharray: text('Dashes where it is not seen now.'),
          detail__state: text('What is believed of it.'),
          detail__modes: text('How: sync, async, or both.'),
        }),
      )
      .openapi({ description: 'The dependencies.' }),
    truncated: z.boolean().openapi({ description: 'Whether the least busy are left out.' }),
  })
  .openapi('NodeGraph');

const exampleNodeGraph: z.output<typeof nodeGraph> = {
  nodes: [
    {
      id: 'shop:payment',
      title: 'payment',
      subTitle: 'shop',
      mainStat: '12.5 req/s',
      secondaryStat: '0.2 % errors',
      arc__success: 0.998,
      arc__errors: 0.002,
      arc__unknown: 0,
      detail__id: 'shop:payment',
      detail__kind: 'service',
    },
  ],
  edges: [],
  truncated: false,
};

const getData = createRoute({
  method: 'get',
  path: '/api/graph/data',
  operationId: 'nodeGraphData',
  tags,
  summary: "The graph for Grafana's Node Graph",
  description:
    'For the Node Graph API and for Infinity, whose two queries take `nodes` and `edges` of the same ' +
    'answer. Arcs add up to 1; what is not seen now is dashed. A large graph is cut to the busiest.',
  ...needs('read'),
  request: {
    query: z.object({
      focus: z
        .string({ error: 'must be given once' })
        .optional()
        .openapi({
          param: { name: 'focus', in: 'query' },
          description: 'Only what is around this service: its id, or its name.',
        }),
      depth: wholeNumber({
        name: 'depth',
        min: 1,
        max: 10,
        default: 2,
        description: 'Hops around the focus.',
      }),
      limit: wholeNumber({
        name: 'limit',
        min: 2,
        max: maxNodes,
        default: maxNodes,
        description: 'Most nodes.',
      }),
      at: atParameter,
    }),
  },
  responses: {
    200: {
      description: 'Nodes and edges.',
      content: json(nodeGraph, exampleNodeGraph),
    },
    ...problemResponses(
      'InvalidRequest',
      'InvalidRange',
      'ServiceNotFound',
      'AmbiguousService',
      'GraphUnavailable',
      'SchemaMissing',
    ),
  },
});

const getNodeGraphHealth = createRoute({
  method: 'get',
  path: '/api/health',
  operationId: 'nodeGraphHealth',
  tags,
  summary: 'Whether the Node Graph API answers',
  description: 'What its data source asks when it is saved.',
  ...openToAll(),
  responses: {
    200: {
      description: 'It answers.',
      content: json(z.object({ status: z.literal('ok').openapi({ description: 'Always ok.' }) }), {
        status: 'ok',
      }),
    },
    ...openProblemResponses(),
  },
});

export function registerNodeGraph(app: Api, deps: Pick<ApiDeps, 'queries' | 'now'>): void {
  app.openapi(getFields, (c) => c.json(nodeGraphFields, 200));
  app.openapi(getNodeGraphHealth, (c) => c.json({ status: 'ok' as const }, 200));
  app.openapi(getData, async (c) => {
    const { focus, depth, limit, at: moment } = c.req.valid('query');
    const at = await asOf(moment, deps);
    const { queries } = deps;
    const view = c.get('caller');
    if (focus === undefined) return c.json(nodeGraphOf(await queries.graph(view, at), limit), 200);
    const found = await queries.dependencies(view, focus, 'both', depth, at);
    const services = [found.service, ...found.services];
    const around = { services, dependencies: found.dependencies, focus: found.service.id };
    return c.json(nodeGraphOf(around, limit), 200);
  });
}
