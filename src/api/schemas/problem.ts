import { z } from '@hono/zod-openapi';
import { errorCodes } from '../../runtime/errors.ts';

/** The description of an error answer; `Problem` in ../problem.ts is what is built. */
export const problemSchema = z
  .object({
    type: z.string().openapi({
      description: 'URN of the kind of problem; it ends in the code.',
      example: 'urn:topolog:problem:ServiceNotFound',
    }),
    title: z.string().openapi({ description: 'What is wrong, the same for every such problem.' }),
    status: z.int().openapi({ description: 'The HTTP status.', example: 404 }),
    detail: z.string().openapi({ description: 'What is wrong this time, and what to change.' }),
    instance: z.string().openapi({ description: 'The path that was asked for.' }),
    code: z.enum(errorCodes).openapi({ description: 'Stable code for programs to decide by.' }),
    requestId: z.string().openapi({ description: 'The id under which the log knows the request.' }),
    errors: z
      .array(
        z.object({
          pointer: z.string().openapi({
            description: 'JSON pointer to the fault; begins with /path, /query or /body.',
          }),
          detail: z.string().openapi({ description: 'What is wrong there.' }),
        }),
      )
      .optional()
      .openapi({ description: 'Every fault of an invalid request.' }),
    candidates: z
      .array(z.string())
      .optional()
      .openapi({ description: 'Ids of the services an ambiguous name may mean.' }),
    suggestions: z.array(z.string()).optional().openapi({
      description:
        'Ids of the services that a name that is not there was probably meant for, the likeliest first; at most 3.',
    }),
  })
  .openapi('Problem', {
    description: 'An error (RFC 9457).',
    example: {
      type: 'urn:topolog:problem:ServiceNotFound',
      title: 'There is no such service',
      status: 404,
      detail: 'There is no service with the id or name "chekout". Did you mean shop:checkout?',
      instance: '/api/v1/services/chekout',
      code: 'ServiceNotFound',
      requestId: '5f0c3a52-8f0e-4f52-9f0a-1c5b4c1f7a10',
      suggestions: ['shop:checkout'],
    },
  });
