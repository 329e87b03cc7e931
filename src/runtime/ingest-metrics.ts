import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { windowOutcomes } from '../domain/window-outcome.ts';

/** What a window's accounting means for metrics. */
interface WindowCounts {
  readonly outcome: string;
  readonly observations: number;
  readonly valuesRead: number;
  readonly cannotTell: number;
  readonly reasons: readonly string[];
  readonly shards: number;
  readonly shardsLost: number;
  readonly splits: number;
  readonly planSeconds: number;
  readonly readSeconds: number;
  readonly writeSeconds: number;
  readonly dropped: Readonly<Record<string, number>>;
  readonly noted: Readonly<Record<string, number>>;
}

/** Metrics of reading sources; labels are bounded by the configuration and by closed sets. */
export interface IngestMetrics {
  windowRead(source: string, counts: WindowCounts, windowEndMillis: number): void;
  retried(source: string): void;
}

export function createIngestMetrics(
  registry: Registry,
  sources: readonly string[] = [],
): IngestMetrics {
  const registers = [registry];
  const windows = new Counter({
    name: 'topolog_ingest_windows_total',
    help: 'Windows read, by outcome.',
    labelNames: ['source', 'outcome'],
    registers,
  });
  const doubts = new Counter({
    name: 'topolog_ingest_window_doubts_total',
    help: 'Reasons for which windows were not complete; a window may have several.',
    labelNames: ['source', 'reason'],
    registers,
  });
  const shards = new Counter({
    name: 'topolog_ingest_shards_total',
    help: 'Shards that windows were read in.',
    labelNames: ['source'],
    registers,
  });
  const shardsLost = new Counter({
    name: 'topolog_ingest_shards_lost_total',
    help: 'Shards of which the source refused a part that could be cut no further.',
    labelNames: ['source'],
    registers,
  });
  const splits = new Counter({
    name: 'topolog_ingest_shard_splits_total',
    help: 'Times that a part of a shard was cut because it was too much for the source.',
    labelNames: ['source'],
    registers,
  });
  const observations = new Counter({
    name: 'topolog_ingest_observations_total',
    help: 'Observations (pair and mode) read.',
    labelNames: ['source'],
    registers,
  });
  const values = new Counter({
    name: 'topolog_ingest_values_read_total',
    help: 'Values read from the source, dropped ones included.',
    labelNames: ['source'],
    registers,
  });
  const droppedValues = new Counter({
    name: 'topolog_ingest_values_dropped_total',
    help: 'Values left out, by reason.',
    labelNames: ['source', 'reason'],
    registers,
  });
  const notedObservations = new Counter({
    name: 'topolog_ingest_observations_noted_total',
    help: 'Observations that were kept although something is odd about them, by what.',
    labelNames: ['source', 'note'],
    registers,
  });
  const cannotTell = new Counter({
    name: 'topolog_ingest_cannot_tell_total',
    help: 'Series whose first value may be of the window or of any time before, and is not counted.',
    labelNames: ['source'],
    registers,
  });
  const duration = new Histogram({
    name: 'topolog_ingest_step_duration_seconds',
    help: 'Time a step of reading a window took, summed over its shards.',
    labelNames: ['source', 'step'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120],
    registers,
  });
  const lastComplete = new Gauge({
    name: 'topolog_ingest_last_complete_window_end_timestamp_seconds',
    help: 'End of the latest complete window this process read, Unix time in seconds.',
    labelNames: ['source'],
    registers,
  });
  const retries = new Counter({
    name: 'topolog_ingest_request_retries_total',
    help: 'Requests to the source that were repeated.',
    labelNames: ['source'],
    registers,
  });
  const latest = new Map<string, number>();
  // A counter that is born with its first event would hide that event from `increase()`.
  for (const source of sources) {
    for (const outcome of windowOutcomes) windows.inc({ source, outcome }, 0);
    for (const counter of [shards, shardsLost, splits, observations, values, cannotTell, retries]) {
      counter.inc({ source }, 0);
    }
  }

  return {
    windowRead(source, counts, windowEndMillis) {
      windows.inc({ source, outcome: counts.outcome });
      for (const reason of counts.reasons) doubts.inc({ source, reason });
      shards.inc({ source }, counts.shards);
      shardsLost.inc({ source }, counts.shardsLost);
      splits.inc({ source }, counts.splits);
      observations.inc({ source }, counts.observations);
      values.inc({ source }, counts.valuesRead);
      cannotTell.inc({ source }, counts.cannotTell);
      for (const [reason, count] of Object.entries(counts.dropped)) {
        droppedValues.inc({ source, reason }, count);
      }
      for (const [note, count] of Object.entries(counts.noted)) {
        notedObservations.inc({ source, note }, count);
      }
      duration.observe({ source, step: 'plan' }, counts.planSeconds);
      duration.observe({ source, step: 'read' }, counts.readSeconds);
      duration.observe({ source, step: 'write' }, counts.writeSeconds);
      if (counts.outcome === 'complete') {
        const end = Math.max(latest.get(source) ?? 0, windowEndMillis);
        latest.set(source, end);
        lastComplete.set({ source }, end / 1000);
      }
    },
    retried: (source) => retries.inc({ source }),
  };
}
