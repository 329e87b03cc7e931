import { type LatencyFactKind, sideOfLatencyFact } from './latency.ts';
import type { PairFact } from './observation.ts';
import type { ServiceKind } from './service.ts';

/** The kinds of both sides of a pair. */
export type Kinds = readonly [client: ServiceKind, server: ServiceKind];

const ofCall: Kinds = ['service', 'service'];
const ofDatabase: Kinds = ['service', 'database'];

/**
 * The side of a pair that is a virtual node; `null` where none is.
 *
 * Where it is not said, the client is it when it is called `user`, the name the producers give to a
 * caller they did not see; otherwise the server is.
 */
export function virtualSideOf(fact: PairFact): 'client' | 'server' | null {
  if (fact.connectionType !== 'virtual_node') return null;
  return fact.virtualSide ?? (fact.client.name === 'user' ? 'client' : 'server');
}

/** The kinds of both sides of a pair, from its labels. */
export function kindsOf(fact: PairFact): Kinds {
  if (fact.connectionType === 'database') return ofDatabase;
  const side = virtualSideOf(fact);
  if (side === null) return ofCall;
  return side === 'client'
    ? [virtualKind(fact.client.name), 'service']
    : ['service', virtualKind(fact.server.name)];
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
