import { z } from '@hono/zod-openapi';
import { type Emptiness, emptyReasons } from '../../domain/emptiness.ts';
import { instant, toIsoOrNull } from './time.ts';

/** Why an answer has nothing in it, the same in every answer that is a list. */
export const emptinessSchema = z
  .object({
    reason: z.enum(emptyReasons).openapi({
      description:
        'noSource: no source is known, so nothing is read; notReadYet: no window has been read; ' +
        'beforeFirstWindow: nothing had been read by the instant that was asked about; nothingSeen: ' +
        'windows were read and showed none; noMatch: nothing is as it was asked for.',
      example: 'notReadYet',
    }),
    detail: z.string().openapi({
      description: 'The same in a sentence that says what helps; for people.',
      example: 'No window has been read yet; the first is due at 2026-03-01T12:16:30.000Z.',
    }),
    expectedAt: instant(
      'When the first window is due; null where one has been read, or that is not known.',
    ).nullable(),
  })
  .openapi('Emptiness', { description: 'Why there is nothing here.' });

/** What an answer that may be empty says of that. */
export const emptyField = emptinessSchema.nullable().openapi({
  description: 'Why there is nothing here; null where there is something, or more follows.',
});

export function toEmptiness(found: Emptiness): z.output<typeof emptinessSchema> {
  const { reason, detail, expectedAtMillis } = found;
  return { reason, detail, expectedAt: toIsoOrNull(expectedAtMillis) };
}
