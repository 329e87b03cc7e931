import type { RecordedSample } from './prometheus.ts';

/** Start of the tests' own recordings: on every grid, and in the past of any real clock. */
export const epoch = Date.UTC(2026, 0, 1) / 1000;

export const requests = 'traces_service_graph_request_total';
export const failures = 'traces_service_graph_request_failed_total';
export const connectionInfo = 'traces_service_graph_connection_info';

type Labels = Readonly<Record<string, string>>;

/**
 * A series sampled every minute: `values[0]` at `from` minutes after the epoch; `null` is a sample
 * that was not taken.
 */
export function series(
  metric: string,
  labels: Labels,
  from: number,
  values: readonly (number | null)[],
): RecordedSample[] {
  return values.flatMap((value, minute) =>
    value === null ? [] : [{ metric, labels, at: epoch + (from + minute) * 60, value }],
  );
}

/** A counter that starts at `first` and grows by `step` each minute, `count` samples long. */
export function counting(first: number, step: number, count: number): number[] {
  return Array.from({ length: count }, (_, minute) => first + minute * step);
}

/** The labels of a pair as one generator writes them. */
export function pair(client: string, server: string, more: Labels = {}): Labels {
  return { client, server, instance: 'generator-1', job: 'tempo', ...more };
}
