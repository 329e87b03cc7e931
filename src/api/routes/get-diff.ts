import { createRoute, z } from '@hono/zod-openapi';
import { differenceOf } from '../../graph/diff-queries.ts';
import { AppError } from '../../runtime/errors.ts';
import { needs } from '../access.ts';
import { asOf } from '../as-of.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { problemResponses } from '../problem-responses.ts';
import { beliefShape, toBelief } from '../schemas/dependency.ts';
import { freshnessList } from '../schemas/freshness.ts';
import { momentParameter, wholeNumber } from '../schemas/parameters.ts';
import { instant, toIso } from '../schemas/time.ts';

const counts = {
  added: z.int().openapi({ description: 'There at the end and not at the beginning.' }),
  removed: z.int().openapi({ description: 'There at the beginning and not at the end.' }),
  changed: z.int().openapi({ description: 'There at both, and not the same.' }),
};
const belief = z.object(beliefShape).nullable();

const getDiff = createRoute({
  method: 'get',
  path: '/api/v1/diff',
  operationId: 'getDiff',
  tags: ['History'],
  summary: 'What differs between two instants',
  description:
    'Compares what was believed at both: what changed and changed back is not there. A dependency ' +
    'is counted for the namespace and the team of its client.',
  ...needs('read'),
  request: {
    query: z.strictObject({
      from: momentParameter('from', 'The earlier instant.'),
      to: momentParameter('to', 'The later instant; without it, now.'),
      limit: wholeNumber({
        name: 'limit',
        min: 0,
        max: 10_000,
        default: 1000,
        description: 'Most dependencies that are listed; the counts are of all.',
      }),
    }),
  },
  responses: {
    200: {
      description: 'The difference.',
      content: {
        'application/json': {
          schema: z
            .object({
              from: instant('The earlier instant.'),
              to: instant('The later instant.'),
              ...counts,
              namespaces: z.array(
                z.object({
                  environment: z.string(),
                  cluster: z.string(),
                  namespace: z.string(),
                  ...counts,
                }),
              ),
              teams: z.array(z.object({ team: z.string().nullable(), ...counts })),
              dependencies: z.array(
                z.object({
                  id: z.string(),
                  client: z.string(),
                  server: z.string(),
                  difference: z.enum(['added', 'removed', 'changed']),
                  before: belief,
                  after: belief,
                }),
              ),
              truncated: z.boolean().openapi({
                description: 'Whether dependencies are left out of the list.',
              }),
              incomplete: z.boolean().openapi({
                description:
                  'Whether more changed than is compared, so that the counts are too low.',
              }),
              freshness: freshnessList,
            })
            .openapi('Diff'),
        },
      },
    },
    ...problemResponses('InvalidRequest', 'InvalidRange', 'GraphUnavailable', 'SchemaMissing'),
  },
});

export function registerGetDiff(app: Api, deps: Pick<ApiDeps, 'diffs' | 'queries' | 'now'>): void {
  app.openapi(getDiff, async (c) => {
    const { from: fromMoment, to: toMoment, limit } = c.req.valid('query');
    const [from, to] = await Promise.all([asOf(fromMoment, deps), asOf(toMoment, deps)]);
    const end = to ?? deps.now();
    if (from === null || from >= end) {
      throw new AppError(
        'InvalidRange',
        from === null
          ? 'Give from: an instant, or a duration ago such as 24h.'
          : `from must be earlier than ${toIso(end)}.`,
      );
    }
    const diff = await deps.diffs.diff(c.get('caller'), from, end);
    const { added, removed, changed, namespaces, teams, differences, truncated } = diff;
    return c.json(
      {
        from: toIso(from),
        to: toIso(end),
        added,
        removed,
        changed,
        namespaces: [...namespaces],
        teams: [...teams],
        dependencies: differences.slice(0, limit).map((row) => ({
          id: row.id,
          client: row.client,
          server: row.server,
          difference: differenceOf(row),
          before: row.before === null ? null : toBelief(row.before),
          after: row.after === null ? null : toBelief(row.after),
        })),
        truncated: differences.length > limit,
        incomplete: truncated,
        freshness: await deps.queries.freshness(),
      },
      200,
    );
  });
}
