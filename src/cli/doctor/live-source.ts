import { AppError } from '../../runtime/errors.ts';
import { type OpenReadings, openReadings } from '../../sources/open-readings.ts';
import { planWindow, type WindowPlan } from '../../sources/plan-window.ts';
import type { PrometheusClient } from '../../sources/prometheus-client.ts';
import type { Source } from '../../sources/source.ts';
import { nameLabel, orNull, surveyQuestion } from '../../sources/survey.ts';

/** What a source has now, as it says itself. */
export interface LiveSource {
  readonly opened: OpenReadings;
  readonly plan: WindowPlan;
}

/** So much of the past is looked at. */
const lookMillis = 300_000;

interface Asked {
  readonly client: PrometheusClient;
  readonly source: Source;
  readonly nowMillis: number;
}

const windowBefore = (nowMillis: number) => ({
  startMillis: nowMillis - lookMillis,
  endMillis: nowMillis,
});

/** So many metrics are asked for at once. */
const mostMetrics = 24;

/**
 * Those of some metrics that have samples now, as an index tells of what has been, too.
 *
 * Where the source refuses to say, all of them.
 */
export async function sampledOf(
  { client, source, nowMillis }: Asked,
  metrics: readonly string[],
): Promise<string[]> {
  const some = metrics.slice(0, mostMetrics);
  if (some.length === 0) return [];
  const question = surveyQuestion(source, windowBefore(nowMillis), some);
  const answer = await orNull(client.query(question, nowMillis));
  if (answer === null) return some;
  const sampled = new Set(answer.samples.map(({ labels }) => labels[nameLabel]));
  return some.filter((metric) => sampled.has(metric));
}

/** Asks a source what it has of a service graph now: once, for all checks that want to know. */
export function liveSourceOf(
  client: PrometheusClient,
  source: Source,
  nowMillis: number,
): () => Promise<LiveSource> {
  let asked: Promise<LiveSource> | undefined;
  async function ask(): Promise<LiveSource> {
    const window = windowBefore(nowMillis);
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
