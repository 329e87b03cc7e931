import { Counter, Gauge, type Registry } from 'prom-client';

interface PassCounts {
  readonly stale: number;
  readonly removed: number;
  readonly tripped: boolean;
}

/** Metrics of stale passes; labels are bounded by the configuration. */
export interface StaleMetrics {
  passed(source: string, counts: PassCounts, override: boolean): void;
}

export function createStaleMetrics(
  registry: Registry,
  sources: readonly string[] = [],
): StaleMetrics {
  const registers = [registry];
  const marked = new Counter({
    name: 'topolog_stale_dependencies_total',
    help: 'Dependencies that went stale or were removed, by the source that no longer shows them.',
    labelNames: ['source', 'state'],
    registers,
  });
  const passes = new Counter({
    name: 'topolog_stale_passes_total',
    help: 'Stale passes over a source; refused is one that would have marked so much that it marked nothing.',
    labelNames: ['source', 'outcome'],
    registers,
  });
  const last = new Gauge({
    name: 'topolog_stale_pass_timestamp_seconds',
    help: 'When this process last went over a source, Unix time in seconds.',
    labelNames: ['source'],
    registers,
  });
  for (const source of sources) {
    for (const outcome of ['done', 'refused']) passes.inc({ source, outcome }, 0);
    for (const state of ['stale', 'removed']) marked.inc({ source, state }, 0);
  }
  return {
    passed(source, { stale, removed, tripped }, override) {
      marked.inc({ source, state: 'stale' }, stale);
      marked.inc({ source, state: 'removed' }, removed);
      passes.inc({ source, outcome: tripped && !override ? 'refused' : 'done' });
      last.setToCurrentTime({ source });
    },
  };
}
