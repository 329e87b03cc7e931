import { expect, vi } from 'vitest';
import { z } from 'zod';

const answer = z.object({ run: z.object({ id: z.string(), workflowId: z.string() }) });
const runState = z.object({ state: z.string() });

/** A range of the past, as ISO texts. */
export interface Range {
  readonly from: string;
  readonly to: string;
}

/** Asks an API for a run; as its callers should, again where it says 503. */
export async function startRun(
  url: string,
  range: Range,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ id: string; workflowId: string }> {
  return vi.waitUntil(
    async () => {
      const response = await fetch(`${url}/api/v1/runs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ kind: 'ingest', ...range }),
      });
      const body: unknown = await response.json();
      if (response.status === 503) return false;
      expect(response.status, JSON.stringify(body)).toBe(202);
      return answer.parse(body).run;
    },
    { timeout: 120_000, interval: 1000 },
  );
}

/** Waits for the end of a run that completes. */
export async function completed(url: string, id: string): Promise<void> {
  await vi.waitUntil(
    async () => {
      const response = await fetch(`${url}/api/v1/runs/${id}`);
      const body: unknown = await response.json();
      return response.status === 200 && runState.parse(body).state === 'completed';
    },
    { timeout: 120_000, interval: 250 },
  );
}
