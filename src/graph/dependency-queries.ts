import { z } from 'zod';
import { criticalities, modes } from '../domain/dependency.ts';
import { isRestricted } from '../domain/key.ts';
import { knownLatency, latencyNames } from '../domain/latency.ts';
import { type Traffic, trafficOf } from '../domain/traffic.ts';
import type { View } from '../domain/view.ts';
import { windowOutcomes } from '../domain/window-outcome.ts';
import { AppError } from '../runtime/errors.ts';
import type { Database } from './database.ts';
import { type ServiceRow, serviceRow, viewParams } from './resolve-service.ts';
import { beliefRow } from './write-impacts.ts';

const believedRow = z.object({ believed: beliefRow.extend({ fromMillis: z.number() }).nullable() });
const historyRow = beliefRow.extend({ fromMillis: z.number(), toMillis: z.number().nullable() });
const observedRow = z.object({
  source: z.string(),
  callGroup: z.string(),
  dialect: z.string().nullable(),
  variant: z.string().nullable(),
  mode: z.enum(modes),
  isCurrent: z.boolean(),
  connectionTypes: z.array(z.string()),
  firstSeenAtMillis: z.number(),
  lastSeenAtMillis: z.number(),
  lastTrafficAtMillis: z.number().nullable(),
  staleAtMillis: z.number().nullable(),
  removedAtMillis: z.number().nullable(),
  windowEndMillis: z.number(),
  windowStartMillis: z.number().nullable(),
  windowOutcome: z.enum(windowOutcomes).nullable(),
  windowDialect: z.string().nullable(),
  windowDialectVariant: z.string().nullable(),
  question: z.string().nullable(),
  requestsPerSecond: z.number().nullable(),
  errorRatio: z.number().nullable(),
  latency: z.record(z.enum(latencyNames), z.number().nullable()).transform(knownLatency),
});
const declaredRow = z.object({
  origin: z.string(),
  modes: z.array(z.enum(modes)),
  criticality: z.enum(criticalities).nullable(),
  protocol: z.string().nullable(),
  timeoutMs: z.number().nullable(),
  declaredAtMillis: z.number().nullable(),
  declaredBy: z.string().nullable(),
});

/** All that is known of one dependency. */
export interface ExplainedDependency {
  readonly id: string;
  readonly client: ServiceRow;
  readonly server: ServiceRow;
  /** `null` where nothing is believed now. */
  readonly believed: z.output<typeof believedRow>['believed'];
  /** As lists have it; put together from what `observed` says of the latest windows. */
  readonly traffic: Traffic;
  readonly observed: readonly z.output<typeof observedRow>[];
  readonly declared: readonly z.output<typeof declaredRow>[];
  /** The latest first, what is believed now included. */
  readonly history: readonly z.output<typeof historyRow>[];
  readonly historyTruncated: boolean;
}

export interface DependencyQueries {
  /** @throws AppError `DependencyNotFound`, also where an end is outside of the view. */
  explain(view: View, id: string): Promise<ExplainedDependency>;
}

/** Most past beliefs that are shown. */
const maxHistory = 200;

export function createDependencyQueries(database: Database): DependencyQueries {
  return {
    explain: (view, id) =>
      database.read(async (transaction) => {
        const [client = '', server = '', more] = id.split('~~');
        const pair = { client, server };
        const [found] = await transaction.rows(
          'query/dependency',
          { ...pair, ...viewParams(view) },
          believedRow,
        );
        if (found === undefined || more !== undefined) {
          throw new AppError('DependencyNotFound', `There is no dependency "${id}".`);
        }
        const ofEnds = { ids: [client, server], ...viewParams(view) };
        const ends = await transaction.rows('query/services-by-id', ofEnds, serviceRow);
        const endOf = (end: string) => serviceRow.parse(ends.find((one) => one.id === end));
        const params = { ...pair, limit: maxHistory + 1 };
        const history = await transaction.rows('query/dependency-history', params, historyRow);
        const rows = await transaction.rows('query/dependency-observed', pair, observedRow);
        // What is asked of a source names more than a part of it, such as the source's own matchers.
        const observed = isRestricted(view)
          ? rows.map((row) => ({ ...row, question: null }))
          : rows;
        return {
          id,
          client: endOf(client),
          server: endOf(server),
          believed: found.believed,
          traffic: trafficOf(observed.filter(({ isCurrent }) => isCurrent)),
          observed,
          declared: await transaction.rows('query/dependency-declared', pair, declaredRow),
          history: history.slice(0, maxHistory),
          historyTruncated: history.length > maxHistory,
        };
      }),
  };
}
