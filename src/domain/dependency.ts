import { encodePart } from './service.ts';

/** How a client uses a server: it waits for the answer (`sync`) or hands over a message (`async`). */
export const modes = ['sync', 'async'] as const;
export type Mode = (typeof modes)[number];

/** What is believed of a dependency. */
export const dependencyStates = ['active', 'stale', 'removed', 'declared'] as const;
export type DependencyState = (typeof dependencyStates)[number];

/** What a client loses with a server, the gravest first: all (`hard`), a part, or nothing. */
export const criticalities = ['hard', 'degraded', 'soft'] as const;
export type Criticality = (typeof criticalities)[number];

/** How well a dependency is known; depends on which kinds of evidence there are, and on their agreement. */
export const confidences = ['high', 'medium', 'low'] as const;
export type Confidence = (typeof confidences)[number];

/** What evidence of one dependency can disagree about. */
export const conflictSubjects = ['criticality', 'modes'] as const;
export type ConflictSubject = (typeof conflictSubjects)[number];

/** The id of a dependency: `client~~server`; no service id contains `~~`. */
export function dependencyId(clientId: string, serverId: string): string {
  return `${clientId}~~${serverId}`;
}

/** How a source's metrics were read: in which dialect, and which variant of it. */
export interface Reading {
  readonly dialect: string;
  /** A reporter or a prefix; `null` where the dialect has none. */
  readonly variant: string | null;
}

/**
 * The id of what one reading of a source has seen of a dependency in one mode.
 *
 * Ids of one source begin with it and `|`, and no source's id has a `|`, so they lie together. A
 * variant may hold any character, as names of metrics may, and is written as a service's name is.
 */
export function evidenceId(
  source: string,
  reading: Reading,
  mode: Mode,
  dependency: string,
): string {
  return `${source}|${readingText(reading)}|${mode}|${dependency}`;
}

/** A reading as ids have it. */
export function readingText({ dialect, variant }: Reading): string {
  return variant === null ? dialect : `${dialect}/${encodePart(variant)}`;
}
