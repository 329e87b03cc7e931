import { z } from '@hono/zod-openapi';
import { coverages } from '../../domain/coverage.ts';
import { exampleFreshness } from './examples.ts';
import { instant } from './time.ts';

export const freshnessSchema = z
  .object({
    source: z.string().openapi({ description: 'Id of the source.', example: 'prometheus' }),
    lastCompleteWindowEnd: instant(
      'End of the last complete window; null before the first one.',
    ).nullable(),
    frontier: instant(
      'How far the source has been read, whatever the outcome; null before the first window.',
    ).nullable(),
    lagSeconds: z.number().nullable().openapi({
      description:
        'Seconds between the end of the last complete window and the begin of the present minute; null before it.',
      example: 412,
    }),
    frontierAheadSeconds: z.int().optional().openapi({
      description:
        'Seconds by which the frontier lies in the future, where it does: a clock was ahead, and nothing is read until then. `topolog sources rewind` mends it.',
      example: 86_400,
    }),
  })
  .openapi('Freshness', {
    description: 'How far behind one source is.',
    example: exampleFreshness,
  });

/** Whether the sources were looked at, at one instant. */
export function coverageSchema(description: string) {
  return z.enum(coverages).openapi({ description, example: 'complete' });
}

/** What every answer about the graph says of its sources; of the past, `coverage` is of then. */
export const standingShape = {
  freshness: z.array(freshnessSchema).openapi({
    description: 'How far behind each source is; what is newer is not in this answer.',
  }),
  coverage: coverageSchema(
    'Whether the sources were looked at just before the instant of the answer: complete, all of ' +
      'them; none, not one, so the answer is what was known before, or nothing; partial, some of ' +
      'them or in part. What is not looked at is neither seen nor missed.',
  ),
};
