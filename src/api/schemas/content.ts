import type { z } from '@hono/zod-openapi';

/** A JSON body with an example of it, which has to be of its type. */
export function json<Schema extends z.ZodType>(schema: Schema, example: z.input<Schema>) {
  return { 'application/json': { schema, example } };
}
