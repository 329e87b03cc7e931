import { z } from '@hono/zod-openapi';
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
  })
  .openapi('Freshness', {
    description: 'How far behind one source is.',
    example: exampleFreshness,
  });

/** Freshness as every answer about the graph carries it. */
export const freshnessList = z
  .array(freshnessSchema)
  .openapi({ description: 'How far behind each source is; what is newer is not in this answer.' });
