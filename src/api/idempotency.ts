import { createHash } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import type { Caller } from './caller.ts';

const error = 'must have 1 to 255 printable characters of ASCII';

/** The header that lets a request be sent again without being done twice. */
export const idempotencyHeader = z.object({
  'Idempotency-Key': z
    .string({ error })
    .regex(/^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/, { error })
    .optional()
    .openapi({
      param: { name: 'Idempotency-Key', in: 'header', required: false },
      description:
        'A text of your own for this request, such as a UUID: the same request sent again with it within ' +
        '24 hours is answered with the same run, and another one is refused.',
      example: '0b8a5c7e-4f8d-4a5b-9f43-5d0c1f6f2a11',
    }),
});

/** What a request is remembered under, of one caller only, and what it asks for, as digests. */
export function onceOf(
  key: string | undefined,
  { keyId }: Pick<Caller, 'keyId'>,
  asked: readonly unknown[],
): { readonly once?: { readonly key: string; readonly body: string } } {
  if (key === undefined) return {};
  return { once: { key: digestOf([keyId, key]), body: digestOf(asked) } };
}

function digestOf(what: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(what)).digest('hex');
}
