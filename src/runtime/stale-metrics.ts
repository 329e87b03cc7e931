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

export function createStaleMetrics(registry: Registry): StaleMetrics {
  const registers = [registry];
  const marked = new Counter({
    name: 'topolog_stale_dependencies_total',
    help: 'Dependencies that went stale or were removed, by the source that no longer shows them.',
    labelNames: ['source', 'state'],
    registers,
  });
  const refused = new Gauge({
    name: 'topolog_stale_pass_refused',
    help: 'Whether the last stale pass would have marked so much of a source that it marked nothing.',
    labelNames: ['source'],
    registers,
  });
  return {
    passed(source, { stale, removed, tripped }, override) {
      marked.inc({ source, state: 'stale' }, stale);
      marked.inc({ source, state: 'removed' }, removed);
      refused.set({ source }, tripped && !override ? 1 : 0);
    },
  };
}
