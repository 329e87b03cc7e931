import { createRoute, z } from '@hono/zod-openapi';
import { criticalities, modes } from '../../domain/dependency.ts';
import { windowOutcomes } from '../../domain/window-outcome.ts';
import type { ExplainedDependency } from '../../graph/dependency-queries.ts';
import { needs } from '../access.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { problemResponses } from '../problem-responses.ts';
import { json } from '../schemas/content.ts';
import { beliefShape, toBelief } from '../schemas/dependency.ts';
import {
  exampleAnswer,
  exampleBelief,
  exampleDependency,
  exampleServer,
  exampleService,
} from '../schemas/examples.ts';
import { standingShape } from '../schemas/freshness.ts';
import { latencySchema, toLatency } from '../schemas/latency.ts';
import { serviceSchema, toService } from '../schemas/service.ts';
import { instant, toIso, toIsoOrNull } from '../schemas/time.ts';

const observedSchema = z.object({
  source: z.string().openapi({ description: 'Id of the source that saw it.' }),
  dialect: z
    .string()
    .nullable()
    .openapi({ description: 'In which dialect the source was read; null where not recorded.' }),
  variant: z.string().nullable().openapi({
    description: "The dialect's variant, such as a reporter; null where there is none.",
  }),
  mode: z.enum(modes).openapi({ description: 'How it was seen.' }),
  connectionTypes: z
    .array(z.string())
    .openapi({ description: 'Types of connection, as the source has them.' }),
  firstSeenAt: instant('End of the first window that showed it.'),
  lastSeenAt: instant('End of the last window that showed it.'),
  lastTrafficAt: instant('End of the last window with traffic.').nullable(),
  staleAt: instant('When it was marked stale; null while it is fresh.').nullable(),
  removedAt: instant('When it no longer counted; null while it does.').nullable(),
  requestsPerSecond: z.number().nullable().openapi({
    description: 'Requests or messages per second in the window; null where not known.',
  }),
  errorRatio: z.number().nullable().openapi({
    description: 'Share of those that failed, 0 to 1; null where not known.',
  }),
  latency: latencySchema,
  window: z
    .object({
      start: instant('Start of the window.').nullable(),
      end: instant('End of the window.'),
      outcome: z
        .enum(windowOutcomes)
        .nullable()
        .openapi({ description: 'How reading it ended; null where its record is gone.' }),
      dialect: z
        .string()
        .nullable()
        .openapi({ description: 'In which dialect it was read; null where not recorded.' }),
      dialectVariant: z
        .string()
        .nullable()
        .openapi({ description: "The dialect's variant; null where there is none." }),
    })
    .openapi({ description: 'The window that the numbers are of.' }),
  question: z.string().nullable().openapi({
    description:
      'The PromQL by which requests were counted, evaluated at the end of the window: where the window was read in several dialects, a line for each below a comment with its name, such as `# tempo`. Null where it was not kept, and for a key of a part of the graph.',
  }),
});

const trafficSchema = z
  .object({
    requestsPerSecond: z.number().nullable().openapi({
      description: 'Requests or messages per second, as lists have it; null where not known.',
    }),
    errorRatio: z.number().nullable().openapi({
      description: 'Share that failed of those of which it is known, 0 to 1; null where of none.',
    }),
    from: z
      .array(
        z.object({
          mode: z.enum(modes).openapi({ description: 'How the calls were seen.' }),
          sources: z
            .array(z.string())
            .openapi({ description: 'The sources that count these calls.' }),
          taken: z.string().openapi({ description: 'The source whose count was taken.' }),
          dialect: z
            .string()
            .nullable()
            .openapi({ description: 'In which dialect that was read; null where not recorded.' }),
          variant: z
            .string()
            .nullable()
            .openapi({ description: "That dialect's variant; null where there is none." }),
        }),
      )
      .openapi({
        description:
          'What was added. Evidence of one source and mode, and of sources that see the same calls, ' +
          'counts the same calls: the most is taken.',
      }),
  })
  .openapi({
    description: 'The traffic in the latest windows, and what it was put together from.',
  });

const declaredSchema = z.object({
  origin: z.string().openapi({ description: 'Who says so.' }),
  modes: z.array(z.enum(modes)).openapi({ description: 'How.' }),
  criticality: z
    .enum(criticalities)
    .nullable()
    .openapi({ description: 'What the client loses with the server; null where not said.' }),
  protocol: z.string().nullable().openapi({ description: 'Protocol; null where not said.' }),
  timeoutMs: z
    .number()
    .nullable()
    .openapi({ description: 'How long the client waits, in milliseconds; null where not said.' }),
  declaredAt: instant('When it was declared.').nullable(),
  declaredBy: z.string().nullable().openapi({ description: 'By whom; null where not said.' }),
});

const pastSchema = z.object({
  ...beliefShape,
  from: instant('Since when.'),
  to: instant('Until when; null of what is believed now.').nullable(),
});

const explainedSchema = z
  .object({
    id: z.string().openapi({ description: 'Id of the dependency.' }),
    client: serviceSchema,
    server: serviceSchema,
    belief: z
      .object({ ...beliefShape, from: instant('Since when.') })
      .nullable()
      .openapi({ description: 'What is believed now; null where it left the present.' }),
    firstSeenAt: instant(
      'Since when it is there: end of the first window that showed it, of the evidence that is kept; null where none is. Since when all of `belief` holds is its `from`.',
    ).nullable(),
    lastSeenAt: instant(
      'End of the last window that showed it; null where none is kept.',
    ).nullable(),
    traffic: trafficSchema,
    evidence: z.object({
      observed: z
        .array(observedSchema)
        .openapi({ description: 'What sources have seen, by source, mode and dialect.' }),
      declared: z.array(declaredSchema).openapi({ description: 'What people and catalogues say.' }),
    }),
    history: z.array(pastSchema).openapi({
      description: 'What was believed, the latest first, what is believed now included.',
    }),
    historyTruncated: z.boolean().openapi({ description: 'Whether older beliefs are left out.' }),
    ...standingShape,
  })
  .openapi('ExplainedDependency');

const example: z.output<typeof explainedSchema> = {
  id: exampleDependency.id,
  client: exampleService,
  server: exampleServer,
  belief: { ...exampleBelief, from: exampleDependency.from },
  firstSeenAt: exampleDependency.firstSeenAt,
  lastSeenAt: exampleDependency.lastSeenAt,
  traffic: {
    requestsPerSecond: exampleDependency.requestsPerSecond,
    errorRatio: exampleDependency.errorRatio,
    from: [
      {
        mode: 'sync',
        sources: ['prometheus'],
        taken: 'prometheus',
        dialect: 'tempo',
        variant: null,
      },
    ],
  },
  evidence: {
    observed: [
      {
        source: 'prometheus',
        dialect: 'tempo',
        variant: null,
        mode: 'sync',
        connectionTypes: [''],
        firstSeenAt: '2026-03-01T12:00:00.000Z',
        lastSeenAt: '2026-03-01T12:15:00.000Z',
        lastTrafficAt: '2026-03-01T12:15:00.000Z',
        staleAt: null,
        removedAt: null,
        requestsPerSecond: 12.5,
        errorRatio: 0.002,
        latency: exampleDependency.latency,
        window: {
          start: '2026-03-01T12:00:00.000Z',
          end: '2026-03-01T12:15:00.000Z',
          outcome: 'complete',
          dialect: 'tempo',
          dialectVariant: null,
        },
        question: null,
      },
    ],
    declared: [],
  },
  history: [{ ...exampleBelief, from: exampleDependency.from, to: null }],
  historyTruncated: false,
  ...exampleAnswer,
};

const getDependency = createRoute({
  method: 'get',
  path: '/api/v1/dependencies/{id}',
  operationId: 'getDependency',
  tags: ['Graph'],
  summary: 'One dependency, and why it is believed',
  description:
    'All evidence of it with its source, window and question, and what was believed of it before. ' +
    'One that left the present is still answered, with its past.',
  ...needs('read'),
  request: {
    params: z.object({
      id: z
        .string()
        .max(4200)
        .openapi({
          param: { name: 'id', in: 'path' },
          description: 'Id of the dependency: the ids of client and server with `~~` between.',
          example: 'shop:checkout~~shop:payment',
        }),
    }),
    query: z.strictObject({}),
  },
  responses: {
    200: {
      description: 'The dependency.',
      content: json(explainedSchema, example),
    },
    ...problemResponses(
      'InvalidRequest',
      'DependencyNotFound',
      'GraphUnavailable',
      'SchemaMissing',
    ),
  },
});

type Observed = ExplainedDependency['observed'][number];

/** When any of its evidence was seen first, and last. */
function sightingsOf(observed: readonly Observed[]) {
  const first = observed.map(({ firstSeenAtMillis }) => firstSeenAtMillis);
  const last = observed.map(({ lastSeenAtMillis }) => lastSeenAtMillis);
  return {
    firstSeenAt: first.length === 0 ? null : toIso(Math.min(...first)),
    lastSeenAt: last.length === 0 ? null : toIso(Math.max(...last)),
  };
}

export function registerGetDependency(
  app: Api,
  { explanations, queries }: Pick<ApiDeps, 'explanations' | 'queries'>,
): void {
  app.openapi(getDependency, async (c) => {
    const found = await explanations.explain(c.get('caller'), c.req.valid('param').id);
    const { believed, history, historyTruncated } = found;
    return c.json(
      {
        id: found.id,
        client: toService(found.client),
        server: toService(found.server),
        belief:
          believed === null ? null : { ...toBelief(believed), from: toIso(believed.fromMillis) },
        ...sightingsOf(found.observed),
        traffic: toTraffic(found.traffic),
        evidence: {
          observed: found.observed.map(toObserved),
          declared: found.declared.map(({ declaredAtMillis, ...one }) => ({
            ...one,
            declaredAt: toIsoOrNull(declaredAtMillis),
          })),
        },
        history: history.map((one) => ({
          ...toBelief(one),
          from: toIso(one.fromMillis),
          to: toIsoOrNull(one.toMillis),
        })),
        historyTruncated,
        ...(await queries.standing(null)),
      },
      200,
    );
  });
}

function toTraffic({ requestsPerSecond, errorRatio, parts }: ExplainedDependency['traffic']) {
  const from = parts.map(({ mode, sources, taken }) => {
    const { source, dialect, variant } = taken;
    return { mode, sources: [...sources], taken: source, dialect, variant };
  });
  return { requestsPerSecond, errorRatio, from };
}

function toObserved(row: Observed): z.output<typeof observedSchema> {
  const { source, dialect, variant, mode, connectionTypes, question } = row;
  const { requestsPerSecond, errorRatio } = row;
  return {
    source,
    dialect,
    variant,
    mode,
    connectionTypes,
    firstSeenAt: toIso(row.firstSeenAtMillis),
    lastSeenAt: toIso(row.lastSeenAtMillis),
    lastTrafficAt: toIsoOrNull(row.lastTrafficAtMillis),
    staleAt: toIsoOrNull(row.staleAtMillis),
    removedAt: toIsoOrNull(row.removedAtMillis),
    requestsPerSecond,
    errorRatio,
    latency: toLatency(row.latency),
    window: {
      start: toIsoOrNull(row.windowStartMillis),
      end: toIso(row.windowEndMillis),
      outcome: row.windowOutcome,
      dialect: row.windowDialect,
      dialectVariant: row.windowDialectVariant,
    },
    question,
  };
}
