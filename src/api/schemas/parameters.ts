import { z } from '@hono/zod-openapi';
import { millisOf } from '../../runtime/duration.ts';
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

/** An instant as it was asked for: itself, or so long ago; milliseconds. */
export type Moment = { readonly atMillis: number } | { readonly agoMillis: number };

/** An instant in the query, or a duration ago. */
export function momentParameter(name: string, description: string) {
  const error =
    'must be an ISO 8601 time with Z or an offset, or a duration ago such as 24h, 7d or 90m';
  return z
    .string({ error })
    .max(40, { error })
    .transform((text, context): Moment => {
      const atMillis = parseInstant(text);
      if (atMillis !== null) return { atMillis };
      const agoMillis = millisOf(text);
      if (agoMillis !== null) return { agoMillis };
      context.addIssue({ code: 'custom', message: error });
      return z.NEVER;
    })
    .optional()
    .openapi({
      param: { name, in: 'query', required: false },
      type: 'string',
      description: `${description} ISO 8601 with Z or an offset, or a duration ago such as \`24h\`.`,
      example: '24h',
    });
}

/** At which instant the graph is asked about. */
export const atParameter = momentParameter(
  'at',
  'Answers as the graph was then; without it, as it is. Of the past what was believed is kept, and no traffic.',
);

/** Where the page before ended. */
export const cursorParameter = z
  .string({ error: 'must be given once' })
  .optional()
  .openapi({
    param: { name: 'cursor', in: 'query' },
    description: '`nextCursor` of the page before; left out for the first page.',
  });

/** One or several of some words in the query, with commas between. */
export function listParameter<Word extends string>(
  name: string,
  words: readonly Word[],
  description: string,
) {
  const error = `must be one of ${words.join(', ')}, or several of them with commas between`;
  const isWord = (text: string): text is Word => words.some((word) => word === text);
  return z
    .string({ error })
    .transform((text, context): Word[] => {
      const given = text.split(',');
      const known = given.filter(isWord);
      if (known.length === given.length) return [...new Set(known)];
      context.addIssue({ code: 'custom', message: error });
      return z.NEVER;
    })
    .optional()
    .openapi({
      param: { name, in: 'query', required: false, style: 'form', explode: false },
      type: 'array',
      items: { type: 'string', enum: [...words] },
      minItems: 1,
      description: `${description} Several with commas between.`,
      example: words.slice(0, 2),
    });
}

/** A text in the query that must be met exactly. */
export function exactParameter(name: string, description: string, example: string) {
  return z
    .string({ error: 'must be given once' })
    .max(2048, { error: 'must have at most 2048 characters' })
    .optional()
    .openapi({ param: { name, in: 'query', required: false }, description, example });
}

/** The service in the path: its id, or its name where only one service has it. */
export const servicePath = z.object({
  id: z.string().openapi({
    param: { name: 'id', in: 'path' },
    description:
      'Id of the service, or its name where only one service has it; percent-encoded (a slash is %2F).',
    example: 'shop:checkout',
  }),
});
