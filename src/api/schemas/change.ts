import { z } from '@hono/zod-openapi';
import { changeContexts, changeTypes } from '../../domain/change.ts';
import { serviceKinds } from '../../domain/service.ts';
import type { ChangeRow } from '../../graph/change-queries.ts';
import { beliefShape, toBelief } from './dependency.ts';
import { exampleChange } from './examples.ts';
import { instant, toIso, toIsoOrNull } from './time.ts';

export const changeSchema = z
  .object({
    sequence: z.int().openapi({ description: 'Its number in the changelog.', example: 4711 }),
    type: z.enum(changeTypes).openapi({ description: 'What happened.' }),
    at: instant('Instant from which it holds: the end of the window that showed it, or of a pass.'),
    recordedAt: instant('When it was written.'),
    context: z.enum(changeContexts).openapi({
      description:
        'live: as it happened; backfill: the past of a new source; firstWindow: the first window of a source, so only new to Topolog; late: a window read again; operator: by a command.',
    }),
    run: z.string().nullable().openapi({ description: 'Id of the run that wrote it.' }),
    source: z.string().nullable().openapi({ description: 'Source that showed it.' }),
    windowEnd: instant('End of the window that showed it.').nullable(),
    dependency: z
      .object({
        id: z.string().openapi({ description: 'Id of the dependency.' }),
        client: z.string().openapi({ description: 'Id of its client.' }),
        server: z.string().openapi({ description: 'Id of its server.' }),
        ...beliefShape,
      })
      .nullable()
      .openapi({
        description:
          'The dependency, with all that is believed after the change; null where it is of a service.',
      }),
    service: z
      .object({
        id: z.string().openapi({ description: 'Id of the service.' }),
        environment: z.string().openapi({ description: 'Environment; empty where there is none.' }),
        cluster: z.string().openapi({ description: 'Cluster; empty where there is none.' }),
        namespace: z.string().openapi({ description: 'Namespace; empty where there is none.' }),
        name: z.string().openapi({ description: 'Name, as the source has it.' }),
        kind: z.enum(serviceKinds).openapi({ description: 'What it is, as its labels say.' }),
        virtual: z.boolean().openapi({ description: 'Whether it was only inferred.' }),
      })
      .nullable()
      .openapi({ description: 'The service after the change; null where it is of a dependency.' }),
  })
  .openapi('Change', {
    description: 'One entry of the changelog.',
    example: exampleChange,
  });

export function toChange(row: ChangeRow): z.output<typeof changeSchema> {
  return {
    sequence: row.sequence,
    type: row.type,
    at: toIso(row.atMillis),
    recordedAt: toIso(row.recordedAtMillis),
    context: row.context,
    run: row.run,
    source: row.source,
    windowEnd: toIsoOrNull(row.windowEndMillis),
    dependency: dependencyOf(row),
    service: serviceOf(row),
  };
}

function dependencyOf(row: ChangeRow) {
  const { subject: id, client, server, state, modes, criticality, confidence, conflicts } = row;
  if (client === null || server === null || state === null || modes === null) return null;
  if (criticality === null || confidence === null) return null;
  const belief = { state, modes, criticality, confidence, conflicts: conflicts ?? [] };
  return { id, client, server, ...toBelief(belief) };
}

function serviceOf(row: ChangeRow) {
  const { subject: id, environment, cluster, namespace, name, kind, virtual } = row;
  if (environment === null || cluster === null || namespace === null) return null;
  if (name === null || kind === null || virtual === null) return null;
  return { id, environment, cluster, namespace, name, kind, virtual };
}
