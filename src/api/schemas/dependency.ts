import { z } from '@hono/zod-openapi';
import {
  confidences,
  conflictSubjects,
  criticalities,
  dependencyStates,
  modes,
} from '../../domain/dependency.ts';
import type { Belief } from '../../domain/fold.ts';
import type { DependencyRow, ReachedDependency } from '../../graph/queries.ts';
import { exampleDependency } from './examples.ts';
import { latencySchema, toLatency } from './latency.ts';
import { instant, toIso, toIsoOrNull } from './time.ts';

/** What is believed of a dependency, wherever it is shown. */
export const beliefShape = {
  state: z.enum(dependencyStates).openapi({ description: 'What is believed of it.' }),
  modes: z.array(z.enum(modes)).openapi({
    description: 'How: the client waits (sync), or hands over a message (async).',
    example: ['sync'],
  }),
  criticality: z.enum(criticalities).openapi({
    description: 'What the client loses with the server: all (hard), a part, or nothing (soft).',
  }),
  confidence: z.enum(confidences).openapi({
    description:
      'high: seen and declared alike; medium: only seen; low: only declared, no longer seen, or contradicted.',
  }),
  conflicts: z.array(z.enum(conflictSubjects)).openapi({
    description: 'What its evidence disagrees about.',
    example: [],
  }),
};

export const dependencySchema = z
  .object({
    id: z.string().openapi({
      description: 'Ids of client and server with `~~` between.',
      example: 'shop:checkout~~shop:payment',
    }),
    client: z.string().openapi({
      description: 'Id of the service that calls or sends.',
      example: 'shop:checkout',
    }),
    server: z.string().openapi({
      description: 'Id of the service that is called or sent to.',
      example: 'shop:payment',
    }),
    ...beliefShape,
    from: instant(
      'Since when all this is believed; it begins anew when that changes. Since when it is there is `firstSeenAt`.',
    ),
    requestsPerSecond: z.number().min(0).nullable().openapi({
      description:
        'Requests or messages per second in the latest window of its sources; null where that did not show it, or not how many, and in the past. What counts the same calls counts once, by the largest.',
      example: 12.5,
    }),
    errorRatio: z.number().nullable().openapi({
      description: 'Share that failed of those of which it is known, 0 to 1; null where of none.',
      example: 0.002,
    }),
    latency: latencySchema,
    firstSeenAt: instant('End of the first window that showed it; null in the past.').nullable(),
    lastSeenAt: instant('End of the last window that showed it; null in the past.').nullable(),
  })
  .openapi('Dependency', {
    description: 'The client depends on the server.',
    example: exampleDependency,
  });

export const reachedDependencySchema = dependencySchema
  .extend({
    distance: z.int().min(1).openapi({
      description: 'Hops from the service that was asked about; 1 touches it.',
      example: 1,
    }),
  })
  .openapi('ReachedDependency', {
    description: 'A dependency, and how far it is from the service that was asked about.',
    example: { ...exampleDependency, distance: 1 },
  });

/** The belief in a row, without what else it says. */
export function toBelief({ state, modes, criticality, confidence, conflicts }: Belief) {
  return {
    state,
    modes: [...modes],
    criticality,
    confidence,
    conflicts: [...conflicts],
  };
}

export function toDependency(row: DependencyRow): z.output<typeof dependencySchema> {
  return {
    id: row.id,
    client: row.client,
    server: row.server,
    ...toBelief(row),
    from: toIso(row.fromMillis),
    requestsPerSecond: row.requestsPerSecond,
    errorRatio: row.errorRatio,
    latency: toLatency(row.latency),
    firstSeenAt: toIsoOrNull(row.firstSeenAtMillis),
    lastSeenAt: toIsoOrNull(row.lastSeenAtMillis),
  };
}

export function toReachedDependency(
  row: ReachedDependency,
): z.output<typeof reachedDependencySchema> {
  return { ...toDependency(row), distance: row.distance };
}
