import type { Endpoint } from './observation.ts';
import {
  isServiceIdTooLong,
  type ObservedService,
  type ServiceKind,
  serviceId,
  stronger,
} from './service.ts';

/** A service that a window names; its kind grows to the strongest that a value said. */
export type KnownService = { -readonly [Key in keyof ObservedService]: ObservedService[Key] };

/** Why an endpoint is no service: the reason to drop what it is part of. */
export type EndpointProblem = 'overflow' | 'missingName' | 'nameTooLong' | 'invalidName';

/** Longest accepted name, namespace, cluster, environment or connection type, in UTF-16 code units. */
export const maxNameLength = 512;

const overflowName = '__cardinality_overflow__';

/** What a service is at least; an accepted value says more. */
const weakest: ServiceKind = 'external';

/** What an endpoint is: a service, numbered in the order of appearance, or a problem. */
export interface KnownEndpoint {
  readonly environment: string;
  readonly cluster: string;
  readonly namespace: string;
  /** `user` and `unknown` are services of their own, apart from real ones of that name. */
  readonly virtual: 'user' | 'unknown' | null;
  readonly service: KnownService;
  readonly index: number;
  readonly problem: EndpointProblem | null;
}

/** Finds the service of each endpoint of a window; every service is one object. */
export interface KnownServices {
  readonly all: readonly KnownEndpoint[];
  of(endpoint: Endpoint, kind: ServiceKind): KnownEndpoint;
}

/**
 * Remembers what was made of endpoints before: a window names each of them many times, and checking
 * and encoding a name costs far more than finding it.
 */
export function createKnownServices(): KnownServices {
  const all: KnownEndpoint[] = [];
  const byName = new Map<string, KnownEndpoint[]>();

  return {
    all,
    of(endpoint, kind) {
      const virtual = kind === 'user' || kind === 'unknown' ? kind : null;
      const { environment, cluster, namespace, name } = endpoint;
      let namesakes = byName.get(name);
      if (namesakes === undefined) {
        namesakes = [];
        byName.set(name, namesakes);
      }
      for (const known of namesakes) {
        if (
          known.namespace === namespace &&
          known.cluster === cluster &&
          known.environment === environment &&
          known.virtual === virtual
        ) {
          return known;
        }
      }
      const problem = problemOf(endpoint);
      const id = problem === null ? serviceId(endpoint, virtual ?? weakest) : '';
      const known: KnownEndpoint = {
        environment,
        cluster,
        namespace,
        virtual,
        service: { id, kind: virtual ?? weakest, environment, cluster, namespace, name },
        index: all.length,
        problem: isServiceIdTooLong(id) ? 'nameTooLong' : problem,
      };
      namesakes.push(known);
      all.push(known);
      return known;
    },
  };
}

/** Takes note of the kind that an accepted value said of a service. */
export function strengthen(service: KnownService, kind: ServiceKind): void {
  service.kind = stronger(service.kind, kind);
}

function problemOf({ environment, cluster, namespace, name }: Endpoint): EndpointProblem | null {
  const parts = [environment, cluster, namespace, name];
  // Where a producer ran out of room it puts its word for that in the place of a label's value.
  if (parts.includes(overflowName)) return 'overflow';
  if (name === '') return 'missingName';
  return parts.map(problemOfText).find((problem) => problem !== null) ?? null;
}

/** Why a text cannot be a part of an identity, or a connection type. */
export function problemOfText(text: string): 'nameTooLong' | 'invalidName' | null {
  if (text.length > maxNameLength) return 'nameTooLong';
  // A lone surrogate has no UTF-8 form, so two such names would share one id.
  return text.isWellFormed() ? null : 'invalidName';
}
