import type { DependencyRow } from '../../graph/queries.ts';
import type { ServiceRow } from '../../graph/resolve-service.ts';
import { labelsOf } from './labels.ts';

/** A dependency as tracing tools draw it. */
export interface Link {
  readonly parent: string;
  readonly child: string;
  /** Requests in the part of the period in which it was seen, by the rate of the latest window; 0 where not known. */
  readonly callCount: number;
  readonly errorCount: number;
}

/**
 * The dependencies in use as links, by parent and child; what is stale or only declared has no calls.
 *
 * A rate holds for the time in which its dependency was seen, and the period ends where reading has
 * come to: what was first seen an hour ago was not called for a day, and what is not read yet is no
 * time without calls.
 */
export function linksOf(
  graph: {
    readonly services: readonly ServiceRow[];
    readonly dependencies: readonly DependencyRow[];
  },
  lookbackMillis: number,
): Link[] {
  const labels = labelsOf(graph.services);
  const endMillis = Math.max(0, ...graph.dependencies.map((one) => one.lastSeenAtMillis ?? 0));
  return graph.dependencies
    .filter(({ state }) => state === 'active')
    .map((dependency) => {
      const { client, server, requestsPerSecond, errorRatio } = dependency;
      const seenMillis = seenWithin(dependency, endMillis - lookbackMillis, endMillis);
      const callCount = Math.round(((requestsPerSecond ?? 0) * seenMillis) / 1000);
      return {
        parent: labels.get(client) ?? client,
        child: labels.get(server) ?? server,
        callCount,
        errorCount: Math.round(callCount * (errorRatio ?? 0)),
      };
    })
    .sort((a, b) => compare(a.parent, b.parent) || compare(a.child, b.child));
}

/** For how long of a period a dependency was seen; from the begin of its first window on. */
function seenWithin(
  { seenSinceMillis, firstSeenAtMillis, lastSeenAtMillis }: DependencyRow,
  fromMillis: number,
  toMillis: number,
): number {
  const begin = seenSinceMillis ?? firstSeenAtMillis;
  if (begin === null || lastSeenAtMillis === null) return 0;
  return Math.max(0, Math.min(lastSeenAtMillis, toMillis) - Math.max(begin, fromMillis));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
