import { createRoute, z } from '@hono/zod-openapi';
import { needs, openToAll } from '../access.ts';
import { asOf } from '../as-of.ts';
import { nodeGraphFields, nodeGraphOf } from '../compat/node-graph.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { openProblemResponses, problemResponses } from '../problem-responses.ts';
import { atParameter, wholeNumber } from '../schemas/parameters.ts';

/** More than this the panel does not draw. */
const maxNodes = 1500;

const field = z.object({
  field_name: z.string(),
  type: z.enum(['string', 'number']),
  color: z.string().optional(),
  displayName: z.string().optional(),
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
      content: {
        'application/json': {
          schema: z
            .object({ nodes_fields: z.array(field), edges_fields: z.array(field) })
            .openapi('NodeGraphFields'),
        },
      },
    },
    ...openProblemResponses(),
  },
});

const text = z.string();
const share = z.number().min(0).max(1);

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
      content: {
        'application/json': {
          schema: z
            .object({
              nodes: z.array(
                z.object({
                  id: text,
                  title: text,
                  subTitle: text,
                  mainStat: text,
                  secondaryStat: text,
                  arc__success: share,
                  arc__errors: share,
                  arc__unknown: share,
                  detail__id: text,
                  detail__kind: text,
                }),
              ),
              edges: z.array(
                z.object({
                  id: text,
                  source: text,
                  target: text,
                  mainStat: text,
                  secondaryStat: text,
                  strokeDasharray: text,
                  detail__state: text,
                  detail__modes: text,
                }),
              ),
              truncated: z.boolean(),
            })
            .openapi('NodeGraph'),
        },
      },
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
      content: { 'application/json': { schema: z.object({ status: z.literal('ok') }) } },
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
    return c.json(nodeGraphOf({ services, dependencies: found.dependencies }, limit), 200);
  });
}
