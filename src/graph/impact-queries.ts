import { z } from 'zod';
import { type Severity, severities } from '../domain/impact.ts';
import type { View } from '../domain/view.ts';
import type { Database, Transaction } from './database.ts';
import { createPastImpacts } from './past-impacts.ts';
import {
  type At,
  resolveService,
  type ServiceRow,
  serviceRow,
  viewParams,
} from './resolve-service.ts';

const blastRow = z.object({
  counts: z.array(z.number()),
  page: z.array(z.object({ id: z.string(), rank: z.number() })),
});

/** A service that is hit when another fails, and how hard. */
export interface Hit {
  readonly service: ServiceRow;
  readonly severity: Severity;
  /** Links of the shortest of its strongest paths. */
  readonly hops: number;
}

/** Where a page ends: its last hit. */
export interface HitPosition extends Pick<Hit, 'severity' | 'hops'> {
  readonly id: string;
}

export interface BlastRadius {
  readonly service: ServiceRow;
  /** How many are hit how hard, on all pages together. */
  readonly counts: Readonly<Record<Severity, number>>;
  /** The hardest hit first, then the nearest, then by id. */
  readonly hits: readonly Hit[];
  readonly hasMore: boolean;
  /** Whether more dependencies would have been looked at than may be; of the past only. */
  readonly truncated: boolean;
}

export interface ImpactQueries {
  /**
   * Who is hit when a service fails, now or at an instant, up to `depth` hops (1 to 10): a page of `limit` services.
   *
   * A path is as strong as its weakest link, and a service is hit by its strongest path. No path leads
   * through a service that is outside of the view.
   *
   * @throws AppError `ServiceNotFound`, `AmbiguousService`.
   */
  blastRadius(
    view: View,
    word: string,
    depth: number,
    limit: number,
    at: At,
    after?: HitPosition | null,
  ): Promise<BlastRadius>;
}

/** Of the past so many services at most are told to be hit. */
const mostPastHits = 10_000;
/** A hit is ranked by severity, then by hops, of which there are at most ten. */
const rankOfSeverity = 100;

export function createImpactQueries(database: Database): ImpactQueries {
  return {
    blastRadius: (view, word, depth, limit, at, after = null) =>
      database.read(async (transaction) => {
        const service = await resolveService(transaction, view, word, at);
        if (at !== null) {
          const past = await pastRadius(transaction, view, at, { id: service.id, depth });
          return { service, ...(await past.page(limit, after)) };
        }
        const params = {
          id: service.id,
          severities,
          depth,
          afterRank:
            after === null ? 0 : severities.indexOf(after.severity) * rankOfSeverity + after.hops,
          afterId: after?.id ?? '',
          limit: limit + 1,
          ...viewParams(view),
        };
        const rows = await transaction.rows('query/blast-radius', params, blastRow);
        const { counts, page } = blastRow.parse(rows[0]);
        const reached = page.slice(0, limit);
        const ofPage = { ids: reached.map(({ id }) => id), ...viewParams(view) };
        const services = await transaction.rows('query/services-by-id', ofPage, serviceRow);
        const byId = new Map(services.map((one) => [one.id, one]));
        const hits = reached.flatMap(({ id, rank }) => {
          const hit = byId.get(id);
          const severity = severities[Math.floor(rank / rankOfSeverity)];
          return hit === undefined || severity === undefined
            ? []
            : [{ service: hit, severity, hops: rank % rankOfSeverity }];
        });
        const countOf = (severity: Severity) => counts[severities.indexOf(severity)] ?? 0;
        return {
          service,
          counts: {
            down: countOf('down'),
            degraded: countOf('degraded'),
            starved: countOf('starved'),
          },
          hits,
          hasMore: page.length > limit,
          truncated: false,
        };
      }),
  };
}

/** Who would have been hit at an instant: the strongest links are walked first, then weaker ones too. */
async function pastRadius(
  transaction: Transaction,
  view: View,
  at: number,
  from: { readonly id: string; readonly depth: number },
) {
  const past = createPastImpacts(transaction, view, at);
  const found = new Map<string, { severity: Severity; hops: number }>();
  for (const [weakest, severity] of severities.entries()) {
    const walked = severities.slice(0, weakest + 1);
    const rows = await past.hits({ ...from, severities: walked, limit: mostPastHits });
    for (const { id, hops } of rows) if (!found.has(id)) found.set(id, { severity, hops });
  }
  const all = [...found].map(([id, hit]) => ({ id, ...hit }));
  const countOf = (severity: Severity) => all.filter((one) => one.severity === severity).length;

  return {
    async page(limit: number, after: HitPosition | null) {
      const following = after === null ? all : all.filter((one) => isBehind(one, after));
      const reached = following.slice(0, limit);
      const params = { ids: reached.map(({ id }) => id), at, ...viewParams(view) };
      const services = await transaction.rows('query/services-by-id-at', params, serviceRow);
      const byId = new Map(services.map((one) => [one.id, one]));
      return {
        counts: {
          down: countOf('down'),
          degraded: countOf('degraded'),
          starved: countOf('starved'),
        },
        hits: reached.flatMap(({ id, ...hit }) => {
          const service = byId.get(id);
          return service === undefined ? [] : [{ service, ...hit }];
        }),
        hasMore: following.length > limit,
        truncated: past.isCut() || all.length >= mostPastHits,
      };
    },
  };
}

function isBehind(hit: HitPosition, after: HitPosition): boolean {
  const rankOf = ({ severity, hops }: HitPosition) =>
    severities.indexOf(severity) * rankOfSeverity + hops;
  return rankOf(hit) > rankOf(after) || (rankOf(hit) === rankOf(after) && hit.id > after.id);
}
