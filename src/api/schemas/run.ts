import { z } from '@hono/zod-openapi';
import { type RunRow, runKinds, runStates } from '../../graph/runs.ts';
import { exampleRun } from './examples.ts';
import { instant, toIso, toIsoOrNull } from './time.ts';

const count = (description: string) => z.int().min(0).openapi({ description });

export const runSchema = z
  .object({
    id: z
      .string()
      .openapi({ description: 'Id of the run.', example: '01985c1e-7a0f-7cc0-a9a4-6f1d2a3b4c5d' }),
    kind: z.enum(runKinds).openapi({
      description:
        'Reading on from where the source was left (ingest), a past range (reingest), marking what was not seen for long (markStale), or forgetting old history (prune).',
    }),
    source: z.string().nullable().openapi({
      description: 'Id of the source; null where the run is about all of them.',
      example: 'prometheus',
    }),
    state: z.enum(runStates).openapi({
      description:
        'How far it is. A failing run is under way: what it tried last failed and is tried again; error says why.',
    }),
    error: z
      .string()
      .nullable()
      .openapi({ description: 'Why it failed, or why it is failing, in one sentence.' }),
    workflowId: z.string().openapi({
      description: 'Its workflow in Temporal.',
      example: 'ingest/prometheus',
    }),
    startedAt: instant('When it started.'),
    finishedAt: instant('When it ended; null while it runs.').nullable(),
    failingSince: instant(
      'Since when nothing that it tried went well; null where it is not failing.',
    ).nullable(),
    from: instant('Start of its range; null until it is known.').nullable(),
    to: instant('End of its range; null until it is known.').nullable(),
    windows: z
      .object({
        complete: count('Windows that were read whole.'),
        partial: count('Windows whose answer came with warnings.'),
        suspicious: count('Windows without samples near both of their ends.'),
        failed: count('Windows whose question was rejected.'),
      })
      .openapi({ description: 'Windows read so far, by outcome.' }),
    counts: z
      .object({
        valuesRead: count('Values the source answered with.'),
        valuesDropped: count('Values that were not used; each has a reason.'),
        observations: count('Client, server and mode triples found in the windows.'),
        servicesCreated: count('Services not known before.'),
        dependenciesCreated: count('Dependencies not known before.'),
        dependenciesRevived: count('Dependencies that were stale or removed and were seen again.'),
        dependenciesStale: count('Dependencies that went stale.'),
        dependenciesRemoved: count('Dependencies that left the present.'),
        dependenciesChanged: count('Dependencies whose modes, criticality or confidence changed.'),
      })
      .openapi({ description: 'What the windows brought, summed.' }),
  })
  .openapi('Run', {
    description: 'One execution of a workflow, with its accounting.',
    example: exampleRun,
  });

export function toRun(row: RunRow): z.output<typeof runSchema> {
  return {
    id: row.id,
    kind: row.kind,
    source: row.source,
    state: row.state,
    error: row.error,
    workflowId: row.workflowId,
    startedAt: toIso(row.startedAtMillis),
    finishedAt: toIsoOrNull(row.finishedAtMillis),
    failingSince: toIsoOrNull(row.failingSinceMillis),
    from: toIsoOrNull(row.fromMillis),
    to: toIsoOrNull(row.toMillis),
    windows: {
      complete: row.windowsComplete,
      partial: row.windowsPartial,
      suspicious: row.windowsSuspicious,
      failed: row.windowsFailed,
    },
    counts: {
      valuesRead: row.valuesRead,
      valuesDropped: row.valuesDropped,
      observations: row.observations,
      servicesCreated: row.servicesCreated,
      dependenciesCreated: row.dependenciesCreated,
      dependenciesRevived: row.dependenciesRevived,
      dependenciesStale: row.dependenciesStale,
      dependenciesRemoved: row.dependenciesRemoved,
      dependenciesChanged: row.dependenciesChanged,
    },
  };
}
