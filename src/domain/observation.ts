import type { Mode } from './dependency.ts';
import type { Latency, LatencyFactKind } from './latency.ts';
import type { ObservedService } from './service.ts';

/** One side of a pair as a source's labels name it, before it has an id. */
export interface Endpoint {
  readonly environment: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
}

/** What a value says of its pair in the window. */
export type PairFactKind =
  /** Requests, as increments of the request counter. */
  | 'requests'
  /** Failed requests, as increments of the failure counter. */
  | 'failedRequests'
  /** The source lists the connection as existing; says nothing about traffic. */
  | 'listed'
  /** Above zero where the pair had traffic that is not counted in requests, as TCP connections. */
  | 'used'
  /** Above zero where the pair had requests that cannot be counted, as where several write one series. */
  | 'uncounted'
  | LatencyFactKind;

/** One value a source gave for one pair in one window, in the words of the domain. */
export interface PairFact {
  readonly kind: PairFactKind;
  readonly client: Endpoint;
  readonly server: Endpoint;
  /** As in the label: empty for a direct call, or `messaging_system`, `database`, `virtual_node`, or one of somebody's own. */
  readonly connectionType: string;
  /** Which side was inferred, where the source says so. */
  readonly virtualSide: 'client' | 'server' | null;
  /** Present where the producer calls the client `user` and a rule may have renamed it. */
  readonly calledUser?: true;
  /** The source folded many pairs into this one because it ran out of room. */
  readonly overflow: boolean;
  readonly value: number;
}

/** One client→server pair in one mode in one window of one source. */
export interface Observation {
  readonly dependencyId: string;
  readonly client: ObservedService;
  readonly server: ObservedService;
  readonly mode: Mode;
  /** Sorted; a direct call is `direct`. */
  readonly connectionTypes: readonly string[];
  /** Requests in the window; `null` where the source gave no count, or none that can be relied upon. */
  readonly requests: number | null;
  /** Failed requests in the window: 0 where the source answered and named none, `null` where it did not answer. */
  readonly failedRequests: number | null;
  readonly listed: boolean;
  /** Present where there was traffic that is not counted in requests. */
  readonly used?: true;
  /** Present where the pair was seen and its requests cannot be counted. */
  readonly uncounted?: true;
  readonly latency?: Latency;
}

/** Whether the window showed the dependency in use or listed; mere existence of a series is not enough. */
export function isSeen(observation: Observation): boolean {
  return hasTraffic(observation) || observation.listed;
}

export function hasTraffic(observation: Observation): boolean {
  const { requests, used, uncounted } = observation;
  return (requests ?? 0) > 0 || used === true || uncounted === true;
}

/** What adding fractions may leave behind. */
const rounding = 1e-7;

/** Whether more requests failed than there were, so that the share of failures is not known. */
export function hasMoreFailedThanRequests({
  requests,
  failedRequests,
}: Pick<Observation, 'requests' | 'failedRequests'>): boolean {
  if (requests === null || failedRequests === null) return false;
  return failedRequests > requests * (1 + rounding);
}
