import { Histogram, type Registry } from 'prom-client';
import type { OnTry } from '../sources/prometheus-client.ts';

/** Returns the observer of requests to sources; labels are bounded by the configuration and error codes. */
export function createSourceRequestMetrics(registry: Registry): OnTry {
  const duration = new Histogram({
    name: 'topolog_source_request_duration_seconds',
    help: 'Time one try of a request to a source took, by endpoint and outcome (ok, or the code of the error).',
    labelNames: ['source', 'endpoint', 'outcome'],
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers: [registry],
  });
  return ({ source, endpoint }) => {
    const since = performance.now();
    return {
      headers: {},
      answered: () => {},
      ended: (outcome) =>
        duration.observe({ source, endpoint, outcome }, (performance.now() - since) / 1000),
    };
  };
}

/** Observers one beside the other; the request carries the headers of all. */
export function allOf(observers: readonly OnTry[]): OnTry {
  return (request) => {
    const each = observers.map((observer) => observer(request));
    return {
      headers: Object.assign({}, ...each.map(({ headers }) => headers)),
      answered: (status) => {
        for (const one of each) one.answered(status);
      },
      ended: (outcome) => {
        for (const one of each) one.ended(outcome);
      },
    };
  };
}
