import { z } from 'zod';
import { type Severity, severities } from '../domain/impact.ts';
import type { View } from '../domain/view.ts';
import type { Database } from './database.ts';
import { createPastImpacts } from './past-impacts.ts';
import {
  type At,
  resolveService,
  type ServiceRow,
  serviceRow,
  viewParams,
} from './resolve-service.ts';

const hitRow = z.object({ id: z.string(), hops: z.number() });

/** The id of a service that is hit when another fails, and how hard. */
export interface Reached {
  readonly id: string;
  readonly severity: Severity;
  /** Links of the shortest of its strongest paths. */
  readonly hops: number;
}

/** The same with the service. */
export interface Hit extends Omit<Reached, 'id'> {
  readonly service: ServiceRow;
}

export interface BlastRadius {
  readonly service: ServiceRow;
  /** All that are hit, up to the limit: the hardest first, then the nearest, then by id. */
  readonly reached: readonly Reached[];
  /** Those of them that were wanted. */
  readonly hits: readonly Hit[];
  readonly truncated: boolean;
}

export interface ImpactQueries {
  /**
   * Who is hit when a service fails, now or at an instant, up to `depth` hops (1 to 10) and `limit` services.
   *
   * A path is as strong as its weakest link, and a service is hit by its strongest path: so it is
   * looked for along the strongest links alone first. No path leads through a service that is
   * outside of the view.
   *
   * @param wanted chooses those whose services are read: of thousands that are hit a page shows few
   * @throws AppError `ServiceNotFound`, `AmbiguousService`.
   */
  blastRadius(
    view: View,
    word: string,
    depth: number,
    limit: number,
    at: At,
    wanted?: (reached: readonly Reached[]) => readonly Reached[],
  ): Promise<BlastRadius>;
}

export function createImpactQueries(database: Database): ImpactQueries {
  return {
    blastRadius: (view, word, depth, limit, at, wanted = (reached) => reached) =>
      database.read(async (transaction) => {
        const service = await resolveService(transaction, view, word, at);
        const found = new Map<string, { severity: Severity; hops: number }>();
        let truncated = false;
        const past = at === null ? null : createPastImpacts(transaction, view, at);
        for (const [weakest, severity] of severities.entries()) {
          const walking = {
            id: service.id,
            severities: severities.slice(0, weakest + 1),
            depth,
            // What was found along stronger links is found again.
            limit: limit + found.size + 1,
          };
          const rows = await (past === null
            ? transaction.rows('query/blast-radius', { ...walking, ...viewParams(view) }, hitRow)
            : past.hits(walking));
          for (const { id, hops } of rows) {
            if (found.has(id)) continue;
            if (found.size < limit) found.set(id, { severity, hops });
            else truncated = true;
          }
        }
        truncated ||= past?.isCut() ?? false;
        const reached = [...found].map(([id, hit]) => ({ id, ...hit }));
        const chosen = wanted(reached);
        const params = { ids: chosen.map(({ id }) => id), ...viewParams(view) };
        const services = await (at === null
          ? transaction.rows('query/services-by-id', params, serviceRow)
          : transaction.rows('query/services-by-id-at', { ...params, at }, serviceRow));
        const byId = new Map(services.map((one) => [one.id, one]));
        const hits = chosen.flatMap(({ id, ...hit }) => {
          const hitService = byId.get(id);
          return hitService === undefined ? [] : [{ service: hitService, ...hit }];
        });
        return { service, reached, hits, truncated };
      }),
  };
}
