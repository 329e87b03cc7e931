import type { Config } from './config.ts';
import type { Tracing, TracingOptions } from './open-telemetry.ts';

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
