import { type Asking, scopeOf } from '../../../sources/asking.ts';
import {
  type Histogram,
  histogramsThere,
  latencyQuestions,
} from '../../../sources/latency-questions.ts';
import type { Reading } from '../../../sources/readings.ts';
import { orNull } from '../../../sources/survey.ts';
import type { ExaminedSource, SourceCheck } from '../examined-source.ts';
import type { Found } from '../finding.ts';
import { liveOrNull, sampledOf } from '../live-source.ts';
import { settingOf } from '../settings.ts';

/** A request of a service graph seldom takes longer on average; a thousandth of it is usual. */
const doubtfulMeanSeconds = 100;
/** So many histograms are asked for their mean at most. */
const mostHistograms = 12;

/** Whether there is latency, all of it is read, and its unit is right. */
export const sourceLatency: SourceCheck = {
  name: 'latency',
  async check(examined) {
    const live = await liveOrNull(examined);
    if (live === null || live.plan.census.series === 0) return [];
    const { readings, askings, metrics } = live.opened;
    const there = askings.flatMap((asking) =>
      histogramsThere(asking.dialect.histograms, metrics, examined.source.latencyUnit).map(
        (histogram) => ({ asking, histogram }),
      ),
    );
    const candidates = readings.flatMap((reading, index) =>
      unknownHistograms(reading, askings[index], metrics ?? []),
    );
    const sampled = await sampledOf(examined, [...new Set(candidates)]);
    const unknown = [...new Set(sampled.map(baseOf))];
    const found: Found[] = unknown.slice(0, mostHistograms).map(notRead);
    if (there.length === 0 && unknown.length === 0) found.push(none);
    for (const { asking, histogram } of there.slice(0, mostHistograms)) {
      if (histogram.unit === 'seconds')
        found.push(...(await doubtfulUnit(examined, asking, histogram)));
    }
    return found;
  },
};

const none: Found = {
  outcome: 'doubtful',
  message: 'it has no histogram of latency, so no latencies are known',
  setting: 'what writes the metrics',
};

const notRead = (metric: string): Found => ({
  outcome: 'doubtful',
  message: `${metric} looks like a histogram of latency, and its name is none that is read: have it written in seconds or milliseconds by its usual name`,
  setting: 'what writes the metrics',
});

/** Metrics of a reading that are named as a histogram of its latency is, but for the end. */
function unknownHistograms(
  { name, variant }: Reading,
  asking: Asking | undefined,
  metrics: readonly string[],
): string[] {
  if (asking === undefined) return [];
  const known = new Set(
    asking.dialect.histograms.flatMap(({ names }) => names.map(({ metric }) => metric)),
  );
  const beginnings = {
    istio: ['istio_request_duration'],
    linkerd: ['response_latency'],
    other: ['server', 'client', 'messaging'].map(
      (side) =>
        `${name === 'otel-collector' ? (variant ?? '') : ''}traces_service_graph_request_${side}`,
    ),
  };
  const own = name === 'istio' || name === 'linkerd' ? beginnings[name] : beginnings.other;
  return metrics.filter(
    (metric) => own.some((beginning) => metric.startsWith(beginning)) && !known.has(baseOf(metric)),
  );
}

/** A metric's name without the endings of a classic histogram. */
function baseOf(metric: string): string {
  return metric.replace(/_(bucket|sum|count)$/, '');
}

async function doubtfulUnit(
  { config }: ExaminedSource,
  asking: Asking,
  histogram: Histogram,
): Promise<Found[]> {
  const questions = latencyQuestions(histogram, scopeOf(asking, []));
  const [sum, count] = (['Sum', 'Count'] as const).map((half) =>
    questions.find(({ kind }) => kind.startsWith(`${histogram.side}Latency${half}`)),
  );
  if (sum === undefined || count === undefined) return [];
  const answer = await orNull(asking.ask(`sum(${sum.expression}) / sum(${count.expression})`));
  const mean = answer?.samples[0]?.value ?? 0;
  if (mean <= doubtfulMeanSeconds) return [];
  const setting = settingOf(config, 'latencyUnit');
  const message = `the mean of ${histogram.metric} would be ${Math.round(mean)} s: if its values are milliseconds, write milliseconds as ${setting}`;
  return [{ outcome: 'doubtful', message, setting }];
}
