import { SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import type { OnStatement } from '../graph/database.ts';
import { AppError } from './errors.ts';

/**
 * Shows each statement as a span of whatever asked for it; by the name of its file, without parameters.
 *
 * What nobody in particular asked for, such as a scrape, has no span.
 */
export function createGraphSpans(tracer: Tracer, database: string): OnStatement {
  return (statement, durationSeconds, error) => {
    if (trace.getActiveSpan() === undefined) return;
    const end = performance.timeOrigin + performance.now();
    const span = tracer.startSpan(statement, {
      kind: SpanKind.CLIENT,
      startTime: end - durationSeconds * 1000,
      attributes: {
        'db.system.name': 'neo4j',
        'db.namespace': database,
        'db.operation.name': statement,
      },
    });
    if (error !== null) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      span.setAttribute('error.type', errorType(error));
    }
    span.end(end);
  };
}

/** The code of an error of ours or of Neo4j's; its message may hold values. */
function errorType(error: unknown): string {
  if (error instanceof AppError) return error.code;
  return error instanceof Error && 'code' in error ? String(error.code) : '_OTHER';
}
