import { z } from '@hono/zod-openapi';

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

/** The service in the path: its id, or its name where only one service has it. */
export const servicePath = z.object({
  id: z.string().openapi({
    param: { name: 'id', in: 'path' },
    description:
      'Id of the service, or its name where only one service has it; percent-encoded (a slash is %2F).',
    example: 'shop:checkout',
  }),
});
