import { z } from '@hono/zod-openapi';
import type { At } from '../../graph/resolve-service.ts';
import { tickOf } from '../answer-clock.ts';
import { asOf } from '../as-of.ts';
import type { ApiDeps } from '../deps.ts';

/** What has ended so recently is asked about the present, which has traffic. */
const recentMillis = 3_600_000;
const dayMillis = 86_400_000;

const millisParameter = (name: string, description: string) => {
  const error = 'must be a whole number of milliseconds';
  return z
    .string({ error })
    .regex(/^\d{1,15}$/, { error })
    .transform(Number)
    .optional()
    .openapi({ param: { name, in: 'query' }, type: 'integer', minimum: 0, description });
};

/** The period that Jaeger's and Zipkin's clients ask about; other parameters of theirs are let be. */
export const lookbackQuery = z.object({
  endTs: millisParameter('endTs', 'End of the period, Unix time in milliseconds; without it, now.'),
  lookback: millisParameter('lookback', 'Length of the period in milliseconds; a day without it.'),
});

/** At which instant to look, and for how long requests are counted. */
export async function periodOf(
  { endTs, lookback = dayMillis }: z.output<typeof lookbackQuery>,
  deps: Pick<ApiDeps, 'queries' | 'now'>,
): Promise<{ at: At; lookbackMillis: number }> {
  const isPresent = endTs === undefined || endTs > tickOf(deps.now()) - recentMillis;
  const at = isPresent ? null : await asOf({ atMillis: endTs }, deps);
  return { at, lookbackMillis: lookback };
}
