import { type LatencyFactKind, sideOfLatencyFact } from './latency.ts';
import type { PairFact } from './observation.ts';
import type { ServiceKind } from './service.ts';

/** The kinds of both sides of a pair. */
export type Kinds = readonly [client: ServiceKind, server: ServiceKind];

const ofCall: Kinds = ['service', 'service'];
const ofDatabase: Kinds = ['service', 'database'];

/**
 * Whether one side was inferred and the values do not say which, so that what else is known decides.
 *
 * Every producer writes the names of those whose spans it saw, and calls a caller it did not see
 * `user`. So a client of another name has spans of its own, and the server was inferred.
 */
export function isSideOpen({ connectionType, virtualSide, calledUser, client }: PairFact): boolean {
  if (connectionType !== 'virtual_node' || virtualSide !== null) return false;
  return calledUser ?? client.name === 'user';
}

/** The kinds of both sides of a pair whose side is not open, from its labels. */
export function kindsOf({ connectionType, virtualSide, client, server }: PairFact): Kinds {
  if (connectionType === 'database') return ofDatabase;
  if (connectionType !== 'virtual_node') return ofCall;
  return virtualSide === 'client'
    ? [virtualKind(client.name), 'service']
    : ['service', virtualKind(server.name)];
}

function virtualKind(name: string): ServiceKind {
  return name === 'user' || name === 'unknown' ? name : 'external';
}

/**
 * Whether somebody measured: a side without spans of its own did not.
 *
 * Producers write 0 for the side of a virtual node, and the client's time for a database.
 */
export function isMeasured(kind: LatencyFactKind, [client, server]: Kinds): boolean {
  const side = sideOfLatencyFact.get(kind);
  if (side === 'client') return client === 'service';
  if (side === 'server') return server === 'service';
  return client === 'service' && server === 'service';
}
