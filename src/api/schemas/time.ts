import { z } from '@hono/zod-openapi';

/** An instant in an answer. */
export function instant(description: string) {
  return z.iso
    .datetime()
    .openapi({ description: `${description} ISO 8601, UTC.`, example: '2026-03-01T12:15:00.000Z' });
}

export function toIso(millis: number): string {
  return new Date(millis).toISOString();
}

export function toIsoOrNull(millis: number | null): string | null {
  return millis === null ? null : toIso(millis);
}
