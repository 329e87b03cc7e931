import { Counter, type Registry } from 'prom-client';
import { type RunKind, runKinds } from '../graph/runs.ts';

/** How a run ended: `partial` where it read all it should, but not every window was complete. */
export const runResults = ['completed', 'partial', 'failed', 'cancelled'] as const;
export type RunResult = (typeof runResults)[number];

/** Metrics of runs that ended on this worker. */
export interface RunMetrics {
  finished(kind: RunKind, result: RunResult): void;
}

export function createRunMetrics(registry: Registry): RunMetrics {
  const finished = new Counter({
    name: 'topolog_runs_finished_total',
    help: 'Runs that ended, by kind and result; partial is completed with windows that are not complete.',
    labelNames: ['kind', 'result'],
    registers: [registry],
  });
  for (const kind of runKinds) for (const result of runResults) finished.inc({ kind, result }, 0);
  return { finished: (kind, result) => finished.inc({ kind, result }) };
}
