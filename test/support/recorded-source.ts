import { Agent } from 'undici';
import type { Observation } from '../../src/domain/observation.ts';
import { createPrometheusClient } from '../../src/sources/prometheus-client.ts';

import type { Source } from '../../src/sources/source.ts';
import { prometheusWith, type RecordedSample } from './prometheus.ts';
import { readWindow, type WindowReading } from './read-window.ts';
import { counting, epoch, series } from './recording.ts';
import { testSource } from './source.ts';

/** A real Prometheus with recorded samples, read as a source. */
export interface RecordedSource {
  /** Reads the quarter of an hour that ends so many minutes after the epoch. */
  read(endMinute: number, given?: Partial<Source>): Promise<WindowReading>;
  stop(): Promise<void>;
}

export async function recordedSource(
  samples: readonly RecordedSample[],
  given: Partial<Source>,
): Promise<RecordedSource> {
  const prometheus = await prometheusWith(samples);
  const dispatcher = new Agent();
  const { url } = prometheus;
  const client = createPrometheusClient({ url, dispatcher });
  return {
    read: (endMinute, more = {}) =>
      readWindow(client, testSource({ url, ...given, ...more }), {
        startMillis: (epoch + (endMinute - 15) * 60) * 1000,
        endMillis: (epoch + endMinute * 60) * 1000,
      }),
    async stop() {
      await dispatcher.close();
      await prometheus.stop();
    },
  };
}

/** What a reading says of the pair of these ids, one for each mode. */
export function observationsOf(reading: WindowReading, dependencyId: string): Observation[] {
  return reading.observations.filter((one) => one.dependencyId === dependencyId);
}

/** An hour of a counter that grows by so much each minute, from a minute after the epoch on. */
export function growing(
  metric: string,
  labels: Readonly<Record<string, string>>,
  perMinute: number,
  from = 0,
): RecordedSample[] {
  return series(metric, labels, from, counting(0, perMinute, 61));
}

/**
 * An hour of a classic histogram with 20 requests a minute, half of them up to the first bound and
 * half up to the second, and 3 units of time a minute in all: the median is the first bound.
 */
export function histogram(
  name: string,
  labels: Readonly<Record<string, string>>,
  bounds: readonly [string, string],
  from = 0,
): RecordedSample[] {
  return [
    ...growing(`${name}_bucket`, { ...labels, le: bounds[0] }, 10, from),
    ...growing(`${name}_bucket`, { ...labels, le: bounds[1] }, 20, from),
    ...growing(`${name}_bucket`, { ...labels, le: '+Inf' }, 20, from),
    ...growing(`${name}_sum`, labels, 3, from),
    ...growing(`${name}_count`, labels, 20, from),
  ];
}
