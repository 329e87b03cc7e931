import { Histogram, type Registry } from 'prom-client';

/** Returns the observer of statements' durations, by the name of their file. */
export function createGraphMetrics(registry: Registry) {
  const duration = new Histogram({
    name: 'topolog_neo4j_statement_duration_seconds',
    help: 'Time a statement took, by its file.',
    labelNames: ['statement'],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15],
    registers: [registry],
  });
  return (statement: string, durationSeconds: number): void =>
    duration.observe({ statement }, durationSeconds);
}
