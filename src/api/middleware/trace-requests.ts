import {
  context,
  propagation,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { withoutSecrets } from '../../runtime/without-secrets.ts';
import type { ApiEnv } from '../deps.ts';

/**
 * Shows each request as a span named by its route, in the trace that its caller sent.
 *
 * Probes have none. The query is left out, as in the log: it may hold anything.
 */
export function traceRequests(
  tracer: Tracer,
  probes: readonly string[],
): MiddlewareHandler<ApiEnv> {
  return async function traceRequests(c, next) {
    if (probes.includes(c.req.path)) return next();
    const { method } = c.req;
    // Only these two: baggage from outside is not carried on.
    const parent = propagation.extract(context.active(), {
      traceparent: c.req.header('traceparent'),
      tracestate: c.req.header('tracestate'),
    });
    const attributes = {
      'http.request.method': method,
      'url.path': withoutSecrets(c.req.path),
      'url.scheme': 'http',
      'topolog.request_id': c.get('requestId'),
    };
    const span = tracer.startSpan(method, { kind: SpanKind.SERVER, attributes }, parent);
    try {
      await context.with(trace.setSpan(parent, span), next);
    } finally {
      const route = routePath(c);
      if (!route.endsWith('*')) {
        span.updateName(`${method} ${route}`);
        span.setAttribute('http.route', route);
      }
      const { status } = c.res;
      span.setAttribute('http.response.status_code', status);
      if (status >= 500) {
        span.setAttribute('error.type', c.error?.name ?? String(status));
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end();
    }
  };
}
