import { setTimeout as delay } from 'node:timers/promises';
import { DiagLogLevel, diag, type Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import {
  defaultResource,
  detectResources,
  envDetector,
  hostDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import {
  makeWorkflowExporter,
  OpenTelemetryActivityInboundInterceptor,
  OpenTelemetryActivityOutboundInterceptor,
  OpenTelemetryWorkflowClientInterceptor,
} from '@temporalio/interceptors-opentelemetry-v2';
import type { WorkerOptions } from '@temporalio/worker';
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

/** Longest that a process which ends waits for its last spans to be taken. */
const flushMillis = 5000;

/** OpenTelemetry's SDK for this process; loaded only where it is used, see `startTracing`. */
export function createTracing({ process, version, logger }: TracingOptions): Tracing {
  diag.setLogger(diagnostics(logger), {
    logLevel: DiagLogLevel.WARN,
    suppressOverrideMessage: true,
  });
  const resource = defaultResource()
    .merge(
      resourceFromAttributes({ 'service.name': `topolog-${process}`, 'service.version': version }),
    )
    .merge(detectResources({ detectors: [hostDetector, envDetector] }));
  const processor = new BatchSpanProcessor(new OTLPTraceExporter());
  const provider = new NodeTracerProvider({ resource, spanProcessors: [processor] });
  provider.register();
  const tracer = provider.getTracer('topolog', version);
  return {
    tracer,
    clientInterceptors: [new OpenTelemetryWorkflowClientInterceptor({ tracer })],
    workerOptions: {
      interceptors: {
        activity: [
          (context) => ({
            inbound: new OpenTelemetryActivityInboundInterceptor(context, { tracer }),
            outbound: new OpenTelemetryActivityOutboundInterceptor(context),
          }),
        ],
      },
      sinks: { exporter: makeWorkflowExporter(processor, resource) },
    },
    async shutdown() {
      const flushed = provider.shutdown().catch((err: unknown) => {
        logger.warn({ err }, 'the last spans were not taken');
      });
      await Promise.race([flushed, delay(flushMillis, undefined, { ref: false })]);
    },
  };
}

/** That spans are not taken is worth a line of the log, and no more. */
function diagnostics(logger: Logger) {
  const say = (level: 'warn' | 'debug') => (message: string, details?: unknown) =>
    logger[level]({ tracing: details === undefined ? message : [message, details] }, 'tracing');
  const [warn, debug] = [say('warn'), say('debug')];
  return { error: warn, warn, info: debug, debug, verbose: debug };
}
