import { createRoute, z } from '@hono/zod-openapi';
import { accepts } from 'hono/accepts';
import { needs } from '../access.ts';
import { asOf } from '../as-of.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { emptyOf } from '../empty.ts';
import { collect } from '../exports/collect.ts';
import { acceptedTypes, exportFormats, formatNames, formatOfType } from '../exports/formats.ts';
import { readParts } from '../exports/read-parts.ts';
import { selectionOf, selectionShape } from '../exports/selection.ts';
import { streamOf, writeExport } from '../exports/write-export.ts';
import { problemResponses } from '../problem-responses.ts';
import { toDependency } from '../schemas/dependency.ts';
import {
  exampleAnswer,
  exampleDependency,
  exampleServer,
  exampleService,
} from '../schemas/examples.ts';
import { cytoscapeSchema, graphSchema, topologySchema } from '../schemas/graph.ts';
import { toService } from '../schemas/service.ts';
import { toIsoOrNull } from '../schemas/time.ts';
import { toTopologyDependency, toTopologyService } from '../schemas/topology.ts';

/** Most dependencies of a JSON answer, which is made as a whole. */
const maxDependencies = 50_000;
const typeOptions = {
  header: 'Accept',
  supports: [...acceptedTypes] as string[],
  default: 'json',
} as const;
const views = ['full', 'topology'] as const;
const text = (example: string) => ({ schema: z.string(), example });

const getGraph = createRoute({
  method: 'get',
  path: '/api/v1/graph',
  operationId: 'getGraph',
  tags: ['Graph'],
  summary: 'The whole graph, or what is around a service, in seven formats',
  description:
    'Every dependency of the present, or of an instant, and the services they connect. The format is ' +
    'that of `format`, or else of the `Accept` header. All but `json` are streamed and have no limit; ' +
    '`mermaid` is cut where Mermaid would refuse to draw.',
  ...needs('read'),
  request: {
    query: z.strictObject({
      format: z
        .enum(formatNames, { error: `must be one of ${formatNames.join(', ')}` })
        .optional()
        .openapi({
          param: { name: 'format', in: 'query', required: false },
          description: 'In which format; `json` without it, unless `Accept` names another.',
        }),
      view: z
        .enum(views, { error: `must be one of ${views.join(', ')}` })
        .default('full')
        .openapi({
          param: { name: 'view', in: 'query', required: false },
          description:
            '`topology` shows only what is believed, no traffic, no freshness and no coverage, so it is ' +
            'the same (304) until a belief changes.',
        }),
      ...selectionShape,
    }),
  },
  responses: {
    200: {
      description: 'The graph.',
      content: {
        'application/json': {
          schema: z.union([graphSchema, topologySchema, cytoscapeSchema]),
          example: {
            at: null,
            services: [exampleService, exampleServer],
            dependencies: [exampleDependency],
            truncated: false,
            empty: null,
            ...exampleAnswer,
          },
        },
        'application/x-ndjson': text(
          '{"type":"graph","at":null,"view":"full"}\n{"type":"end","services":0,"dependencies":0,"truncated":false,"freshness":[],"coverage":"none"}\n',
        ),
        'application/graphml+xml': text('<node id="shop:checkout"></node>\n'),
        'text/vnd.graphviz': text('digraph topolog {\n}\n'),
        'text/vnd.mermaid': text('flowchart LR\n  s0["shop/checkout"]\n'),
        'text/csv': text(
          'id,client,server\r\nshop:checkout~~shop:payment,shop:checkout,shop:payment\r\n',
        ),
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

type Deps = Pick<ApiDeps, 'queries' | 'pages' | 'now' | 'logger'>;

export function registerGetGraph(app: Api, deps: Deps): void {
  app.openapi(getGraph, async (c) => {
    const { format: named, view, at: moment, ...asked } = c.req.valid('query');
    const name = named ?? formatOfType(accepts(c, typeOptions));
    const topologyOnly = view === 'topology';
    const at = await asOf(moment, deps);
    const selection = selectionOf({ ...asked, at: moment }, c.get('caller'));
    const head = { at: toIsoOrNull(at), topologyOnly };
    const whole = name === 'json';
    const reading = await readParts({ ...selection, at, topologyOnly, whole }, deps);
    if (name !== 'json') {
      const format = exportFormats[name];
      const texts = writeExport(format, head, reading);
      const body = await streamOf(texts, (err) =>
        deps.logger.error({ err, requestId: c.get('requestId') }, 'an export was cut off'),
      );
      const file = `topolog${head.at === null ? '' : `-${head.at.replaceAll(/[:.]/g, '-')}`}`;
      return c.body(body, 200, {
        'Content-Type': format.mediaType,
        'Content-Disposition': `attachment; filename="${file}.${format.extension}"`,
      });
    }
    const { services, dependencies, truncated } = await collect(reading, maxDependencies);
    if (topologyOnly) {
      return c.json(
        {
          at: head.at,
          services: services.map(toTopologyService),
          dependencies: dependencies.map((row) => ({
            ...toTopologyDependency(row),
            ...distanceOf(row),
          })),
          truncated,
        },
        200,
      );
    }
    return c.json(
      {
        at: head.at,
        services: services.map(toService),
        dependencies: dependencies.map((row) => ({ ...toDependency(row), ...distanceOf(row) })),
        truncated,
        empty: await emptyOf(c, deps.queries, { items: services, at }),
        ...reading.standing,
      },
      200,
    );
  });
}

function distanceOf({ distance }: { readonly distance?: number }) {
  return distance === undefined ? {} : { distance };
}
