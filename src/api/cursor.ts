import { z } from 'zod';
import { AppError } from '../runtime/errors.ts';

const version = 1;
const cursorSchema = z.strictObject({ v: z.literal(version), after: z.string().min(1) });

/** A cursor that continues after the item with this id; callers must not look inside. */
export function encodeCursor(after: string): string {
  const content: z.output<typeof cursorSchema> = { v: version, after };
  return Buffer.from(JSON.stringify(content), 'utf8').toString('base64url');
}

/**
 * The id a cursor continues after.
 *
 * @throws AppError `InvalidRequest` for anything that `encodeCursor` did not make.
 */
export function decodeCursor(cursor: string): string {
  const parsed = cursorSchema.safeParse(jsonOf(cursor));
  if (parsed.success && encodeCursor(parsed.data.after) === cursor) return parsed.data.after;
  throw invalidCursor();
}

/** What a cursor that is not of the list is answered with. */
export function invalidCursor(): AppError {
  const detail =
    'is not a cursor of this list: take "nextCursor" of the page before, or leave it out';
  return new AppError('InvalidRequest', `The request is not valid: /query/cursor: ${detail}.`, {
    details: { errors: [{ pointer: '/query/cursor', detail }] },
  });
}

function jsonOf(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
