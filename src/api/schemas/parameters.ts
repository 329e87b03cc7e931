import { z } from '@hono/zod-openapi';
import { parseInstant } from '../../runtime/instant.ts';

/** A whole number in the query. */
export function wholeNumber(options: {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly default: number;
  readonly description: string;
}) {
  const { name, min, max, description } = options;
  const error = `must be a whole number from ${min} to ${max}`;
  return z
    .string({ error })
    .regex(/^\d{1,9}$/, { error, abort: true })
    .transform(Number)
    .pipe(z.int().min(min, { error }).max(max, { error }))
    .default(options.default)
    .openapi({
      param: { name, in: 'query', required: false },
      type: 'integer',
      minimum: min,
      maximum: max,
      default: options.default,
      description,
    });
}

/** An instant in the query, as epoch milliseconds. */
export function instantParameter(name: string, description: string) {
  const error = 'must be an ISO 8601 time with Z or an offset';
  return z
    .string({ error })
    .max(40, { error })
    .transform((text, context) => {
      const millis = parseInstant(text);
      if (millis !== null) return millis;
      context.addIssue({ code: 'custom', message: error });
      return z.NEVER;
    })
    .optional()
    .openapi({
      param: { name, in: 'query', required: false },
      type: 'string',
      format: 'date-time',
      description: `${description} ISO 8601 with Z or an offset.`,
      example: '2026-03-01T12:00:00Z',
    });
}

/** Where the page before ended. */
export const cursorParameter = z
  .string({ error: 'must be given once' })
  .optional()
  .openapi({
    param: { name: 'cursor', in: 'query' },
    description: '`nextCursor` of the page before; left out for the first page.',
  });

/** The service in the path: its id, or its name where only one service has it. */
export const servicePath = z.object({
  id: z.string().openapi({
    param: { name: 'id', in: 'path' },
    description:
      'Id of the service, or its name where only one service has it; percent-encoded (a slash is %2F).',
    example: 'shop:checkout',
  }),
});
