import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../runtime/errors.ts';
import { beyondTime, furthestMillis } from '../runtime/instant.ts';

const version = 2;

/** Where a list goes on: after an item, by what it is ordered by. */
interface Place<Key> {
  /** Fingerprint of the list and its filters. */
  readonly of: string;
  /** When the first page was asked for, in epoch milliseconds: durations ago count from then. */
  readonly began: number;
  readonly after: Key;
}

/** The text of a place; callers must not look inside. */
export function encodeCursor<Key>(place: Place<Key>): string {
  const { of, began, after } = place;
  return Buffer.from(JSON.stringify({ v: version, of, began, after }), 'utf8').toString(
    'base64url',
  );
}

/**
 * The place a cursor stands for.
 *
 * @throws AppError `InvalidRequest` for what `encodeCursor` did not make, or not for this list and
 * these filters; `InvalidRange` for one that goes on beyond all instants.
 */
export function decodeCursor<Key>(
  cursor: string,
  { of, key, nowMillis }: { of: string; key: z.ZodType<Key>; nowMillis: number },
): Place<Key> {
  const schema = z.strictObject({
    v: z.literal(version),
    of: z.string(),
    // The clocks of replicas differ a little.
    began: z
      .int()
      .min(0)
      .max(nowMillis + 60_000),
    after: z.unknown(),
  });
  const place = schema.safeParse(jsonOf(cursor));
  if (!place.success || encodeCursor(place.data) !== cursor) {
    throw refused('is not a cursor: take "nextCursor" of the page before, or leave it out');
  }
  if (place.data.of !== of) {
    throw refused(
      'is of another list or of other filters: repeat those of the page before, or leave it out',
    );
  }
  const after = key.safeParse(place.data.after);
  if (!after.success) {
    if (after.error.issues.some(isOutOfBounds))
      throw refused(`names what is ${beyondTime}`, 'InvalidRange');
    throw refused('is not of this list: take "nextCursor" of the page before, or leave it out');
  }
  return { ...place.data, after: after.data };
}

/** What may differ from page to page. */
const ofThePage = ['cursor', 'limit', 'fields'];

/** A fingerprint of what is listed: the path with its filters, in whatever order they are given. */
export function fingerprintOf(path: string, query: Readonly<Record<string, string>>): string {
  const filters = Object.entries(query)
    .filter(([name]) => !ofThePage.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([path, filters]))
    .digest('base64url')
    .slice(0, 16);
}

/** The instant of a place, by which a list is ordered. */
export const cursorInstant = z.int().min(-furthestMillis).max(furthestMillis);

function isOutOfBounds(issue: z.core.$ZodIssue): boolean {
  const isBound = issue.code === 'too_big' || issue.code === 'too_small';
  return isBound && issue.origin !== 'array' && issue.origin !== 'string';
}

function refused(
  detail: string,
  code: 'InvalidRequest' | 'InvalidRange' = 'InvalidRequest',
): AppError {
  return new AppError(code, `The request is not valid: /query/cursor: ${detail}.`, {
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
