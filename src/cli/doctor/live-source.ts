import { AppError } from '../../runtime/errors.ts';
import { type OpenReadings, openReadings } from '../../sources/open-readings.ts';
import { planWindow, type WindowPlan } from '../../sources/plan-window.ts';
import type { PrometheusClient } from '../../sources/prometheus-client.ts';
import type { Source } from '../../sources/source.ts';

/** What a source has now, as it says itself. */
export interface LiveSource {
  readonly opened: OpenReadings;
  readonly plan: WindowPlan;
}

/** So much of the past is looked at. */
const lookMillis = 300_000;

/** Asks a source what it has of a service graph now: once, for all checks that want to know. */
export function liveSourceOf(
  client: PrometheusClient,
  source: Source,
  nowMillis: number,
): () => Promise<LiveSource> {
  let asked: Promise<LiveSource> | undefined;
  async function ask(): Promise<LiveSource> {
    const window = { startMillis: nowMillis - lookMillis, endMillis: nowMillis };
    const aliases = new Map();
    const opened = await openReadings(client, source, window, { aliases });
    const maxSeries = Number.POSITIVE_INFINITY;
    return { opened, plan: await planWindow(client, source, window, { maxSeries, aliases }) };
  }
  return () => {
    asked ??= ask();
    return asked;
  };
}

/** What a source has now; `null` where it cannot be asked, which is a finding of its own. */
export async function liveOrNull(examined: {
  readonly live: () => Promise<LiveSource>;
}): Promise<LiveSource | null> {
  try {
    return await examined.live();
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
