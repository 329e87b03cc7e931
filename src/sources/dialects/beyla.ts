import type { Dialect } from '../dialect.ts';
import { series } from '../series.ts';
import { serviceGraphHistogram, serviceGraphLabels, serviceGraphPair } from '../service-graph.ts';
import { dialectOf } from '../spelling.ts';

/** The label by which Beyla, and the OpenTelemetry project it became, mark their series. */
export const beylaMark = 'source=~"beyla|obi"';
const matchers = [beylaMark];
const requests = series('traces_service_graph_request_total', ...matchers);

/**
 * How Grafana Beyla spells a service graph: like Tempo, and marked as its own.
 *
 * The mark keeps apart the series of a Tempo beside it, which counts the same requests. A plain
 * call has no `connection_type`, namespaces and clusters are those of Kubernetes where no service
 * namespace is known, and a service's calls to itself are left out by Beyla.
 */
export const beyla: Dialect = dialectOf({
  requests,
  failures: [series('traces_service_graph_request_failed_total', ...matchers)],
  histograms: [
    serviceGraphHistogram('', 'server', matchers),
    serviceGraphHistogram('', 'client', matchers),
  ],
  ...serviceGraphLabels,
  pairOf: serviceGraphPair,
});
