import type { DependencyRow } from '../../graph/queries.ts';
import type { ServiceRow } from '../../graph/resolve-service.ts';
import { labelsOf } from './labels.ts';

/** A dependency as tracing tools draw it. */
export interface Link {
  readonly parent: string;
  readonly child: string;
  /** Requests in the time that was asked about, by the rate of the latest window; 0 where not known. */
  readonly callCount: number;
  readonly errorCount: number;
}

/** The dependencies in use as links, by parent and child; what is stale or only declared has no calls. */
export function linksOf(
  graph: {
    readonly services: readonly ServiceRow[];
    readonly dependencies: readonly DependencyRow[];
  },
  lookbackMillis: number,
): Link[] {
  const labels = labelsOf(graph.services);
  return graph.dependencies
    .filter(({ state }) => state === 'active')
    .map(({ client, server, requestsPerSecond, errorRatio }) => {
      const callCount = Math.round(((requestsPerSecond ?? 0) * lookbackMillis) / 1000);
      return {
        parent: labels.get(client) ?? client,
        child: labels.get(server) ?? server,
        callCount,
        errorCount: Math.round(callCount * (errorRatio ?? 0)),
      };
    })
    .sort((a, b) => compare(a.parent, b.parent) || compare(a.child, b.child));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
