import { trace } from '@opentelemetry/api';
import { type DestinationStream, type Logger, pino } from 'pino';
import { logContext } from './log-context.ts';
import { withoutControls } from './plain-text.ts';
import { withoutSecrets } from './without-secrets.ts';

export type { Logger };

/**
 * Creates the process's logger: one JSON object a line on standard output, or elsewhere.
 *
 * A line says which work it is of, and which span where there is one.
 */
export function createLogger(
  options: { level: string; process: string },
  destination?: DestinationStream,
): Logger {
  const settings = {
    level: options.level,
    base: { process: options.process },
    mixin: () => ({ ...logContext(), ...spanIds() }),
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: secretPaths, censor: '[secret]' },
    // A secret may stand anywhere: in a path that was asked for, or in an error of somebody else's. So may
    // what a terminal obeys and JSON leaves as it is.
    hooks: { streamWrite: (line: string) => withoutControls(withoutSecrets(line)) },
  };
  return destination === undefined ? pino(settings) : pino(settings, destination);
}

/** The ids of the active span, as OpenTelemetry names them in logs. */
function spanIds(): { trace_id?: string; span_id?: string } {
  const span = trace.getActiveSpan()?.spanContext();
  return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
}

const secretPaths = ['password', 'authorization', 'Authorization', 'cookie', 'secret'].flatMap(
  (name) => [name, `*.${name}`, `*.*.${name}`],
);
