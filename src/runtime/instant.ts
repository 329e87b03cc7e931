import { z } from 'zod';

const instant = z.iso.datetime({ offset: true });

/** Reads an ISO 8601 instant with a zone; `null` when the text is none. Returns epoch milliseconds. */
export function parseInstant(text: string): number | null {
  const parsed = instant.safeParse(text);
  return parsed.success ? Date.parse(parsed.data) : null;
}
