import {
  context,
  propagation,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { OnTry } from '../sources/prometheus-client.ts';

/**
 * Shows each try of a request to a source as a span, and tells the source of the trace.
 *
 * The address is shown without its path and the question not at all: both may hold what is secret.
 */
export function createSourceSpans(tracer: Tracer): OnTry {
  return ({ source, url, endpoint, method, attempt }) => {
    const { hostname, port, protocol } = new URL(url);
    const span = tracer.startSpan(`${method} /api/v1/${endpoint}`, {
      kind: SpanKind.CLIENT,
      attributes: {
        'http.request.method': method,
        'url.template': `/api/v1/${endpoint}`,
        'server.address': hostname,
        'server.port': Number(port) || (protocol === 'https:' ? 443 : 80),
        'topolog.source': source,
        ...(attempt === 0 ? {} : { 'http.request.resend_count': attempt }),
      },
    });
    const headers: Record<string, string> = {};
    propagation.inject(trace.setSpan(context.active(), span), headers);
    return {
      headers,
      answered: (status) => void span.setAttribute('http.response.status_code', status),
      ended(outcome) {
        if (outcome !== 'ok') {
          span.setStatus({ code: SpanStatusCode.ERROR });
          span.setAttribute('error.type', outcome);
        }
        span.end();
      },
    };
  };
}
