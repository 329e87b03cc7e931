import { setTimeout as delay } from 'node:timers/promises';
import { uncancelled } from './cancellation.ts';

/** A scrape waits no longer for a server. */
const patienceMillis = 2000;

/** What a scrape is told, or `null` where it fails or takes too long. */
export async function atScrape<T>(ask: () => Promise<T>): Promise<T | null> {
  const late = new AbortController();
  const waited = delay(patienceMillis, null, { ref: false, signal: late.signal });
  try {
    return await Promise.race([ask(), waited]);
  } catch {
    return null;
  } finally {
    late.abort();
    waited.catch(() => {});
  }
}

/** The same for metrics that are told by one question: those of one scrape share its answer. */
export function sharedAtScrape<T>(ask: () => Promise<T>): () => Promise<T | null> {
  let asking: Promise<T | null> | null = null;
  return () => {
    asking ??= uncancelled(() => atScrape(ask)).finally(() => {
      asking = null;
    });
    return asking;
  };
}
