import { z } from 'zod';
import { durationsBetween } from './patterns.ts';

const units = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 } as const;
const pattern = /^(?=\d)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;

/** A duration as people write it, such as `15m`, `90s` or `1h30m`, in milliseconds. */
export function duration(least: string, most: string) {
  const [min, max] = [millisOf(least) ?? 0, millisOf(most) ?? 0];
  return z
    .string('must be a duration such as 15m or 90s')
    .transform((text, context) => {
      const millis = millisOf(text);
      if (millis !== null && millis >= min && millis <= max) return millis;
      const message =
        millis === null
          ? 'must be a duration such as 15m or 90s'
          : `must be from ${least} to ${most}`;
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    })
    .meta({ pattern: `^${durationsBetween(min, max)}$` });
}

/** The milliseconds of a duration such as `1h30m`; `null` where it is none. */
export function millisOf(text: string): number | null {
  const found = pattern.exec(text);
  if (found === null) return null;
  return Object.values(units).reduce(
    (sum, unit, index) => sum + unit * Number(found[index + 1] ?? 0),
    0,
  );
}

/** A duration that was configured, and how it was written. */
export class ConfiguredDuration {
  readonly text: string;
  readonly millis: number;

  constructor(text: string, millis: number) {
    this.text = text;
    this.millis = millis;
  }

  toString(): string {
    return this.text;
  }
}
