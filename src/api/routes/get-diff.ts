import { createRoute, z } from '@hono/zod-openapi';
import { type DiffRow, differenceOf } from '../../graph/diff-queries.ts';
import { AppError } from '../../runtime/errors.ts';
import { needs } from '../access.ts';
import { asOf } from '../as-of.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { emptyOf } from '../empty.ts';
import { pagingOf } from '../paging.ts';
import { problemResponses } from '../problem-responses.ts';
import { json } from '../schemas/content.ts';
import { beliefShape, toBelief } from '../schemas/dependency.ts';
import { exampleAnswer, exampleBelief } from '../schemas/examples.ts';
import { coverageSchema, standingShape } from '../schemas/freshness.ts';
import { listQuery, listSchema, selected } from '../schemas/list.ts';
import { momentParameter } from '../schemas/parameters.ts';
import { instant, toIso } from '../schemas/time.ts';
import { viewFilterShape, viewOf } from '../schemas/view-filter.ts';

const counts = {
  added: z.int().openapi({ description: 'There at the end and not at the beginning.' }),
  removed: z.int().openapi({ description: 'There at the beginning and not at the end.' }),
  changed: z.int().openapi({ description: 'There at both, and not the same.' }),
};
const belief = (description: string) => z.object(beliefShape).nullable().openapi({ description });

const differenceSchema = z.object({
  id: z.string().openapi({ description: 'Id of the dependency.' }),
  client: z.string().openapi({ description: 'Id of its client.' }),
  server: z.string().openapi({ description: 'Id of its server.' }),
  difference: z.enum(['added', 'removed', 'changed']).openapi({ description: 'What differs.' }),
  before: belief('What was believed at the earlier instant; null where it was not there.'),
  after: belief('What was believed at the later instant; null where it was not there.'),
});

const exampleDifference = {
  id: 'shop:checkout~~shop:payment',
  client: 'shop:checkout',
  server: 'shop:payment',
  difference: 'added' as const,
  before: null,
  after: exampleBelief,
};

const page = listSchema('Difference', differenceSchema, exampleDifference, {
  from: instant('The earlier instant.'),
  to: instant('The later instant.'),
  ...counts,
  namespaces: z
    .array(
      z.object({
        environment: z.string().openapi({ description: 'Environment; empty where there is none.' }),
        cluster: z.string().openapi({ description: 'Cluster; empty where there is none.' }),
        namespace: z.string().openapi({ description: 'Namespace; empty where there is none.' }),
        ...counts,
      }),
    )
    .openapi({ description: 'The counts by namespace, the most changed first.' }),
  teams: z
    .array(
      z.object({
        team: z.string().nullable().openapi({ description: 'Team; null where there is none.' }),
        ...counts,
      }),
    )
    .openapi({ description: 'The counts by team, the most changed first.' }),
  incomplete: z.boolean().openapi({
    description:
      'Whether the comparison cannot be relied upon: `coverage` of an end is not `complete`, so what ' +
      'differs may be no more than what was looked at. A time between the ends in which nobody ' +
      'looked makes it not incomplete.',
  }),
  truncated: z.boolean().openapi({
    description: 'Whether some of what changed was not compared. All of it is, so it is false.',
  }),
  freshness: standingShape.freshness,
  coverage: z
    .object({
      from: coverageSchema('Whether the sources were looked at just before the earlier instant.'),
      to: coverageSchema('Whether the sources were looked at just before the later instant.'),
    })
    .openapi({ description: 'As other answers have it, of both ends.' }),
});

const exampleCounts = { added: 1, removed: 0, changed: 0 };

const getDiff = createRoute({
  method: 'get',
  path: '/api/v1/diff',
  operationId: 'getDiff',
  tags: ['History'],
  summary: 'What differs between two instants',
  description:
    'Compares what was believed at both: what changed and changed back is not there. A dependency ' +
    'is counted for the namespace and the team of its client. The counts are of all that differ, ' +
    'the items are ordered by id.',
  ...needs('read'),
  request: {
    query: z.strictObject({
      from: momentParameter('from', 'The earlier instant; must be given.'),
      to: momentParameter('to', 'The later instant; without it, now.'),
      ...viewFilterShape,
      ...listQuery(differenceSchema),
    }),
  },
  responses: {
    200: {
      description: 'The difference.',
      content: json(page, {
        items: [exampleDifference],
        nextCursor: null,
        limit: 100,
        empty: null,
        from: '2026-03-01T12:00:00.000Z',
        to: '2026-03-02T12:00:00.000Z',
        ...exampleCounts,
        namespaces: [{ environment: '', cluster: '', namespace: 'shop', ...exampleCounts }],
        teams: [{ team: null, ...exampleCounts }],
        incomplete: false,
        truncated: false,
        ...exampleAnswer,
        coverage: { from: 'complete', to: 'complete' },
      }),
    },
    ...problemResponses('InvalidRequest', 'InvalidRange', 'GraphUnavailable', 'SchemaMissing'),
  },
});

const key = z.tuple([z.string()]);

export function registerGetDiff(app: Api, deps: Pick<ApiDeps, 'diffs' | 'queries' | 'now'>): void {
  app.openapi(getDiff, async (c) => {
    const {
      from: fromMoment,
      to: toMoment,
      limit,
      cursor,
      fields,
      ...asked
    } = c.req.valid('query');
    const paging = pagingOf(c, cursor, key, deps.now);
    const counted = { ...deps, now: paging.now };
    const [from, to] = await Promise.all([asOf(fromMoment, counted), asOf(toMoment, counted)]);
    const end = to ?? paging.now();
    if (from === null || from >= end) {
      throw new AppError(
        'InvalidRange',
        fromMoment === undefined
          ? 'Give from: an instant, or a duration ago such as 24h.'
          : `from must be earlier than ${toIso(end)}.`,
      );
    }
    const [after = ''] = paging.after ?? [];
    const view = viewOf(c.get('caller'), asked);
    const diff = await deps.diffs.diff(view, from, end, limit, after);
    const { added, removed, changed, namespaces, teams, differences, hasMore } = diff;
    const { freshness, coverage } = await deps.queries.standingBetween(from, end);
    return c.json(
      {
        items: selected(differences.map(toDifference), fields),
        nextCursor: paging.nextCursor(differences, hasMore, ({ id }) => [id]),
        limit,
        empty: await emptyOf(c, deps.queries, { items: differences, at: end }),
        from: toIso(from),
        to: toIso(end),
        added,
        removed,
        changed,
        namespaces: [...namespaces],
        teams: [...teams],
        incomplete: coverage.from !== 'complete' || coverage.to !== 'complete',
        truncated: false,
        freshness,
        coverage,
      },
      200,
    );
  });
}

function toDifference(row: DiffRow): z.output<typeof differenceSchema> {
  return {
    id: row.id,
    client: row.client,
    server: row.server,
    difference: differenceOf(row),
    before: row.before === null ? null : toBelief(row.before),
    after: row.after === null ? null : toBelief(row.after),
  };
}
