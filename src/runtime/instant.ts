import { z } from 'zod';
import { millisOf } from './duration.ts';
import { AppError } from './errors.ts';

const instant = z.iso.datetime({ offset: true });

/** How far from 1970 a Date reaches, either way, in milliseconds. */
export const furthestMillis = 8.64e15;

/** Reads an ISO 8601 instant with a zone; `null` when the text is none. Returns epoch milliseconds. */
export function parseInstant(text: string): number | null {
  const parsed = instant.safeParse(text);
  return parsed.success ? Date.parse(parsed.data) : null;
}

/** A point in time as it was written: itself, or so long before the present; milliseconds. */
export type Moment = { readonly atMillis: number } | { readonly agoMillis: number };

/** How a point in time is written wherever one is taken: in the API, in bodies, on the command line. */
export const momentForms =
  'an ISO 8601 time with Z or an offset, a duration ago such as 24h, 7d or 90m, or now';

/** Reads a point in time; `null` when the text is none. `now` is a duration ago of nothing. */
export function parseMoment(text: string): Moment | null {
  if (text === 'now') return { agoMillis: 0 };
  const atMillis = parseInstant(text);
  if (atMillis !== null) return { atMillis };
  const agoMillis = millisOf(text);
  return agoMillis === null ? null : { agoMillis };
}

/** Whether it is the present, however that was written. */
export function isNow(moment: Moment): boolean {
  return 'agoMillis' in moment && moment.agoMillis === 0;
}
/**
 * An instant that was reckoned from what somebody said, where there is such an instant.
 *
 * @throws AppError `InvalidRange` for one that no Date can hold.
 */
export function instantWithin(millis: number): number {
  if (Math.abs(millis) <= furthestMillis) return millis;
  throw new AppError('InvalidRange', `An instant is ${beyondTime}: ask for one nearer to now.`);
}

export const beyondTime = 'further away than a date can say';
