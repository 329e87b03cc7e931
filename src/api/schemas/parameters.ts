import { z } from '@hono/zod-openapi';
import { type Moment, momentForms, parseMoment } from '../../runtime/instant.ts';

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

const momentError = `must be ${momentForms}`;
const momentDescription = 'ISO 8601 with Z or an offset, a duration ago such as `24h`, or `now`.';

/** A point in time as everybody writes it. */
const moment = z
  .string({ error: momentError })
  .max(40, { error: momentError })
  .transform((text, context): Moment => {
    const found = parseMoment(text);
    if (found !== null) return found;
    context.addIssue({ code: 'custom', message: momentError });
    return z.NEVER;
  })
  .optional();

/** A point in time in the query. */
export function momentParameter(name: string, description: string) {
  return moment.openapi({
    param: { name, in: 'query', required: false },
    type: 'string',
    description: `${description} ${momentDescription}`,
    example: '24h',
  });
}

/** A point in time in a body. */
export function momentField(description: string, example: string) {
  return moment.openapi({
    type: 'string',
    description: `${description} ${momentDescription}`,
    example,
  });
}

/** At which instant the graph is asked about. */
export const atParameter = momentParameter(
  'at',
  'Answers as the graph was then; without it, as it is. Of the past what was believed is kept, and no traffic.',
);

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
