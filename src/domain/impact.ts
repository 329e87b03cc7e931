import type { Mode } from './dependency.ts';
import type { Belief } from './fold.ts';
import type { ServiceKind } from './service.ts';

/** How hard a failure hits, the hardest first. */
export const severities = ['down', 'degraded', 'starved'] as const;
export type Severity = (typeof severities)[number];

/** One way in which a failure travels along a dependency. */
export interface Impact {
  readonly mode: Mode;
  readonly severity: Severity;
  /** The side that fails first. */
  readonly origin: 'client' | 'server';
}

/**
 * How failures travel along a dependency, by its belief and the kinds of its ends.
 *
 * A failed server hurts its sync clients: they are `down`, or `degraded` where that is declared. A
 * failed producer leaves its consumers `starved`; a failed consumer does not hurt its producer.
 * What is declared `soft` hurts nobody. An external service is not hurt by ours, nobody is hurt by a
 * user, and of an unknown nothing is known; so no failure is followed through one of them.
 */
export function impactsOf(
  belief: Belief,
  clientKind: ServiceKind,
  serverKind: ServiceKind,
): Impact[] {
  if (belief.state !== 'active' && belief.state !== 'declared') return [];
  const { criticality } = belief;
  if (criticality === 'soft') return [];
  return belief.modes.flatMap((mode): Impact[] => {
    const origin = mode === 'sync' ? 'server' : 'client';
    const [from, to] = origin === 'server' ? [serverKind, clientKind] : [clientKind, serverKind];
    if (!mayFail(from) || !mayBeHit(to)) return [];
    const severity =
      mode === 'async' ? 'starved' : criticality === 'degraded' ? 'degraded' : 'down';
    return [{ mode, severity, origin }];
  });
}

function mayFail(kind: ServiceKind): boolean {
  return kind !== 'user' && kind !== 'unknown';
}

function mayBeHit(kind: ServiceKind): boolean {
  return kind !== 'external' && kind !== 'unknown';
}
