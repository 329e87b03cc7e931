import type { Aliases } from './alias.ts';
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
  /** The endpoint of the same name that was known before this one, and how many there are. */
  readonly namesake: KnownEndpoint | undefined;
  readonly namesakes: number;
}

/** Most endpoints of one name that are looked through beside the latest; a source may have any number. */
const maxNamesakes = 8;

/** Finds the service of each endpoint of a window; every service is one object. */
export interface KnownServices {
  readonly all: readonly KnownEndpoint[];
  of(endpoint: Endpoint, kind: ServiceKind): KnownEndpoint;
  /** The service of a number that an endpoint has. */
  numbered(index: number): KnownService;
}

/**
 * Remembers what was made of endpoints before: a window names each of them many times, and checking
 * and encoding a name costs far more than finding it.
 */
export function createKnownServices(aliases: Aliases = new Map()): KnownServices {
  const all: KnownEndpoint[] = [];
  /** The latest endpoint of each name; most names are of one. */
  const byName = new Map<string, KnownEndpoint>();
  /** The endpoints of names that have too many; making the text costs more than finding it. */
  const byText = new Map<string, KnownEndpoint>();

  function find(endpoint: Endpoint, virtual: KnownEndpoint['virtual']): KnownEndpoint | undefined {
    const { environment, cluster, namespace, name } = endpoint;
    const latest = byName.get(name);
    for (let one = latest; one !== undefined; one = one.namesake) {
      if (
        one.namespace === namespace &&
        one.cluster === cluster &&
        one.environment === environment &&
        one.virtual === virtual
      ) {
        return one;
      }
    }
    return latest?.namesakes === maxNamesakes ? byText.get(textOf(endpoint, virtual)) : undefined;
  }

  function remember(endpoint: Endpoint, known: Known): KnownEndpoint {
    const { environment, cluster, namespace, name } = endpoint;
    const { virtual, service, index, problem } = known;
    const namesake = byName.get(name);
    const namesakes = (namesake?.namesakes ?? -1) + 1;
    // Named one by one, so that all are of one shape, which is found faster.
    const added: KnownEndpoint = {
      environment,
      cluster,
      namespace,
      virtual,
      service,
      index,
      problem,
      namesake,
      namesakes,
    };
    if (namesakes <= maxNamesakes) byName.set(name, added);
    else byText.set(textOf(endpoint, virtual), added);
    return added;
  }

  const known: KnownServices = {
    all,
    numbered(index) {
      const endpoint = all[index];
      if (endpoint === undefined) throw new Error(`No service has the number ${index}.`);
      return endpoint.service;
    },
    of(endpoint, kind) {
      const virtual = kind === 'user' || kind === 'unknown' ? kind : null;
      const found = find(endpoint, virtual);
      if (found !== undefined) return found;
      const problem = problemOf(endpoint);
      const id = problem === null ? serviceId(endpoint, virtual ?? weakest) : '';
      const target = aliases.get(id);
      if (target !== undefined) {
        // Its values are the other's, and so is its number.
        const { service, index } = known.of(target, target.kind);
        strengthen(service, target.kind);
        return remember(endpoint, { virtual, service, index, problem });
      }
      const { environment, cluster, namespace, name } = endpoint;
      const added = remember(endpoint, {
        virtual,
        service: { id, kind: virtual ?? weakest, environment, cluster, namespace, name },
        index: all.length,
        problem: isServiceIdTooLong(id) ? 'nameTooLong' : problem,
      });
      all.push(added);
      return added;
    },
  };
  return known;
}

type Known = Pick<KnownEndpoint, 'virtual' | 'service' | 'index' | 'problem'>;

function textOf(endpoint: Endpoint, virtual: KnownEndpoint['virtual']): string {
  const { environment, cluster, namespace, name } = endpoint;
  return JSON.stringify([environment, cluster, namespace, name, virtual]);
}

/** Takes note of the kind that an accepted value said of a service. */
export function strengthen(service: KnownService, kind: ServiceKind): void {
  // Nearly always it is known already, and this runs for both sides of every pair.
  if (service.kind !== kind) service.kind = stronger(service.kind, kind);
}

/** Whether a producer that ran out of room put its word for it in the place of a label's value. */
export function isOverflow({ environment, cluster, namespace, name }: Endpoint): boolean {
  return (
    name === overflowName ||
    namespace === overflowName ||
    cluster === overflowName ||
    environment === overflowName
  );
}

function problemOf(endpoint: Endpoint): EndpointProblem | null {
  const { environment, cluster, namespace, name } = endpoint;
  const parts = [environment, cluster, namespace, name];
  if (isOverflow(endpoint)) return 'overflow';
  if (name === '') return 'missingName';
  return parts.map(problemOfText).find((problem) => problem !== null) ?? null;
}

/** Why a text cannot be a part of an identity, or a connection type. */
export function problemOfText(text: string): 'nameTooLong' | 'invalidName' | null {
  if (text.length > maxNameLength) return 'nameTooLong';
  // A lone surrogate has no UTF-8 form, so two such names would share one id.
  return text.isWellFormed() ? null : 'invalidName';
}
