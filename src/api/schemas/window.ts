import { z } from '@hono/zod-openapi';
import { windowOutcomes, windowReasons } from '../../domain/window-outcome.ts';
import type { WindowRow } from '../../graph/window-queries.ts';
import { exampleWindow } from './examples.ts';
import { instant, toIso } from './time.ts';

const count = (description: string) => z.int().min(0).openapi({ description });
const seconds = (description: string) => z.number().min(0).openapi({ description, example: 0.42 });

export const windowSchema = z
  .object({
    source: z.string().openapi({ description: 'Id of the source.', example: 'prometheus' }),
    start: instant('Start of the window, not part of it.'),
    end: instant('End of the window.'),
    outcome: z.enum(windowOutcomes).openapi({
      description: 'How reading it ended; only a complete one counts as looked at.',
    }),
    reasons: z
      .array(z.enum(windowReasons))
      .openapi({ description: 'Why it is not complete.', example: ['fewSeries'] }),
    error: z.string().nullable().openapi({ description: 'What the source refused with.' }),
    warnings: z
      .array(z.string())
      .openapi({ description: 'What the source warned of; at most 10.' }),
    dialect: z.string().nullable().openapi({
      description:
        'In which dialect it was read, or in which, one after the other; null where no service graph was found.',
      example: 'tempo',
    }),
    dialectVariant: z.string().nullable().openapi({
      description: "The dialects' variants: prefixes of names, or reporters.",
    }),
    series: z
      .object({
        total: count('Series of the request counter with a sample in the window.'),
        nearStart: count('Those with a sample within two scrape intervals of its start.'),
        nearEnd: count('Those with a sample within two scrape intervals of its end.'),
        cannotTell: count(
          'Those whose first value may be of the window or of any time before: not counted.',
        ),
        broken: count('Those whose last value is no count: not counted.'),
      })
      .openapi({ description: 'What there was to read.' }),
    producers: z
      .object({
        total: count('Producers with a sample in the window.'),
        missing: z.array(z.string()).openapi({
          description: 'Labels of those that were there before and are not; at most 10.',
          example: ['tempo {instance="tempo-1:3200", job="tempo"}'],
        }),
      })
      .openapi({ description: 'Who wrote it.' }),
    shards: z
      .object({
        planned: count('Parts the window was cut into before it was asked.'),
        lost: count('Parts of which something was refused and could be cut no further.'),
        splits: count('How often a part was cut because its answer was too large.'),
      })
      .openapi({ description: 'How it was cut.' }),
    counts: z
      .object({
        valuesRead: count('Values the source answered with.'),
        valuesDropped: count('Values that were not used.'),
        observations: count('Client, server and mode triples.'),
        selfCalls: count('Those of a service with itself.'),
        servicesCreated: count('Services not known before.'),
        dependenciesCreated: count('Dependencies not known before.'),
        dependenciesRevived: count('Dependencies that were stale or removed and were seen again.'),
        dependenciesRemoved: count('Dependencies that left the present.'),
        dependenciesChanged: count('Dependencies whose modes, criticality or confidence changed.'),
        presenceWarnings: count('Warnings on questions that decide which pairs are seen.'),
        otherWarnings: count('Warnings on other questions.'),
        unanswered: count('Questions the window is whole without, and that were not answered.'),
      })
      .openapi({ description: 'What became of it.' }),
    dropped: z
      .record(z.string(), z.int().min(0))
      .openapi({ description: 'Values not used, by reason.', example: { missingClient: 2 } }),
    noted: z.record(z.string(), z.int().min(0)).openapi({
      description:
        'Observations by what is odd about them; they are kept as they are, but that the share of failures is null of `moreFailedThanRequests`, and the rate of `uncounted`. And of the window as a whole: series that several processes write (`severalWriters`) or that the configuration leaves out (`notRead`), requests that were counted in gaps and belong to no window (`unattributed`) or whose producer ran out of room (`overflowRequests`).',
      example: { addressName: 1, severalConnectionTypes: 3 },
    }),
    durations: z
      .object({
        planSeconds: seconds('Planning it.'),
        readSeconds: seconds('Asking, parsing and normalising, summed over its parts.'),
        writeSeconds: seconds('Writing, summed over its parts.'),
      })
      .openapi({ description: 'How long it took.' }),
    recordedAt: instant('When it was recorded last.'),
    rereads: count('How often it was read again by itself, because it lacked something.'),
    lateSamples: z.boolean().openapi({
      description:
        'Whether samples came for it after it was read, so that what is counted is not all.',
    }),
  })
  .openapi('Window', {
    description: 'The accounting of one window of one source.',
    example: exampleWindow,
  });

export function toWindow(row: WindowRow): z.output<typeof windowSchema> {
  const { valuesRead, valuesDropped, observations, selfCalls } = row;
  const { servicesCreated, dependenciesCreated, dependenciesRevived } = row;
  const { dependenciesRemoved, dependenciesChanged } = row;
  const { presenceWarnings, otherWarnings, unanswered } = row;
  return {
    source: row.source,
    start: toIso(row.startMillis),
    end: toIso(row.endMillis),
    outcome: row.outcome,
    reasons: row.reasons,
    error: row.error,
    warnings: row.warnings,
    dialect: row.dialect,
    dialectVariant: row.dialectVariant,
    series: {
      total: row.series,
      nearStart: row.nearStart,
      nearEnd: row.nearEnd,
      cannotTell: row.cannotTell,
      broken: row.brokenSeries,
    },
    producers: { total: row.producers, missing: row.missingProducers },
    shards: { planned: row.shards, lost: row.shardsLost, splits: row.splits },
    counts: {
      valuesRead,
      valuesDropped,
      observations,
      selfCalls,
      servicesCreated,
      dependenciesCreated,
      dependenciesRevived,
      dependenciesRemoved,
      dependenciesChanged,
      presenceWarnings,
      otherWarnings,
      unanswered,
    },
    dropped: countsOf(row.droppedReasons, row.droppedCounts),
    noted: countsOf(row.notes, row.noteCounts),
    durations: {
      planSeconds: row.planSeconds,
      readSeconds: row.readSeconds,
      writeSeconds: row.writeSeconds,
    },
    recordedAt: toIso(row.recordedAtMillis),
    rereads: row.rereads,
    lateSamples: row.lateSamples,
  };
}

/** Counts by their names; those that are 0 are left out. */
function countsOf(names: readonly string[], counts: readonly number[]): Record<string, number> {
  const pairs = names.map((name, index) => [name, counts[index] ?? 0] as const);
  return Object.fromEntries(pairs.filter(([, count]) => count !== 0));
}
