import type { Registry } from 'prom-client';
import type { DatabaseOptions } from '../graph/database.ts';
import type { Config } from './config.ts';
import { createGraphMetrics } from './graph-metrics.ts';
import { createGraphSpans } from './graph-spans.ts';
import type { Tracing } from './open-telemetry.ts';

/** What a process is told of its statements and transactions: metrics, and spans where it is traced. */
export function observersOf(
  registry: Registry,
  tracing: Pick<Tracing, 'tracer'> | null,
  { NEO4J_DATABASE }: Pick<Config, 'NEO4J_DATABASE'>,
): Pick<DatabaseOptions, 'onStatement' | 'onTransaction'> {
  const { onStatement, onTransaction } = createGraphMetrics(registry);
  if (tracing === null) return { onStatement, onTransaction };
  const onSpan = createGraphSpans(tracing.tracer, NEO4J_DATABASE);
  return {
    onTransaction,
    onStatement(...ended) {
      onStatement(...ended);
      onSpan(...ended);
    },
  };
}
