import type { Tracer } from '@opentelemetry/api';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import type { WorkerOptions } from '@temporalio/worker';
import type { Config } from './config.ts';
import type { Logger } from './logger.ts';

/** Traces of this process: who begins spans, and how a trace goes on through Temporal. */
export interface Tracing {
  readonly tracer: Tracer;
  /** Give what a client starts the trace it was started in. */
  readonly clientInterceptors: WorkflowClientInterceptor[];
  /** Run activities within their trace, and take the spans of workflows out of their sandbox. */
  readonly workerOptions: Required<Pick<WorkerOptions, 'interceptors' | 'sinks'>>;
  /** Sends what is left; for a few seconds only, because nobody waits for traces. */
  shutdown(): Promise<void>;
}

export interface TracingOptions {
  readonly process: 'api' | 'worker';
  readonly version: string;
  readonly logger: Logger;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Starts tracing where an OTLP endpoint is configured; otherwise `null`, and nothing of it is loaded.
 *
 * All else is said by OpenTelemetry's own variables, which its SDK reads.
 */
export async function startTracing(
  config: Pick<
    Config,
    'OTEL_EXPORTER_OTLP_ENDPOINT' | 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT' | 'LOG_LEVEL'
  >,
  options: TracingOptions,
): Promise<Tracing | null> {
  const { env } = options;
  const hasEndpoint =
    config.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined ||
    config.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT !== undefined;
  const isOff = env.OTEL_SDK_DISABLED === 'true' || env.OTEL_TRACES_EXPORTER === 'none';
  if (!hasEndpoint || isOff) return null;
  const { createTracing } = await import('./open-telemetry.ts');
  return createTracing(options);
}
