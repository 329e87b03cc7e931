import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What a window's accounting means for metrics. */
interface WindowCounts {
  readonly outcome: string;
  readonly observations: number;
  readonly valuesRead: number;
  readonly cannotTell: number;
  readonly readSeconds: number;
  readonly writeSeconds: number;
}

/** Metrics of reading sources; labels are bounded by the configuration and by closed sets. */
export interface IngestMetrics {
  windowRead(
    source: string,
    counts: WindowCounts,
    dropped: Readonly<Record<string, number>>,
    windowEndMillis: number,
  ): void;
  /** Counts observations by what was odd about them. */
  noted(source: string, noted: Readonly<Record<string, number>>): void;
  retried(source: string): void;
}

export function createIngestMetrics(registry: Registry): IngestMetrics {
  const registers = [registry];
  const windows = new Counter({
    name: 'topolog_ingest_windows_total',
    help: 'Windows read, by outcome.',
    labelNames: ['source', 'outcome'],
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
    help: 'Observations that were kept and are odd, by what is odd about them.',
    labelNames: ['source', 'note'],
    registers,
  });
  const cannotTell = new Counter({
    name: 'topolog_ingest_cannot_tell_total',
    help: 'New series whose producer was absent before too, so their traffic is not known.',
    labelNames: ['source'],
    registers,
  });
  const duration = new Histogram({
    name: 'topolog_ingest_step_duration_seconds',
    help: 'Time a step of reading a window took.',
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

  return {
    windowRead(source, counts, dropped, windowEndMillis) {
      windows.inc({ source, outcome: counts.outcome });
      observations.inc({ source }, counts.observations);
      values.inc({ source }, counts.valuesRead);
      cannotTell.inc({ source }, counts.cannotTell);
      for (const [reason, count] of Object.entries(dropped)) {
        droppedValues.inc({ source, reason }, count);
      }
      duration.observe({ source, step: 'read' }, counts.readSeconds);
      duration.observe({ source, step: 'write' }, counts.writeSeconds);
      if (counts.outcome === 'complete') {
        const end = Math.max(latest.get(source) ?? 0, windowEndMillis);
        latest.set(source, end);
        lastComplete.set({ source }, end / 1000);
      }
    },
    noted(source, noted) {
      for (const [note, count] of Object.entries(noted)) {
        notedObservations.inc({ source, note }, count);
      }
    },
    retried: (source) => retries.inc({ source }),
  };
}
