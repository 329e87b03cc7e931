import { z } from 'zod';
import { AppError } from './errors.ts';

const instant = z.iso.datetime({ offset: true });

/** How far from 1970 a Date reaches, either way, in milliseconds. */
export const furthestMillis = 8.64e15;

/** Reads an ISO 8601 instant with a zone; `null` when the text is none. Returns epoch milliseconds. */
export function parseInstant(text: string): number | null {
  const parsed = instant.safeParse(text);
  return parsed.success ? Date.parse(parsed.data) : null;
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
